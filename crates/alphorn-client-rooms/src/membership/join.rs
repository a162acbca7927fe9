//! `POST /_matrix/client/v3/join/{roomIdOrAlias}` and `POST /_matrix/client/v3/rooms/{roomId}/join`.
//! Specification: Client-Server API, "Joining rooms", "Guest access".

use alphorn_http::domain::{MemberDetails, MembershipChange};
use alphorn_http::engine::{ReadError, RoomWish};
use alphorn_http::model::{ErrorCode, OwnedRoomId, Refusal};
use alphorn_http::store::{Reader, RoomRow};
use alphorn_http::{App, Client, OptionalJsonBody, Path, RawAnswer, Result, Subject};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::restricted::allowed_by_rooms;
use crate::upgrade::inheritance;
use crate::{content, invitees, place, profile};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    third_party_signed: Option<Value>,
    /// Goes into the membership event.
    #[serde(flatten)]
    further: Map<String, Value>,
}

pub(super) async fn by_id_or_alias(
    State(app): State<App>,
    client: Client,
    Path(id_or_alias): Path<String>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let room = place::resolve(&app, &id_or_alias).await?;
    join(&app, &client, room, body).await
}

pub(super) async fn by_id(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    join(&app, &client, room, body).await
}

async fn join(app: &App, client: &Client, room: OwnedRoomId, body: Body) -> Result {
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    app.note_activity(client).await;
    if body.third_party_signed.is_some() {
        return Err(invitees::no_third_party().into());
    }
    let (user, guest, wanted) = (client.user.to_string(), client.guest, room.clone());
    let (details, allowed_by_rooms, predecessor) = app
        .engine()
        .read(move |reader| {
            let row = place::room(reader, &wanted)?;
            if guest {
                check_guest(reader, &row)?;
            }
            let predecessor = match content::is_joined(reader, &row, &user)? {
                true => None,
                false => inheritance::predecessor(reader, &row)?,
            };
            let details = profile::details(reader, &user)?;
            Ok((details, allowed_by_rooms(reader, &row, &user)?, predecessor))
        })
        .await?;
    let details = MemberDetails { reason: body.reason, further: body.further, ..details };
    let change = MembershipChange::Join { user: client.user.clone(), details, allowed_by_rooms };
    app.engine().in_room(&room, RoomWish::Membership(change)).await?;
    if let Some(old) = predecessor {
        inheritance::inherit(app, &client.user, &old, &room).await?;
    }
    RawAnswer::of(&json!({ "room_id": room }))
}

/// Guests may join only rooms that say so.
pub(crate) fn check_guest(reader: &Reader<'_>, room: &RoomRow) -> Result<(), ReadError> {
    #[derive(Deserialize)]
    struct Event {
        content: Content,
    }
    #[derive(Deserialize)]
    struct Content {
        guest_access: String,
    }
    let event = reader.state_event(room.nid, "m.room.guest_access", "")?;
    let event: Option<Event> = event.and_then(|event| serde_json::from_str(event.pdu.get()).ok());
    if event.is_some_and(|event| event.content.guest_access == "can_join") {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::GuestAccessForbidden, "this room does not let guests in").into())
}
