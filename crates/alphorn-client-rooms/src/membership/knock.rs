//! `POST /_matrix/client/v3/knock/{roomIdOrAlias}`. Specification: Client-Server API, "Knocking on rooms".

use alphorn_http::domain::{MemberDetails, MembershipChange};
use alphorn_http::engine::RoomWish;
use alphorn_http::{App, Client, OptionalJsonBody, Path, RawAnswer, Result, Subject};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::{place, profile};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn knock(
    State(app): State<App>,
    client: Client,
    Path(id_or_alias): Path<String>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    let room = place::resolve(&app, &id_or_alias).await?;
    let user = client.user.to_string();
    let details = app.engine().read(move |reader| profile::details(reader, &user)).await?;
    let details = MemberDetails { reason: body.reason, ..details };
    let change = MembershipChange::Knock { user: client.user.clone(), details };
    app.engine().in_room(&room, RoomWish::Membership(change)).await?;
    RawAnswer::of(&json!({ "room_id": room }))
}
