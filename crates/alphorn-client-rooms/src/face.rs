//! How a room looks from outside: what the directory, spaces and summaries tell about it.
//! Specification: Client-Server API, "Published room directory", "Spaces", "Room summaries".

use alphorn_http::engine::ReadError;
use alphorn_http::store::{Reader, RoomRow};
use serde_json::{Map, Value, json};

use crate::content;

/// The fields that all of these answers share.
pub(crate) fn face(reader: &Reader<'_>, room: &RoomRow) -> Result<Map<String, Value>, ReadError> {
    let mut face = Map::new();
    face.insert("room_id".to_owned(), json!(room.room_id));
    face.insert("num_joined_members".to_owned(), json!(room.joined));
    let mut put = |field: &str, text: Option<String>| {
        if let Some(text) = text {
            face.insert(field.to_owned(), Value::String(text));
        }
    };
    put("name", content::text(reader, room, "m.room.name", "name")?);
    put("topic", content::text(reader, room, "m.room.topic", "topic")?);
    put("avatar_url", content::text(reader, room, "m.room.avatar", "url")?);
    put("canonical_alias", content::text(reader, room, "m.room.canonical_alias", "alias")?);
    put("room_type", content::text(reader, room, "m.room.create", "type")?);
    let rule = content::text(reader, room, "m.room.join_rules", "join_rule")?;
    put("join_rule", Some(rule.unwrap_or_else(|| "invite".to_owned())));
    let guests = content::text(reader, room, "m.room.guest_access", "guest_access")?;
    face.insert("guest_can_join".to_owned(), json!(guests.as_deref() == Some("can_join")));
    face.insert("world_readable".to_owned(), json!(content::world_readable(reader, room)?));
    Ok(face)
}
