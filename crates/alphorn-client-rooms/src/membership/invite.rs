//! `POST /_matrix/client/v3/rooms/{roomId}/invite`. Specification: Client-Server API, "Room membership",
//! "Third-party invites", "Invite permission".

use alphorn_http::domain::{MemberDetails, MembershipChange};
use alphorn_http::engine::RoomWish;
use alphorn_http::model::{OwnedRoomId, Refusal, UserId};
use alphorn_http::{App, Client, JsonBody, Path, Result, Subject, empty};
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use crate::{invitees, profile};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    medium: Option<Value>,
    #[serde(default)]
    address: Option<Value>,
}

pub(super) async fn invite(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    let Some(name) = body.user_id else {
        if body.medium.is_some() && body.address.is_some() {
            return Err(invitees::no_third_party().into());
        }
        return Err(Refusal::missing_param("'user_id' is missing").into());
    };
    let target =
        UserId::parse(&name).map_err(|_| Refusal::invalid_param(format!("'{name}' is not a user id")))?;
    let details = app
        .engine()
        .read(move |reader| {
            invitees::check(reader, &name)?;
            profile::details(reader, &name)
        })
        .await?;
    let details = MemberDetails { reason: body.reason, ..details };
    let change = MembershipChange::Invite { sender: client.user.clone(), target, details };
    app.engine().in_room(&room, RoomWish::Membership(change)).await?;
    empty()
}
