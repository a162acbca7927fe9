//! Views: stored events as one client may see them - in the format for clients, with what belongs
//! into `unsigned`, and only where history visibility lets that client look.

mod bundle;
mod erased;
mod federation;
mod sight;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use alphorn_domain::read;
use alphorn_model::{OwnedRoomId, Position, RawJson, RoomId, RoomVersionId, TimestampMs};
use alphorn_store::{Reader, StoreError, StoredEvent};
use ruma_common::room_version_rules::RoomVersionRules;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ReadError;

pub use sight::Sights;

/// What every event says, borrowed from its JSON.
#[derive(Debug, Deserialize)]
pub struct EventHead<'a> {
    /// Its type.
    #[serde(rename = "type", borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    /// Who sent it.
    #[serde(borrow)]
    pub sender: std::borrow::Cow<'a, str>,
    /// Its state key, for a state event.
    #[serde(default, borrow)]
    pub state_key: Option<std::borrow::Cow<'a, str>>,
    /// When its server says it was sent.
    #[serde(default)]
    pub origin_server_ts: u64,
    /// Its content.
    #[serde(borrow)]
    pub content: &'a RawValue,
}

impl<'a> EventHead<'a> {
    /// Reads it from a stored event.
    ///
    /// # Errors
    /// When the store holds something that is not an event.
    pub fn of(event: &'a StoredEvent) -> Result<Self, ReadError> {
        serde_json::from_str(event.pdu.get()).map_err(|error| broken(event, &error))
    }
}

fn broken(event: &StoredEvent, error: &serde_json::Error) -> ReadError {
    StoreError::Inconsistent(format!("event {}: {error}", event.event_id)).into()
}

struct RoomFrame {
    id: OwnedRoomId,
    rules: Option<RoomVersionRules>,
}

/// One client's view on one snapshot of the store.
pub struct View<'a> {
    /// The snapshot.
    pub reader: &'a Reader<'a>,
    user: &'a str,
    device: &'a str,
    now_ms: TimestampMs,
    frames: RefCell<HashMap<i64, Rc<RoomFrame>>>,
    erased: erased::Erased,
}

/// How much goes into `unsigned`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Age and transaction id only.
    Plain,
    /// Also what a state event replaced.
    Replaced,
    /// Also bundled aggregations. Specification: "Aggregations of child events".
    Bundled,
}

impl<'a> View<'a> {
    /// The view of a user's device at a time. An empty device has sent nothing.
    #[must_use]
    pub fn new(reader: &'a Reader<'a>, user: &'a str, device: &'a str, now_ms: TimestampMs) -> Self {
        Self { reader, user, device, now_ms, frames: RefCell::default(), erased: erased::Erased::default() }
    }

    /// Whose view it is.
    #[must_use]
    pub const fn user(&self) -> &str {
        self.user
    }

    fn frame(&self, room: i64) -> Result<Rc<RoomFrame>, ReadError> {
        if let Some(frame) = self.frames.borrow().get(&room) {
            return Ok(Rc::clone(frame));
        }
        let row = self
            .reader
            .room_by_nid(room)?
            .ok_or_else(|| StoreError::Inconsistent(format!("room number {room} is not there")))?;
        let id = RoomId::parse(&row.room_id).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
        let rules = RoomVersionId::try_from(row.version.as_str()).ok().and_then(|version| version.rules());
        let frame = Rc::new(RoomFrame { id, rules });
        self.frames.borrow_mut().insert(room, Rc::clone(&frame));
        Ok(frame)
    }

    /// An event with its room id, in full detail.
    ///
    /// # Errors
    /// When the store fails.
    pub fn event(&self, event: &StoredEvent) -> Result<RawJson, ReadError> {
        let mut text = String::new();
        self.write(&mut text, event, true, Detail::Bundled)?;
        RawValue::from_string(text).map_err(|error| broken(event, &error))
    }

    /// An event without its room id, as syncs have them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sync_event(&self, event: &StoredEvent, detail: Detail) -> Result<RawJson, ReadError> {
        let mut text = String::new();
        self.write(&mut text, event, false, detail)?;
        RawValue::from_string(text).map_err(|error| broken(event, &error))
    }

    /// Appends an event's JSON to `out`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn write(
        &self,
        out: &mut String,
        event: &StoredEvent,
        with_room: bool,
        detail: Detail,
    ) -> Result<(), ReadError> {
        let frame = self.frame(event.room)?;
        let unsigned = self.unsigned(event, detail)?;
        let room = with_room.then_some(&*frame.id);
        let pruned = self.pruned(event)?;
        let pdu = pruned.as_deref().unwrap_or(&event.pdu);
        read::write_client_event(out, pdu, &event.event_id, room, Some(&unsigned))
            .map_err(|error| broken(event, &error))
    }

    /// What is left of an event that was redacted, or whose sender was erased; nothing: it is whole.
    fn pruned(&self, event: &StoredEvent) -> Result<Option<RawJson>, ReadError> {
        let frame = self.frame(event.room)?;
        match &frame.rules {
            Some(rules) if event.redacted_by.is_some() || self.is_erased(event)? => {
                let pruned = read::prune(&event.pdu, rules).map_err(|error| broken(event, &error))?;
                Ok(Some(pruned))
            }
            _ => Ok(None),
        }
    }

    /// The content of an event, pruned if it was redacted.
    ///
    /// # Errors
    /// When the store fails.
    pub fn content(&self, event: &StoredEvent) -> Result<RawJson, ReadError> {
        let head = EventHead::of(event)?;
        let frame = self.frame(event.room)?;
        match &frame.rules {
            Some(rules) if event.redacted_by.is_some() || self.is_erased(event)? => {
                read::prune_content(&head.kind, head.content, rules).map_err(|error| broken(event, &error))
            }
            _ => Ok(head.content.to_owned()),
        }
    }

    /// A state event stripped for those who are not in the room: type, key, sender, content.
    /// Specification: Client-Server API, "Stripped state".
    ///
    /// # Errors
    /// When the store fails.
    pub fn stripped(&self, event: &StoredEvent) -> Result<RawJson, ReadError> {
        let head = EventHead::of(event)?;
        let stripped = serde_json::json!({
            "type": head.kind,
            "state_key": head.state_key.as_deref().unwrap_or_default(),
            "sender": head.sender,
            "content": self.content(event)?,
        });
        serde_json::value::to_raw_value(&stripped).map_err(|error| broken(event, &error))
    }

    fn unsigned(&self, event: &StoredEvent, detail: Detail) -> Result<String, ReadError> {
        let head = EventHead::of(event)?;
        let mut out = format!("{{\"age\":{}", self.now_ms.saturating_sub(head.origin_server_ts));
        if let Some(sent) = &event.transaction
            && sent.user == self.user
            && sent.device == self.device
        {
            push_field(&mut out, "transaction_id", &sent.id);
        }
        if let Some(redaction) = event.redacted_by {
            if let Some(because) = self.reader.event_at(redaction)? {
                out.push_str(",\"redacted_because\":");
                self.write(&mut out, &because, true, Detail::Plain)?;
            }
        } else if detail == Detail::Bundled && head.state_key.is_none() {
            self.bundle(&mut out, event)?;
        }
        if let Some(key) = head.state_key.as_deref().filter(|_| detail != Detail::Plain) {
            self.write_replaced(&mut out, event, &head.kind, key)?;
        }
        out.push('}');
        Ok(out)
    }

    /// What the state was before: `prev_content` and its kin.
    fn write_replaced(
        &self,
        out: &mut String,
        event: &StoredEvent,
        kind: &str,
        key: &str,
    ) -> Result<(), ReadError> {
        let Some(before) = self.reader.state_before(event.room, kind, key, event.position)? else {
            return Ok(());
        };
        out.push_str(",\"prev_content\":");
        out.push_str(self.content(&before)?.get());
        push_field(out, "prev_sender", &EventHead::of(&before)?.sender);
        push_field(out, "replaces_state", before.event_id.as_str());
        Ok(())
    }

    /// The state event of a type and key as it is now.
    ///
    /// # Errors
    /// When the store fails.
    pub fn state_now(&self, room: i64, kind: &str, key: &str) -> Result<Option<StoredEvent>, ReadError> {
        Ok(self.reader.state_event(room, kind, key)?)
    }

    /// The events at these positions, those that are there.
    ///
    /// # Errors
    /// When the store fails.
    pub fn events_at(
        &self,
        positions: impl IntoIterator<Item = Position>,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let mut events = Vec::new();
        for position in positions {
            events.extend(self.reader.event_at(position)?);
        }
        Ok(events)
    }
}

/// Appends `,"key":"text"`.
fn push_field(out: &mut String, key: &str, text: &str) {
    out.push_str(",\"");
    out.push_str(key);
    out.push_str("\":");
    // Text always serialises.
    out.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()));
}
