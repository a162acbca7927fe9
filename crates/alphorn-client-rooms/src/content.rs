//! What a room's current state says, for decisions and for those who look at the room from outside.

use alphorn_http::domain::{self, Pdu, Power, RoomState};
use alphorn_http::engine::ReadError;
use alphorn_http::model::{RoomId, RoomVersionId};
use alphorn_http::store::{Reader, RoomRow, StoreError, StoredEvent};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::sync::Arc;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    content: &'a RawValue,
}

/// The content of a current state event; none: there is no such event.
pub(crate) fn content(
    reader: &Reader<'_>,
    room: &RoomRow,
    kind: &str,
    key: &str,
) -> Result<Option<Map<String, Value>>, ReadError> {
    let Some(event) = reader.state_event(room.nid, kind, key)? else { return Ok(None) };
    of(room, kind, &event).map(Some)
}

/// The content of an event, without what its redaction took.
pub(crate) fn of(room: &RoomRow, kind: &str, event: &StoredEvent) -> Result<Map<String, Value>, ReadError> {
    let broken =
        |error: serde_json::Error| StoreError::Inconsistent(format!("event {}: {error}", event.event_id));
    let parsed: Event<'_> = serde_json::from_str(event.pdu.get()).map_err(broken)?;
    let rules = RoomVersionId::try_from(room.version.as_str()).ok().and_then(|version| version.rules());
    let pruned = match (event.redacted_by, &rules) {
        (Some(_), Some(rules)) => {
            Some(domain::read::prune_content(kind, parsed.content, rules).map_err(broken)?)
        }
        _ => None,
    };
    let content = pruned.as_deref().unwrap_or(parsed.content);
    Ok(serde_json::from_str(content.get()).map_err(broken)?)
}

/// A text in the content of a current state event.
pub(crate) fn text(
    reader: &Reader<'_>,
    room: &RoomRow,
    kind: &str,
    field: &str,
) -> Result<Option<String>, ReadError> {
    let content = content(reader, room, kind, "")?;
    Ok(content
        .and_then(|content| content.get(field)?.as_str().map(str::to_owned))
        .filter(|text| !text.is_empty()))
}

/// The power levels of a room as they are now.
pub(crate) fn power(reader: &Reader<'_>, room: &RoomRow) -> Result<Option<Power>, ReadError> {
    let id = RoomId::parse(&room.room_id).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    let mut state = Vec::new();
    for kind in ["m.room.create", "m.room.power_levels"] {
        if let Some(event) = reader.state_event(room.nid, kind, "")? {
            let parsed = Pdu::parse(event.event_id.clone(), id.clone(), &event.pdu, false)
                .map_err(|error| StoreError::Inconsistent(error.to_string()))?;
            state.push(Arc::new(parsed));
        }
    }
    // Only the levels are asked of this state: where the room's next event goes does not matter here.
    let tip = state.first().map(|create| vec![(create.event_id.clone(), 1)]).unwrap_or_default();
    let loaded = RoomState::load(id, &room.version, state, tip)
        .map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    Ok(loaded.power().cloned())
}

/// Whether anyone may read the room.
pub(crate) fn world_readable(reader: &Reader<'_>, room: &RoomRow) -> Result<bool, ReadError> {
    let setting = text(reader, room, "m.room.history_visibility", "history_visibility")?;
    Ok(setting.as_deref() == Some("world_readable"))
}

/// Whether a user is joined to the room.
pub(crate) fn is_joined(reader: &Reader<'_>, room: &RoomRow, user: &str) -> Result<bool, ReadError> {
    let member = reader.member(room.nid, user)?;
    Ok(member.is_some_and(|member| member.membership == alphorn_http::store::Membership::Join))
}
