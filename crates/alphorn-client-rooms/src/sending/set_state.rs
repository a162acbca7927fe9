//! `PUT /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}`.
//! Specification: Client-Server API, "Sending events to a room".

use alphorn_http::domain::{MemberDetails, MembershipChange, NewEvent};
use alphorn_http::engine::{ReadError, RoomWish};
use alphorn_http::model::{OwnedRoomId, OwnedUserId, RawJson, Refusal};
use alphorn_http::store::Reader;
use alphorn_http::{App, Client, JsonBody, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::{When, admit, aliases, guests, tombstone};
use crate::membership::{allowed_by_rooms, check_guest};
use crate::{invitees, place, profile};

pub(super) async fn without_key(
    State(app): State<App>,
    client: Client,
    Path((room, kind)): Path<(OwnedRoomId, String)>,
    Query(when): Query<When>,
    JsonBody(content): JsonBody<RawJson>,
) -> Result {
    let timestamp_ms = when.of(&client);
    put(&app, &client, room, kind, String::new(), content, timestamp_ms).await
}

pub(super) async fn with_key(
    State(app): State<App>,
    client: Client,
    Path((room, kind, key)): Path<(OwnedRoomId, String, String)>,
    Query(when): Query<When>,
    JsonBody(content): JsonBody<RawJson>,
) -> Result {
    let timestamp_ms = when.of(&client);
    put(&app, &client, room, kind, key, content, timestamp_ms).await
}

async fn put(
    app: &App,
    client: &Client,
    room: OwnedRoomId,
    kind: String,
    key: String,
    content: RawJson,
    timestamp_ms: Option<u64>,
) -> Result {
    admit(app, client).await?;
    tombstone::check(&room, &kind, content.get())?;
    let closes_to_guests = kind == "m.room.guest_access" && key.is_empty();
    let event = NewEvent::new(client.user.clone(), kind, Some(key), content);
    let event = NewEvent { timestamp_ms, ..event };
    let wish = match event.kind.as_str() {
        "m.room.member" => member(app, client, &room, event).await?,
        "m.room.canonical_alias" => {
            let (wanted, content) = (room.clone(), event.content.clone());
            app.engine()
                .read(move |reader| aliases::check(reader, &place::room(reader, &wanted)?, content.get()))
                .await?;
            RoomWish::Event(event)
        }
        _ => RoomWish::Event(event),
    };
    let sent = app.engine().in_room(&room, wish).await?;
    if closes_to_guests {
        guests::leave_if_unwanted(app, &room).await;
    }
    RawAnswer::of(&json!({ "event_id": sent.event_id }))
}

/// A membership set as state: joins and invites get the profile that they do not give themselves.
async fn member(
    app: &App,
    client: &Client,
    room: &OwnedRoomId,
    event: NewEvent,
) -> Result<RoomWish, Refusal> {
    let mut further: Map<String, Value> = serde_json::from_str(event.content.get())
        .map_err(|error| Refusal::bad_json(format!("the content is not an object: {error}")))?;
    let Some(membership) = further.get("membership").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(RoomWish::Event(event));
    };
    let target = event.state_key.clone().unwrap_or_default();
    let target = OwnedUserId::try_from(target)
        .map_err(|_| Refusal::invalid_param("the state key of a membership is a user id"))?;
    let (own, guest) = (target == client.user, client.guest);
    if !(membership == "invite" || membership == "join" && own) {
        return Ok(RoomWish::Event(event));
    }
    let (wanted, joins, user) = (room.clone(), membership == "join", target.to_string());
    let (details, allowed_by_rooms) =
        app.engine().read(move |reader| prepare(reader, &wanted, &user, joins, guest)).await?;
    further.remove("membership");
    let spare = |key: &str, value: Option<String>| value.filter(|_| !further.contains_key(key));
    let displayname = spare("displayname", details.displayname);
    let avatar_url = spare("avatar_url", details.avatar_url);
    let timestamp_ms = event.timestamp_ms;
    let details =
        MemberDetails { displayname, avatar_url, timestamp_ms, further, ..MemberDetails::default() };
    Ok(RoomWish::Membership(if membership == "join" {
        MembershipChange::Join { user: target, details, allowed_by_rooms }
    } else {
        MembershipChange::Invite { sender: event.sender, target, details }
    }))
}

fn prepare(
    reader: &Reader<'_>,
    room: &OwnedRoomId,
    user: &str,
    joins: bool,
    guest: bool,
) -> Result<(MemberDetails, bool), ReadError> {
    let row = place::room(reader, room)?;
    if joins && guest {
        check_guest(reader, &row)?;
    }
    if !joins {
        invitees::check(reader, user)?;
    }
    Ok((profile::details(reader, user)?, joins && allowed_by_rooms(reader, &row, user)?))
}
