//! What rooms do not keep: how long messages of a room live (MSC1763, `m.room.retention`), and taking out what is
//! older. Of an event that expired there stays what its place among the others and its id rest on.

use std::collections::BTreeMap;

use alphorn_model::{Position, Seq, TimestampMs};
use rusqlite::{Connection, OptionalExtension as _};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{Write, media, relations, search};
use crate::{Reader, Result, StoreError};

/// The state event that says how long messages live; under its stable name first.
const KINDS: [&str; 2] = ["m.room.retention", "org.matrix.msc1763.retention"];

/// A time before all others: nothing is that old.
const NEVER: i64 = -1;

/// The settings of the whole server.
const DEFAULT: &str = "message_lifetime_default_ms";
const MIN: &str = "message_lifetime_min_ms";
const MAX: &str = "message_lifetime_max_ms";

/// How long this server keeps messages, beside what rooms say. In milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lifetimes {
    /// In rooms that say nothing.
    pub default: Option<TimestampMs>,
    /// The shortest that a room can have.
    pub min: Option<TimestampMs>,
    /// The longest that a room can have.
    pub max: Option<TimestampMs>,
}

impl Lifetimes {
    /// How long messages of a room live that says this; nothing: for ever.
    #[must_use]
    pub fn effective(&self, own: Option<TimestampMs>) -> Option<TimestampMs> {
        let Some(own) = own else { return self.default };
        let own = self.min.map_or(own, |min| own.max(min));
        Some(self.max.map_or(own, |max| own.min(max)))
    }
}

/// A room that may have something that it does not keep.
#[derive(Debug, Clone)]
pub struct AgingRoom {
    /// Its number.
    pub nid: i64,
    /// Its id.
    pub room_id: String,
    /// How long messages live by its own word, in milliseconds.
    pub lifetime: Option<TimestampMs>,
    /// No message is older than this; nothing: it has none.
    pub oldest: Option<TimestampMs>,
}

fn aging(row: &rusqlite::Row<'_>) -> rusqlite::Result<AgingRoom> {
    Ok(AgingRoom { nid: row.get(0)?, room_id: row.get(1)?, lifetime: row.get(2)?, oldest: row.get(3)? })
}

impl Reader<'_> {
    /// How long this server keeps messages.
    pub fn lifetimes(&self) -> Result<Lifetimes> {
        let rows = self.all(
            "SELECT name, value FROM settings WHERE name IN (?1, ?2, ?3)",
            (DEFAULT, MIN, MAX),
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        let mut lifetimes = Lifetimes::default();
        for (name, value) in rows {
            let value = value.parse().ok();
            match name.as_str() {
                DEFAULT => lifetimes.default = value,
                MIN => lifetimes.min = value,
                _ => lifetimes.max = value,
            }
        }
        Ok(lifetimes)
    }

    /// What was said in a room at this time or before is not shown any more. Without a time of reading, all is.
    pub(crate) fn cutoff(&self, room: i64) -> Result<i64> {
        let Some(now) = self.now else { return Ok(NEVER) };
        if let Some(known) = self.cutoffs.borrow().get(&room) {
            return Ok(*known);
        }
        let lifetimes = match self.lifetimes.get() {
            Some(known) => *known,
            None => {
                let found = self.lifetimes()?;
                *self.lifetimes.get_or_init(|| found)
            }
        };
        let own = self.one("SELECT lifetime FROM rooms WHERE nid = ?1", [room], |row| row.get(0))?;
        let cutoff = lifetimes.effective(own.flatten()).map_or(NEVER, |lifetime| before(now, lifetime));
        self.cutoffs.borrow_mut().insert(room, cutoff);
        Ok(cutoff)
    }

    /// Rooms that say themselves how long messages live, after `nid`, at most `limit`.
    pub fn rooms_aging(&self, nid: i64, limit: usize) -> Result<Vec<AgingRoom>> {
        self.all(
            "SELECT nid, room_id, lifetime, oldest FROM rooms INDEXED BY rooms_aging \
             WHERE lifetime IS NOT NULL AND nid > ?1 ORDER BY nid LIMIT ?2",
            (nid, limit),
            aging,
        )
    }

    /// Rooms that do not say so with messages from this time or before: those after `(oldest, nid)`, at most `limit`.
    pub fn rooms_older(
        &self,
        time: TimestampMs,
        after: (TimestampMs, i64),
        limit: usize,
    ) -> Result<Vec<AgingRoom>> {
        self.all(
            "SELECT nid, room_id, lifetime, oldest FROM rooms INDEXED BY rooms_by_oldest \
             WHERE oldest IS NOT NULL AND lifetime IS NULL AND oldest <= ?1 AND (oldest, nid) > (?2, ?3) \
             ORDER BY oldest, nid LIMIT ?4",
            (time, after.0, after.1, limit),
            aging,
        )
    }

    /// Rooms that are being purged, at most `limit`.
    pub fn rooms_to_purge(&self, limit: usize) -> Result<Vec<AgingRoom>> {
        self.all(
            "SELECT nid, room_id, lifetime, oldest FROM rooms INDEXED BY rooms_to_purge WHERE purge = 1 \
             ORDER BY nid LIMIT ?1",
            [limit],
            aging,
        )
    }

    /// Up to where the next events of a room expired that are from this time or before: of `limit` events at most.
    /// An event that is not that old ends it.
    pub fn expired_upto(&self, room: i64, time: TimestampMs, limit: usize) -> Result<Option<Position>> {
        let rows = self.all(
            "SELECT pos, time FROM timeline WHERE room = ?1 AND pos > (SELECT expired FROM rooms WHERE nid = ?1) \
             ORDER BY pos LIMIT ?2",
            (room, limit),
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, TimestampMs>(1)?)),
        )?;
        Ok(rows.into_iter().take_while(|(_, at)| *at <= time).last().map(|(pos, _)| Position(pos)))
    }

    /// How many events of a room have not been looked at since it began to be purged, counted up to `limit`.
    pub fn purge_left(&self, room: i64, limit: usize) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM timeline WHERE room = ?1 \
             AND pos > (SELECT expired FROM rooms WHERE nid = ?1) LIMIT ?2)";
        Ok(self.one(sql, (room, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// Files that expire with the next events of a room, up to a position: `server/id`, and the event that has it.
    pub fn media_expiring(&self, room: i64, upto: Position, state: bool) -> Result<Vec<(String, Position)>> {
        self.all(
            "SELECT u.media, u.pos FROM timeline t CROSS JOIN media_uses u ON u.pos = t.pos WHERE t.room = ?1 \
             AND t.pos > (SELECT expired FROM rooms WHERE nid = ?1) AND t.pos <= ?2 AND (t.state = 0 OR ?3)",
            (room, upto.0, state),
            |row| Ok((row.get(0)?, Position(row.get(1)?))),
        )
    }

    /// Whether another event has a file (`server/id`) than those of a room that expire up to a position.
    pub fn media_stays(&self, media: &str, room: i64, upto: Position, state: bool) -> Result<bool> {
        self.one(
            "SELECT 1 FROM media_uses u WHERE u.media = ?1 AND NOT (u.pos <= ?3 AND EXISTS (SELECT 1 FROM timeline t \
             WHERE t.room = ?2 AND t.pos = u.pos AND (t.state = 0 OR ?4))) LIMIT 1",
            (media, room, upto.0, state),
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }
}

fn before(now: TimestampMs, lifetime: TimestampMs) -> i64 {
    now.checked_sub(lifetime).and_then(|time| i64::try_from(time).ok()).unwrap_or(NEVER)
}

/// Whether a state event says how long messages live.
pub(super) fn says_lifetime(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// Finds anew how long messages of a room live by its own word.
pub(super) fn refresh(write: &Write<'_>, nid: i64) -> Result<()> {
    #[derive(Deserialize)]
    struct Event {
        content: Map<String, Value>,
    }
    let mut lifetime = None;
    for kind in KINDS {
        let Some(event) = write.reader().state_event(nid, kind, "")? else { continue };
        if event.redacted_by.is_none()
            && let Ok(event) = serde_json::from_str::<Event>(event.pdu.get())
        {
            // Zero would be a room in which nothing can be said.
            lifetime = event.content.get("max_lifetime").and_then(Value::as_u64).filter(|ms| *ms > 0);
            break;
        }
    }
    let lifetime = lifetime.map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
    write.run("UPDATE rooms SET lifetime = ?2 WHERE nid = ?1 AND lifetime IS NOT ?2", (nid, lifetime))?;
    Ok(())
}

/// A message came: from now on something in the room grows old.
pub(super) fn message_came(write: &Write<'_>, nid: i64) -> Result<()> {
    write.run("UPDATE rooms SET oldest = ?2 WHERE nid = ?1 AND oldest IS NULL", (nid, write.time))?;
    Ok(())
}

/// Takes out what expired: messages, and of state events what nothing rests on where `state` says so.
pub(super) fn expire(write: &Write<'_>, nid: i64, upto: Position, state: bool) -> Result<()> {
    let rows = write.reader().all(
        "SELECT pos, event_id, state FROM timeline WHERE room = ?1 AND pos > (SELECT expired FROM rooms WHERE nid = ?1) \
         AND pos <= ?2 AND (state = 0 OR ?3) ORDER BY pos",
        (nid, upto.0, state),
        |row| Ok((Position(row.get(0)?), row.get::<_, String>(1)?, row.get::<_, bool>(2)?)),
    )?;
    let mut records: BTreeMap<Seq, Vec<usize>> = BTreeMap::new();
    for (pos, event_id, is_state) in rows {
        records.entry(pos.seq()).or_default().push(pos.index());
        search::forget(write, pos)?;
        media::forget_uses(write, pos)?;
        if is_state {
            write.run("INSERT OR REPLACE INTO redactions VALUES (?1, ?2)", (&event_id, write.pos.0))?;
            write.run("UPDATE events SET redacted = 1 WHERE event_id = ?1", [&event_id])?;
            write.run("UPDATE timeline SET redacted = 1 WHERE room = ?1 AND pos = ?2", (nid, pos.0))?;
        } else {
            relations::forget(write, nid, &event_id, pos)?;
            write.run("DELETE FROM redactions WHERE target = ?1", [&event_id])?;
            // Known, so that it cannot come a second time, and in no timeline.
            write.run("UPDATE events SET placement = 4, redacted = 0 WHERE event_id = ?1", [&event_id])?;
            write.run("DELETE FROM timeline WHERE room = ?1 AND pos = ?2", (nid, pos.0))?;
        }
    }
    for (seq, facts) in records {
        empty(write.connection, seq, &facts)?;
    }
    if state {
        write.run("DELETE FROM room_words WHERE room = ?1", [nid])?;
        write.run("UPDATE rooms SET lifetime = NULL WHERE nid = ?1", [nid])?;
    }
    write.run(
        "UPDATE rooms SET expired = max(expired, ?2), \
         oldest = (SELECT time FROM timeline WHERE room = ?1 AND pos > ?2 ORDER BY pos LIMIT 1) WHERE nid = ?1",
        (nid, upto.0),
    )?;
    Ok(())
}

/// A room begins to be purged: all of it is to be looked at, from its first event on.
pub(super) fn begin_purge(write: &Write<'_>, nid: i64) -> Result<()> {
    write.run("UPDATE rooms SET purge = 1, expired = 0 WHERE nid = ?1", [nid])?;
    Ok(())
}

/// A room was purged: what people noted about it goes, too.
pub(super) fn end_purge(write: &Write<'_>, nid: i64) -> Result<()> {
    write.run("UPDATE rooms SET purge = 2, lifetime = NULL, oldest = NULL WHERE nid = ?1", [nid])?;
    write.run("DELETE FROM receipts WHERE room = ?1", [nid])?;
    Ok(())
}

/// Takes the contents of events out of a record of the log, and keeps the hash that the record had.
fn empty(connection: &Connection, seq: Seq, facts: &[usize]) -> Result<()> {
    let body = connection
        .prepare_cached("SELECT body FROM log WHERE seq = ?1")?
        .query_row([seq], |row| row.get::<_, Vec<u8>>(0))
        .optional()?;
    let Some(body) = body else { return Ok(()) };
    let broken = |error: serde_json::Error| StoreError::Record { seq, why: error.to_string() };
    let mut record: Value = serde_json::from_slice(&body).map_err(broken)?;
    let mut changed = false;
    for fact in facts {
        let pdu = record.pointer_mut(&format!("/facts/{fact}/room/event/pdu"));
        if let Some(pdu) = pdu.and_then(Value::as_object_mut) {
            changed |= strip(pdu);
        }
    }
    // A log that is applied again has nothing in it any more.
    if !changed {
        return Ok(());
    }
    let hash: [u8; 32] = Sha256::digest(&body).into();
    connection.prepare_cached("INSERT OR IGNORE INTO spent VALUES (?1, ?2)")?.execute((seq, hash))?;
    let body = serde_json::to_vec(&record).map_err(broken)?;
    connection.prepare_cached("UPDATE log SET body = ?2 WHERE seq = ?1")?.execute((seq, body))?;
    Ok(())
}

/// What an event's id and its place among the others rest on. Specification: room versions, "Redactions": never less
/// than any of them keeps.
const KEPT: [&str; 16] = [
    "auth_events",
    "content",
    "depth",
    "event_id",
    "hashes",
    "membership",
    "origin",
    "origin_server_ts",
    "prev_events",
    "prev_state",
    "redacts",
    "room_id",
    "sender",
    "signatures",
    "state_key",
    "type",
];

/// Leaves of an event what nothing can do without; tells whether there was more.
fn strip(pdu: &mut Map<String, Value>) -> bool {
    let fields = pdu.len();
    pdu.retain(|key, _| KEPT.contains(&key.as_str()));
    let kept: Option<&[&str]> = match pdu.get("type").and_then(Value::as_str).unwrap_or_default() {
        "m.room.create" | "m.room.power_levels" | "m.room.join_rules" | "m.room.history_visibility" => None,
        "m.room.member" => Some(&["membership", "join_authorised_via_users_server", "third_party_invite"]),
        "m.room.redaction" => Some(&["redacts"]),
        _ => Some(&[]),
    };
    let mut changed = pdu.len() != fields;
    if let (Some(kept), Some(Value::Object(content))) = (kept, pdu.get_mut("content")) {
        let fields = content.len();
        content.retain(|key, _| kept.contains(&key.as_str()));
        changed |= content.len() != fields;
    }
    changed
}

#[cfg(test)]
mod tests;
