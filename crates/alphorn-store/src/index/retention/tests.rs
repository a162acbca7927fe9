//! What expires is gone, from every store alike, whichever way it came to its state.

use std::{path::Path, sync::Arc};

use alphorn_model::{
    Aggregate, Delivered, EventId, Fact, OwnedEventId, Record, RecordId, Sink as _, TimestampMs, UserId,
    fact::{AccountFact, EventFact, Placement, RoomFact},
    record::RECORD_VERSION,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{Purge, SearchKey, Store, Writer, maintenance};

const ROOM: &str = "!room:here.test";
const HOUR: TimestampMs = 3_600_000;

fn id(name: &str) -> OwnedEventId {
    EventId::parse(format!("${name}")).unwrap()
}

fn event(name: &str, kind: &str, key: Option<&str>, content: &Value) -> Fact {
    let mut pdu = json!({
        "type": kind, "sender": "@nina:here.test", "content": content, "depth": 1, "prev_events": [],
        "auth_events": [], "origin_server_ts": 1, "hashes": {"sha256": name}, "unsigned": {"age": 1},
    });
    if let Some(key) = key {
        pdu["state_key"] = json!(key);
    }
    Fact::Room(RoomFact::Event(EventFact {
        event_id: id(name),
        pdu: serde_json::value::to_raw_value(&pdu).unwrap(),
        placement: Placement::Timeline,
        transaction: None,
        resolved: Vec::new(),
    }))
}

fn says(name: &str, body: &str) -> Fact {
    event(name, "m.room.message", None, &json!({"msgtype": "m.text", "body": body}))
}

fn refers(name: &str, rel_type: &str, to: &str) -> Fact {
    let relation = json!({"rel_type": rel_type, "event_id": format!("${to}"), "key": "x"});
    event(name, "m.room.message", None, &json!({"body": "more", "m.relates_to": relation}))
}

fn record(number: u64, time: TimestampMs, aggregate: Aggregate, facts: Vec<Fact>) -> Record {
    let id = RecordId(format!("id{number}"));
    Record { v: RECORD_VERSION, id, aggregate, prev: None, node: 1, time, facts }
}

/// A room, an hour apiece: what is said in the first three hours expires in the last record.
fn history(state: bool) -> Vec<Record> {
    let file = json!({"body": "scan.png", "url": "mxc://here.test/scan"});
    let nina = UserId::parse("@nina:here.test").unwrap();
    let read = AccountFact::ReceiptMoved {
        room: alphorn_model::RoomId::parse(ROOM).unwrap(),
        kind: "m.read".to_owned(),
        thread: None,
        event: id("late"),
        ts: 1,
    };
    let facts = [
        vec![
            Fact::Room(RoomFact::Opened { version: "11".to_owned() }),
            event("create", "m.room.create", Some(""), &json!({"room_version": "11"})),
            event(
                "nina",
                "m.room.member",
                Some("@nina:here.test"),
                &json!({"membership": "join", "displayname": "Nina"}),
            ),
            event("name", "m.room.name", Some(""), &json!({"name": "Ward Four"})),
            event("kept", "m.room.retention", Some(""), &json!({"max_lifetime": 2 * HOUR})),
        ],
        vec![says("root", "liver transplant at noon"), refers("reply", "m.thread", "root")],
        vec![
            says("regretted", "never said"),
            event("regret", "m.room.redaction", None, &json!({"redacts": "$regretted", "reason": "words"})),
            event("file", "m.room.message", None, &file),
            // Shares its record with what expires.
            event("topic", "m.room.topic", Some(""), &json!({"topic": "Beds"})),
        ],
        vec![event("copy", "m.room.message", None, &file), refers("late", "m.thread", "root")],
    ];
    let room = || Aggregate::Room(ROOM.to_owned());
    let mut records: Vec<_> =
        (1..).zip(facts).map(|(number, facts)| record(number, number * HOUR, room(), facts)).collect();
    records.push(record(5, 5 * HOUR, Aggregate::User(nina.to_string()), vec![Fact::Account(read)]));
    if state {
        records.push(record(6, 6 * HOUR, room(), vec![Fact::Room(RoomFact::PurgeBegan {})]));
    }
    let upto = if state { Position::end_of(5) } else { Position::end_of(3) };
    let number = records.len() as u64 + 1;
    let gone = Fact::Room(RoomFact::Expired { upto, state });
    records.push(record(number, number * HOUR, room(), vec![gone]));
    if state {
        records.push(record(8, 8 * HOUR, room(), vec![Fact::Room(RoomFact::PurgeEnded {})]));
    }
    records
}

fn delivered(records: &[Record]) -> Vec<Delivered> {
    (1..)
        .zip(records)
        .map(|(seq, record)| {
            let body = serde_json::to_vec(record).unwrap().into();
            Delivered { seq, record: Arc::new(record.clone()), body }
        })
        .collect()
}

fn open(folder: &TempDir, name: &str) -> (Store, Writer) {
    let (store, mut writer) = Store::open(&folder.path().join(name), false, Arc::new(())).unwrap();
    writer.caught_up().unwrap();
    (store, writer)
}

fn assert_sound(folder: &TempDir, name: &str) {
    let scratch = folder.path().join("scratch");
    let report = maintenance::check_at(&folder.path().join(name), &scratch, |_, _| {}).unwrap();
    assert_eq!(report.problems, Vec::<String>::new(), "{name}");
}

fn log_of(path: &Path) -> Vec<(u64, String, Option<Vec<u8>>)> {
    let connection = Connection::open(path).unwrap();
    let sql =
        "SELECT l.seq, CAST(l.body AS TEXT), s.hash FROM log l LEFT JOIN spent s ON s.seq = l.seq ORDER BY 1";
    let mut statement = connection.prepare(sql).unwrap();
    statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap()
}

#[test]
fn what_is_too_old_is_in_no_read_before_it_is_taken_out() {
    let folder = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(&folder, "store.db");
    writer.propose(history(false).into_iter().take(5).collect()).unwrap();
    let shown = |now| {
        store
            .read_at::<_, StoreError>(now, |reader| {
                let row = reader.room(ROOM)?.unwrap();
                let events = reader.timeline_backwards(row.nid, Position::START, Position::END, 50)?;
                let forwards = reader.timeline_forwards(row.nid, Position::START, Position::END, 50)?;
                assert_eq!(events.len(), forwards.len());
                for event in &events {
                    assert!(reader.event(event.event_id.as_str())?.is_some());
                }
                let gone =
                    reader.event("$root")?.is_none() && reader.event_at(Position::new(2, 0))?.is_none();
                assert!(reader.event_of_graph("$root")?.is_some());
                assert!(reader.timeline_has(row.nid, Position::START, Position::END)?);
                Ok((events.len(), gone))
            })
            .unwrap()
    };
    assert_eq!(shown(4 * HOUR - 1), (12, false));
    assert_eq!(shown(4 * HOUR), (10, true));
    assert_eq!(shown(100 * HOUR), (5, true), "state stays");
}

#[test]
fn what_expires_is_gone_from_log_and_tables() {
    let folder = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(&folder, "store.db");
    let records = history(false);
    let found = |word: &str| {
        let words = crate::search_words(word);
        store.read(|reader| reader.search(&[1], &words, &SearchKey::ALL, Position::END, 10)).unwrap().len()
    };
    writer.propose(records[..5].to_vec()).unwrap();
    assert_eq!(found("transplant"), 1);
    // Read once, so that it could be remembered.
    store.read(|reader| reader.event("$root")).unwrap().unwrap();
    let (upto, files, stays) = store
        .read::<_, StoreError>(|reader| {
            let upto = reader.expired_upto(1, 3 * HOUR, 100)?.unwrap();
            let stays = reader.media_stays("here.test/scan", 1, upto, false)?;
            Ok((upto, reader.media_expiring(1, upto, false)?, stays))
        })
        .unwrap();
    assert_eq!((upto, stays), (Position::new(3, 3), true), "a younger message has the file, too");
    assert_eq!(files, [("here.test/scan".to_owned(), Position::new(3, 2))]);
    writer.propose(records[5..].to_vec()).unwrap();
    assert_eq!((found("transplant"), found("beds"), found("ward")), (0, 1, 1));
    store
        .read::<_, StoreError>(|reader| {
            assert!(reader.event("$root")?.is_none() && reader.event_position("$root")?.is_none());
            let rest = reader.event_of_graph("$root")?.unwrap();
            let rest: Value = serde_json::from_str(rest.pdu.get()).unwrap();
            assert_eq!((&rest["content"], &rest["hashes"]["sha256"]), (&json!({}), &json!("root")));
            assert!(rest.get("unsigned").is_none());
            assert_eq!(reader.relations_of_type("$root", "m.thread", 10)?.len(), 1, "the late reply");
            assert!(!reader.media_stays("here.test/scan", 1, Position::END, false)?);
            let row = reader.room(ROOM)?.unwrap();
            assert_eq!((row.expired, row.lifetime), (Position::end_of(3), Some(2 * HOUR)));
            assert_eq!(reader.rooms_aging(0, 10)?[0].oldest, Some(4 * HOUR));
            Ok(())
        })
        .unwrap();
    drop((store, writer));
    assert_sound(&folder, "store.db");
    let bytes = std::fs::read(folder.path().join("store.db")).unwrap();
    for words in ["liver transplant", "never said", "scan.png"] {
        let copies = bytes.windows(words.len()).filter(|window| *window == words.as_bytes()).count();
        assert_eq!(copies, usize::from(words == "scan.png"), "{words}");
    }
    // What was emptied can be applied again.
    maintenance::rebuild_at(&folder.path().join("store.db"), |_, _| {}).unwrap();
    assert_sound(&folder, "store.db");
}

#[test]
fn stores_that_came_to_it_in_different_ways_are_the_same() {
    for state in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let log = delivered(&history(state));
        let (one, mut writer) = open(&folder, "one.db");
        let steps: Vec<_> =
            log.iter().flat_map(|record| writer.apply(std::slice::from_ref(record)).unwrap()).collect();
        drop((one, writer));
        // A fresh node reads what the log still has.
        let (two, mut writer) = open(&folder, "two.db");
        let at_once = writer.apply(&log).unwrap();
        drop((two, writer));
        assert_eq!(steps, at_once);
        let (one, two) = (folder.path().join("one.db"), folder.path().join("two.db"));
        assert_eq!(log_of(&one), log_of(&two));
        assert!(log_of(&one).iter().any(|(_, _, hash)| hash.is_some()));
        assert_sound(&folder, "one.db");
        assert_sound(&folder, "two.db");
        let last = steps.last().unwrap();
        assert_eq!(maintenance::problem_of_copy(&one, last.seq, &last.digest).unwrap(), None);
        maintenance::rebuild_at(&one, |_, _| {}).unwrap();
        assert_sound(&folder, "one.db");
        assert_eq!(log_of(&one), log_of(&two));
        // A server on its own has the log that it has.
        maintenance::set_cluster_at(&one, None).unwrap();
        assert!(log_of(&one).iter().all(|(_, _, hash)| hash.is_none()));
        assert_sound(&folder, "one.db");
    }
}

#[test]
fn a_purged_room_has_nothing_left_but_its_bones() {
    let folder = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(&folder, "store.db");
    let records = history(true);
    writer.propose(records[..6].to_vec()).unwrap();
    store
        .read::<_, StoreError>(|reader| {
            assert_eq!(reader.rooms_to_purge(10)?.len(), 1);
            assert!(reader.purge_left(1, 100)? > 8);
            assert_eq!(reader.expired_upto(1, TimestampMs::MAX >> 1, 3)?, Some(Position::new(1, 3)));
            Ok(())
        })
        .unwrap();
    writer.propose(records[6..].to_vec()).unwrap();
    store
        .read::<_, StoreError>(|reader| {
            let row = reader.room(ROOM)?.unwrap();
            assert_eq!((row.purge, row.lifetime), (Purge::Done, None));
            assert_eq!(reader.timeline_forwards(1, Position::START, Position::END, 100)?.len(), 5);
            let nina = reader.state_event(1, "m.room.member", "@nina:here.test")?.unwrap();
            assert!(nina.redacted_by.is_some() && !nina.pdu.get().contains("Nina"), "{}", nina.pdu.get());
            assert!(nina.pdu.get().contains("join"));
            assert!(reader.words_of_room(1)?.is_empty());
            assert!(reader.receipts_of(1, "@nina:here.test")?.is_empty());
            assert_eq!((reader.rooms_to_purge(10)?.len(), reader.purge_left(1, 100)?), (0, 0));
            Ok(())
        })
        .unwrap();
    drop((store, writer));
    assert_sound(&folder, "store.db");
    let bytes = std::fs::read(folder.path().join("store.db")).unwrap();
    for words in ["liver transplant", "Ward Four", "scan.png", "Nina"] {
        assert!(!bytes.windows(words.len()).any(|window| window == words.as_bytes()), "{words}");
    }
}

#[test]
fn how_long_a_room_keeps_messages_is_what_its_state_says_now() {
    let folder = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(&folder, "store.db");
    let room = || Aggregate::Room(ROOM.to_owned());
    writer.propose(history(false)[..1].to_vec()).unwrap();
    let mut number = 10;
    let mut lifetime = |kind: &str, content: Value, redacts: Option<&str>| {
        number += 1;
        let mut facts = vec![event(&format!("r{number}"), kind, Some(""), &content)];
        if let Some(target) = redacts {
            facts.push(event(&format!("x{number}"), "m.room.redaction", None, &json!({"redacts": target})));
        }
        writer.propose(vec![record(number, number, room(), facts)]).unwrap();
        store.read(|reader| reader.room(ROOM)).unwrap().unwrap().lifetime
    };
    let stable = "m.room.retention";
    assert_eq!(lifetime("m.room.name", json!({"name": "x"}), None), Some(2 * HOUR));
    assert_eq!(lifetime(stable, json!({"max_lifetime": 5}), None), Some(5));
    for bad in [json!(null), json!(-1), json!(0), json!("5"), json!(1.5), json!({}), json!([5])] {
        assert_eq!(lifetime(stable, json!({"max_lifetime": bad}), None), None, "{bad}");
        assert_eq!(lifetime(stable, json!({"max_lifetime": 7}), None), Some(7));
    }
    assert_eq!(lifetime(stable, json!({}), None), None);
    assert_eq!(
        lifetime(stable, json!({"max_lifetime": 9_007_199_254_740_991_u64}), None),
        Some((1 << 53) - 1)
    );
    assert_eq!(
        lifetime("org.matrix.msc1763.retention", json!({"max_lifetime": 3}), None),
        Some((1 << 53) - 1)
    );
    assert_eq!(lifetime("m.room.name", json!({"name": "x"}), Some("$kept")), Some((1 << 53) - 1));
    let last = json!({"max_lifetime": 4});
    assert_eq!(lifetime(stable, last, Some("$r32")), Some(4), "another one was redacted");
}
