//! `GET /_matrix/client/v3/rooms/{roomId}/joined_members`. Specification: Client-Server API, "Getting
//! events for a room".

use alphorn_http::engine::{ReadError, view::View};
use alphorn_http::model::OwnedRoomId;
use alphorn_http::store::Membership;
use alphorn_http::{App, Client, Path, RawAnswer, Result};
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::look::{self, Room};

/// Members in one answer. A room of more cannot be read this way; `/members` has them all.
const MEMBERS_MAX: usize = 100_000;

pub(super) async fn joined_members(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
) -> Result {
    client.no_guest()?;
    let joined = look::look(&app, &client, move |view| {
        let room = Room::enter_joined(view, &room)?;
        collect(view, room.row.nid)
    })
    .await?;
    RawAnswer::of(&json!({ "joined": joined }))
}

fn collect(view: &View<'_>, room: i64) -> Result<Map<String, Value>, ReadError> {
    let mut joined = Map::new();
    for member in view.reader.members_as(room, Membership::Join, MEMBERS_MAX)? {
        let Some(event) = view.reader.event_at(member.position)? else { continue };
        let content: Map<String, Value> =
            serde_json::from_str(view.content(&event)?.get()).unwrap_or_default();
        let mut profile = Map::new();
        for (field, name) in [("display_name", "displayname"), ("avatar_url", "avatar_url")] {
            let text = content.get(name).filter(|text| text.is_string());
            profile.insert(field.to_owned(), text.cloned().unwrap_or_default());
        }
        joined.insert(member.user, Value::Object(profile));
    }
    Ok(joined)
}
