//! Rooms seen from outside: what is in a space, what a room is about.
//! Specification: Client-Server API, "Spaces", "Room summaries".

mod hierarchy;
mod summary;

use alphorn_http::App;
use alphorn_http::engine::ReadError;
use alphorn_http::store::{Membership, Reader, RoomRow};
use axum::Router;
use axum::routing::get;
use serde_json::{Map, Value, json};

use crate::{content, face::face, membership};

pub(crate) fn routes_1() -> Router<App> {
    Router::new()
        .route("/rooms/{room_id}/hierarchy", get(hierarchy::hierarchy))
        .route("/room_summary/{room_id_or_alias}", get(summary::summary))
}

/// Names under which clients asked for summaries before the specification had them.
pub(crate) fn routes_unstable() -> Router<App> {
    Router::new()
        .route("/im.nheko.summary/summary/{room_id_or_alias}", get(summary::summary))
        .route("/im.nheko.summary/rooms/{room_id_or_alias}/summary", get(summary::summary))
}

/// Whether somebody (nobody: who is not signed in) may see how a room looks.
fn is_visible(reader: &Reader<'_>, room: &RoomRow, user: Option<&str>) -> Result<bool, ReadError> {
    let rule = content::text(reader, room, "m.room.join_rules", "join_rule")?;
    if matches!(rule.as_deref(), Some("public" | "knock" | "knock_restricted"))
        || content::world_readable(reader, room)?
    {
        return Ok(true);
    }
    let Some(user) = user else { return Ok(false) };
    let member = reader.member(room.nid, user)?.map(|member| member.membership);
    Ok(matches!(member, Some(Membership::Join | Membership::Invite))
        || membership::allowed_by_rooms(reader, room, user)?)
}

/// A room's face with what summaries and spaces tell beside it.
fn summary_of(reader: &Reader<'_>, room: &RoomRow) -> Result<Map<String, Value>, ReadError> {
    let mut summary = face(reader, room)?;
    summary.insert("room_version".to_owned(), json!(room.version));
    if let Some(algorithm) = content::text(reader, room, "m.room.encryption", "algorithm")? {
        summary.insert("encryption".to_owned(), json!(algorithm));
    }
    let rules = content::content(reader, room, "m.room.join_rules", "")?.unwrap_or_default();
    if matches!(rules.get("join_rule").and_then(Value::as_str), Some("restricted" | "knock_restricted")) {
        let allow = rules.get("allow").and_then(Value::as_array);
        let rooms: Vec<_> = allow.into_iter().flatten().filter_map(|allow| allow.get("room_id")).collect();
        summary.insert("allowed_room_ids".to_owned(), json!(rooms));
    }
    Ok(summary)
}
