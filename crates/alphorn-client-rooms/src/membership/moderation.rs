//! `POST /_matrix/client/v3/rooms/{roomId}/kick`, `/ban` and `/unban`: three words for one request.
//! Specification: Client-Server API, "Leaving rooms", "Banning users in a room".

use alphorn_http::domain::{MemberDetails, MembershipChange};
use alphorn_http::engine::RoomWish;
use alphorn_http::model::{OwnedRoomId, Refusal, UserId};
use alphorn_http::{App, Client, JsonBody, Path, Result, Subject, empty};
use axum::extract::State;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Body {
    user_id: String,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn kick(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    change(&app, &client, &room, body, |sender, target, details| MembershipChange::Kick {
        sender,
        target,
        details,
    })
    .await
}

pub(super) async fn ban(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    change(&app, &client, &room, body, |sender, target, details| MembershipChange::Ban {
        sender,
        target,
        details,
    })
    .await
}

pub(super) async fn unban(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    change(&app, &client, &room, body, |sender, target, details| MembershipChange::Unban {
        sender,
        target,
        details,
    })
    .await
}

type Change =
    fn(alphorn_http::model::OwnedUserId, alphorn_http::model::OwnedUserId, MemberDetails) -> MembershipChange;

async fn change(app: &App, client: &Client, room: &OwnedRoomId, body: Body, change: Change) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    let target = UserId::parse(&body.user_id)
        .map_err(|_| Refusal::invalid_param(format!("'{}' is not a user id", body.user_id)))?;
    let change = change(client.user.clone(), target, MemberDetails::reason(body.reason));
    app.engine().in_room(room, RoomWish::Membership(change)).await?;
    empty()
}
