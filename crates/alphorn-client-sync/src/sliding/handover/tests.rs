//! What one node tells of a connection, and what another makes of it.

use super::*;
use crate::sliding::connection::{Changes, Connections};

fn key(conn_id: &str) -> Key {
    Key { user: "@a:x".to_owned(), device: "D".to_owned(), conn_id: conn_id.to_owned() }
}

fn state(kind: &str) -> Arc<RequiredState> {
    Arc::new(RequiredState::new([(kind.to_owned(), String::new())], "@a:x"))
}

fn known() -> Known {
    let (name, topic) = (state("m.room.name"), state("m.room.topic"));
    let sent =
        |upto, shown, state: &Arc<_>| Sent { upto, shown, state: Arc::clone(state), members: [7, 8].into() };
    let rooms = [(1, sent(None, 20, &name)), (2, sent(Some(30), 1, &topic)), (3, sent(None, 1, &name))];
    Known {
        seq: 40,
        ephemeral: 9,
        version: 17,
        rooms: rooms.into(),
        account_data: Covered::Everything,
        receipts: Covered::Rooms(HashSet::from([1, 3])),
        typing: Covered::Nothing,
        states: vec![name, topic],
    }
}

#[test]
fn a_client_goes_on_where_another_node_answered_it() {
    let (key, here) = (key("rooms"), Handover::default());
    here.hear(&tell(&key, 5, &known()).unwrap());
    // It was answered some more since, in the same rooms.
    let told = here.take(&key, 5, 17, 44).unwrap();
    assert_eq!((told.seq, told.version, told.ephemeral), (44, 17, 0));
    let upto: Vec<_> = (1..=4).map(|room| told.upto(room)).collect();
    assert_eq!(upto, [Some(44), Some(30), Some(44), None]);
    for (room, before) in known().rooms {
        let sent = told.rooms.get(&room).unwrap();
        assert_eq!((sent.shown, &sent.state), (before.shown, &before.state), "{room}");
        assert!(sent.members.is_empty(), "which members it has is not told");
    }
    assert_eq!(told.account_data, Covered::Everything);
    assert_eq!(told.receipts, known().receipts);
    assert_eq!(told.typing, Covered::Nothing);
    assert_eq!(told.states.len(), 2, "equal configurations are one");
    // A client that did not get the answer asks once more.
    assert!(here.take(&key, 5, 17, 44).is_some());
}

#[test]
fn what_is_not_known_for_sure_begins_anew() {
    let (rooms, here) = (key("rooms"), Handover::default());
    here.hear(&tell(&rooms, 5, &known()).unwrap());
    assert!(here.take(&rooms, 5, 18, 44).is_none(), "a version that was not told");
    assert!(here.take(&rooms, 6, 17, 44).is_none(), "another run of the node");
    assert!(here.take(&key("others"), 5, 17, 44).is_none());
    let half = br#"{"user":"@a:x","device":"D","conn_id":"rooms","run":5,"version":17}"#;
    for nonsense in [&b""[..], b"{}", b"[]", half] {
        here.hear(nonsense);
    }
    assert!(here.take(&rooms, 5, 17, 44).is_none(), "what was told last cannot be read");
    assert!(here.take(&rooms, 0, 0, 44).is_none());
}

#[test]
fn what_is_told_is_bounded() {
    let here = Handover::default();
    let mut much = known();
    let one = much.rooms.get(&1).cloned().unwrap();
    much.rooms = (0..100_000).map(|room| (room, one.clone())).collect();
    assert!(tell(&key("much"), 5, &much).is_none());
    much.rooms.retain(|room, _| *room < 40_000);
    for count in 0..200 {
        let told = tell(&key(&count.to_string()), 5, &much).unwrap();
        here.hear(&told);
        // The same once more takes no more.
        here.hear(&told);
    }
    let elsewhere = here.elsewhere.lock();
    let sum: usize = elsewhere.heard.iter().map(|(_, heard)| heard.bytes.len()).sum();
    assert_eq!(elsewhere.weight, sum);
    assert!(sum <= BYTES_MAX && sum > BYTES_MAX / 2, "{sum}");
}

#[test]
fn each_connection_waits_once_and_goes_on_under_a_number_of_here() {
    let (connections, here) = (Connections::default(), Handover::default());
    here.changed(&key("a"));
    assert!(here.next(9).is_empty(), "nobody asked until now: a server on its own keeps nothing for others");
    for conn_id in ["a", "b", "a"] {
        here.changed(&key(conn_id));
    }
    assert_eq!(here.next(1), [key("a")]);
    here.changed(&key("a"));
    assert_eq!(here.next(9), [key("b"), key("a")]);
    assert!(here.next(9).is_empty());

    let (number, adopted) = connections.adopt(&key("a"), known());
    assert_eq!(adopted.version, number);
    let changes = Changes {
        seq: 50,
        account_data: adopted.account_data.clone(),
        receipts: adopted.receipts.clone(),
        ..Changes::default()
    };
    let place = connections.offer(&key("a"), number, &adopted, changes).unwrap();
    assert_eq!(place.version, number);
    let taken = connections.take(&key("a"), place.number).unwrap();
    assert_eq!(taken.known.upto(1), Some(50));
    assert!(taken.changed, "now that the client has an answer from here, others are to know");
    assert!(!connections.take(&key("a"), place.number).unwrap().changed);
}
