//! Rooms that let in the members of other rooms. Specification: Client-Server API, "Restricted rooms".

use alphorn_http::engine::ReadError;
use alphorn_http::store::{Membership, Reader, RoomRow};
use serde::Deserialize;
use serde_json::Value;

/// Rooms of a join rule looked at.
const ALLOWED_MAX: usize = 200;

#[derive(Deserialize)]
struct Event {
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    join_rule: String,
    #[serde(default)]
    allow: Vec<Value>,
}

/// Whether the user is joined to one of the rooms that the room's join rule names.
pub(crate) fn allowed_by_rooms(reader: &Reader<'_>, room: &RoomRow, user: &str) -> Result<bool, ReadError> {
    let Some(rules) = reader.state_event(room.nid, "m.room.join_rules", "")? else { return Ok(false) };
    let Ok(Event { content }) = serde_json::from_str(rules.pdu.get()) else { return Ok(false) };
    if !matches!(content.join_rule.as_str(), "restricted" | "knock_restricted") {
        return Ok(false);
    }
    for allowed in content.allow.iter().take(ALLOWED_MAX) {
        if allowed.get("type").and_then(Value::as_str) != Some("m.room_membership") {
            continue;
        }
        let Some(other) = allowed.get("room_id").and_then(Value::as_str) else { continue };
        let Some(other) = reader.room(other)? else { continue };
        if reader.member(other.nid, user)?.is_some_and(|member| member.membership == Membership::Join) {
            return Ok(true);
        }
    }
    Ok(false)
}
