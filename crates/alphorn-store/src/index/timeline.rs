//! Timelines: which events a room has, in the order of the log, and reading an event's body back.

use std::borrow::Cow;

use alphorn_model::{
    Fact, OwnedEventId, Position, RawJson, Seq, TimestampMs,
    fact::{EventFact, RoomFact, Transaction},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Write;
use crate::{Reader, Result, StoreError};

/// The parts of an event that indexes need, borrowed from its JSON.
#[derive(Debug, Deserialize)]
pub(crate) struct Head<'a> {
    #[serde(rename = "type", borrow)]
    pub(crate) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) sender: Cow<'a, str>,
    #[serde(default, borrow)]
    pub(crate) state_key: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    redacts: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: &'a RawValue,
    #[serde(default, borrow)]
    prev_events: Vec<&'a RawValue>,
    #[serde(default)]
    pub(crate) depth: u64,
}

/// The parts of an event's content that indexes need. Wrong types count as absent.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ContentHead {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) membership: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) redacts: Option<String>,
    #[serde(default, rename = "m.relates_to", deserialize_with = "lenient")]
    pub(crate) relates_to: Option<RelatesTo>,
}

/// `m.relates_to`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RelatesTo {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) rel_type: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) event_id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) key: Option<String>,
}

/// Takes a value of the right type and nothing of a wrong one: strangers write these.
fn lenient<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

impl<'a> Head<'a> {
    pub(crate) fn parse(fact: &'a EventFact) -> std::result::Result<Self, String> {
        serde_json::from_str(fact.pdu.get()).map_err(|error| format!("event {}: {error}", fact.event_id))
    }

    pub(crate) fn content(&self) -> ContentHead {
        serde_json::from_str(self.content.get()).unwrap_or_default()
    }

    pub(crate) fn raw_content(&self) -> &'a str {
        self.content.get()
    }

    /// What a redaction redacts: at the top level up to room version 10, in the content from 11 on.
    pub(crate) fn redacted_event(&self) -> Option<String> {
        if self.kind != "m.room.redaction" {
            return None;
        }
        self.redacts.as_deref().map(str::to_owned).or_else(|| self.content().redacts)
    }

    /// The ids of the events before: plain ids, or pairs of id and hash in room versions 1 and 2.
    pub(crate) fn previous(&self) -> Vec<String> {
        self.prev_events
            .iter()
            .filter_map(|raw| {
                serde_json::from_str::<String>(raw.get())
                    .or_else(|_| {
                        serde_json::from_str::<(String, serde_json::Value)>(raw.get()).map(|pair| pair.0)
                    })
                    .ok()
            })
            .collect()
    }
}

/// An event as the store has it.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Where it stands.
    pub position: Position,
    /// The room's number.
    pub room: i64,
    /// The event's id.
    pub event_id: OwnedEventId,
    /// The event in its federation format, as it was signed - even if it was redacted since.
    pub pdu: RawJson,
    /// The transaction of the client here that sent it.
    pub transaction: Option<Transaction>,
    /// Where the redaction that blanks it stands.
    pub redacted_by: Option<Position>,
}

struct Row {
    event_id: String,
    room: i64,
    pos: Position,
    redacted: bool,
}

impl Reader<'_> {
    /// Where an event stands: `(room number, position)`. Only events of timelines count.
    pub fn event_position(&self, event_id: &str) -> Result<Option<(i64, Position)>> {
        self.one("SELECT room, pos FROM events WHERE event_id = ?1 AND placement = 0", [event_id], |row| {
            Ok((row.get(0)?, Position(row.get(1)?)))
        })
    }

    /// An event by its id, if it is in a timeline.
    pub fn event(&self, event_id: &str) -> Result<Option<StoredEvent>> {
        let row = self.one(
            "SELECT event_id, room, pos, redacted FROM events WHERE event_id = ?1 AND placement = 0",
            [event_id],
            map_row,
        )?;
        let Some(row) = row else { return Ok(None) };
        let (room, pos) = (row.room, row.pos);
        let (event, time) = self.body(row)?;
        Ok((!self.is_over_age(room, pos, time)?).then_some(event))
    }

    /// An event of a timeline by its id, even if it is too old to be shown: others rest on it. Of one that expired
    /// there is what they need.
    pub fn event_of_graph(&self, event_id: &str) -> Result<Option<StoredEvent>> {
        let row = self.one(
            "SELECT event_id, room, pos, redacted FROM events WHERE event_id = ?1 AND placement IN (0, 4)",
            [event_id],
            map_row,
        )?;
        row.map(|row| Ok(self.body(row)?.0)).transpose()
    }

    /// The same by its position.
    pub fn event_of_graph_at(&self, position: Position) -> Result<Option<StoredEvent>> {
        let Some((fact, _)) = self.event_fact(position)? else { return Ok(None) };
        self.event_of_graph(fact.event_id.as_str())
    }

    /// Whether a message is too old to be shown. State never is.
    fn is_over_age(&self, room: i64, pos: Position, time: TimestampMs) -> Result<bool> {
        if i64::try_from(time).unwrap_or(i64::MAX) > self.cutoff(room)? {
            return Ok(false);
        }
        let sql = "SELECT state FROM timeline WHERE room = ?1 AND pos = ?2";
        Ok(!self.one(sql, (room, pos.0), |row| row.get::<_, bool>(0))?.unwrap_or(false))
    }

    /// The event at a position.
    pub fn event_at(&self, position: Position) -> Result<Option<StoredEvent>> {
        let Some((fact, _)) = self.event_fact(position)? else { return Ok(None) };
        self.event(fact.event_id.as_str())
    }

    /// Events of a room with positions in `(after, upto]`, oldest first, at most `limit`.
    pub fn timeline_forwards(
        &self,
        room: i64,
        after: Position,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<StoredEvent>> {
        let rows = self.all(
            "SELECT event_id, room, pos, redacted FROM timeline WHERE room = ?1 AND pos > ?2 AND pos <= ?3 \
             AND (state = 1 OR time > ?5) ORDER BY pos LIMIT ?4",
            (room, after.0, upto.0, limit, self.cutoff(room)?),
            map_row,
        )?;
        rows.into_iter().map(|row| Ok(self.body(row)?.0)).collect()
    }

    /// Events of a room with positions in `(after, upto]`, newest first, at most `limit`.
    pub fn timeline_backwards(
        &self,
        room: i64,
        after: Position,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<StoredEvent>> {
        let rows = self.all(
            "SELECT event_id, room, pos, redacted FROM timeline WHERE room = ?1 AND pos > ?2 AND pos <= ?3 \
             AND (state = 1 OR time > ?5) ORDER BY pos DESC LIMIT ?4",
            (room, after.0, upto.0, limit, self.cutoff(room)?),
            map_row,
        )?;
        rows.into_iter().map(|row| Ok(self.body(row)?.0)).collect()
    }

    /// Whether the room has events in `(after, upto]`.
    pub fn timeline_has(&self, room: i64, after: Position, upto: Position) -> Result<bool> {
        self.one(
            "SELECT 1 FROM timeline WHERE room = ?1 AND pos > ?2 AND pos <= ?3 AND (state = 1 OR time > ?4) LIMIT 1",
            (room, after.0, upto.0, self.cutoff(room)?),
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    /// The redaction that blanked an event.
    pub fn redaction_of(&self, event_id: &str) -> Result<Option<Position>> {
        self.one("SELECT pos FROM redactions WHERE target = ?1", [event_id], |row| Ok(Position(row.get(0)?)))
    }

    fn event_fact(&self, position: Position) -> Result<Option<(EventFact, TimestampMs)>> {
        let Some(record) = self.record(position.seq())? else { return Ok(None) };
        Ok(match record.facts.get(position.index()) {
            Some(Fact::Room(RoomFact::Event(fact))) => Some((fact.clone(), record.time)),
            _ => None,
        })
    }

    /// The event of a row, and when this server took it.
    fn body(&self, row: Row) -> Result<(StoredEvent, TimestampMs)> {
        let found = self.event_fact(row.pos)?.filter(|(fact, _)| fact.event_id == row.event_id);
        let (fact, time) = found.ok_or_else(|| {
            StoreError::Inconsistent(format!("event {} is not at {:?}", row.event_id, row.pos))
        })?;
        let redacted_by = if row.redacted { self.redaction_of(&row.event_id)? } else { None };
        let event = StoredEvent {
            position: row.pos,
            room: row.room,
            event_id: fact.event_id,
            pdu: fact.pdu,
            transaction: fact.transaction,
            redacted_by,
        };
        Ok((event, time))
    }

    /// The newest position of a room at or before the end of record `seq`.
    pub fn room_head_at(&self, room: i64, seq: Seq) -> Result<Option<Position>> {
        self.one(
            "SELECT pos FROM timeline WHERE room = ?1 AND pos <= ?2 ORDER BY pos DESC LIMIT 1",
            (room, Position::end_of(seq).0),
            |row| Ok(Position(row.get(0)?)),
        )
    }
}

fn map_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { event_id: row.get(0)?, room: row.get(1)?, pos: Position(row.get(2)?), redacted: row.get(3)? })
}

/// Puts an event at the end of its room's timeline and lets a redaction take effect.
pub(super) fn append(write: &Write<'_>, nid: i64, fact: &EventFact, head: &Head<'_>) -> Result<()> {
    write.run(
        "INSERT INTO timeline (room, pos, event_id, state, time) VALUES (?1, ?2, ?3, ?4, ?5)",
        (nid, write.pos.0, fact.event_id.as_str(), head.state_key.is_some(), write.time),
    )?;
    let Some(target) = head.redacted_event() else { return Ok(()) };
    let place = write.reader().event_position(&target)?;
    let Some((room, pos)) = place.filter(|(room, _)| *room == nid) else { return Ok(()) };
    write.run("INSERT INTO redactions VALUES (?1, ?2) ON CONFLICT DO NOTHING", (&target, write.pos.0))?;
    write.run("UPDATE events SET redacted = 1 WHERE event_id = ?1", [&target])?;
    write.run("UPDATE timeline SET redacted = 1 WHERE room = ?1 AND pos = ?2", (room, pos.0))?;
    super::search::forget(write, pos)?;
    super::media::forget_uses(write, pos)?;
    super::retention::refresh(write, nid)?;
    super::relations::forget(write, nid, &target, pos)
}
