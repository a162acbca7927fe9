//! The state that moves into a replacement room. Specification: Client-Server API, "Room Upgrades",
//! server behaviour.

use alphorn_http::engine::ReadError;
use alphorn_http::model::RawJson;
use alphorn_http::store::{Membership, Reader, RoomRow};
use serde_json::json;

use super::raw;
use crate::content;

/// Types with an empty state key that move as they are. Power levels go their own way.
const KINDS: [&str; 9] = [
    "m.room.server_acl",
    "m.room.encryption",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.guest_access",
    "m.room.history_visibility",
    "m.room.join_rules",
    "m.room.canonical_alias",
];

/// Children of a space and bans that move along, the oldest first.
const ENTRIES_MAX: usize = 1_000;

/// The state to begin with.
pub(super) fn transferable(
    reader: &Reader<'_>,
    room: &RoomRow,
) -> Result<Vec<(String, String, RawJson)>, ReadError> {
    let mut state = Vec::new();
    for kind in KINDS {
        match content::content(reader, room, kind, "")? {
            Some(content) => state.push((kind.to_owned(), String::new(), raw(&content)?)),
            // Rooms without this event keep guests out; new rooms would not.
            None if kind == "m.room.guest_access" => {
                state.push((kind.to_owned(), String::new(), raw(&json!({ "guest_access": "forbidden" }))?));
            }
            None => {}
        }
    }
    for (child, position) in reader.current_state_of(room.nid, "m.space.child")?.into_iter().take(ENTRIES_MAX)
    {
        let Some(event) = reader.event_at(position)? else { continue };
        let content = content::of(room, "m.space.child", &event)?;
        if !content.is_empty() {
            state.push(("m.space.child".to_owned(), child, raw(&content)?));
        }
    }
    for member in reader.members_as(room.nid, Membership::Ban, ENTRIES_MAX)? {
        let Some(event) = reader.event_at(member.position)? else { continue };
        let content = content::of(room, "m.room.member", &event)?;
        state.push(("m.room.member".to_owned(), member.user, raw(&content)?));
    }
    Ok(state)
}
