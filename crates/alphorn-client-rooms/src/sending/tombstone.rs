//! Tombstones. Specification: Client-Server API, "Room Upgrades".

use alphorn_http::model::{Refusal, RoomId};
use serde_json::Value;

/// A room cannot be its own replacement.
pub(super) fn check(room: &RoomId, kind: &str, content: &str) -> Result<(), Refusal> {
    if kind != "m.room.tombstone" {
        return Ok(());
    }
    let content: Value = serde_json::from_str(content).unwrap_or_default();
    if content.get("replacement_room").and_then(Value::as_str) == Some(room.as_str()) {
        return Err(Refusal::invalid_param("a room cannot be replaced by itself"));
    }
    Ok(())
}
