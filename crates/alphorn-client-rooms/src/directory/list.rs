//! `GET` and `PUT /_matrix/client/v3/directory/list/room/{roomId}`.
//! Specification: Client-Server API, "Published room directory".

use alphorn_http::engine::RoomWish;
use alphorn_http::model::{OwnedRoomId, Refusal};
use alphorn_http::{App, Client, JsonBody, Path, RawAnswer, Result, empty};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::place;

/// Needs no access token.
pub(super) async fn visibility(State(app): State<App>, Path(room): Path<OwnedRoomId>) -> Result {
    let row = app.engine().read(move |reader| place::room(reader, &room)).await?;
    RawAnswer::of(&json!({ "visibility": if row.public { "public" } else { "private" } }))
}

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    visibility: Option<String>,
}

pub(super) async fn set_visibility(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    let public = match body.visibility.as_deref() {
        None | Some("public") => true,
        Some("private") => false,
        Some(other) => return Err(Refusal::invalid_param(format!("'{other}' is no visibility")).into()),
    };
    if public {
        check_publisher(&app, &client)?;
    }
    let by = (!client.admin).then(|| client.user.clone());
    app.engine().in_room(&room, RoomWish::Publish { by, public }).await?;
    empty()
}

/// The site may leave the directory to its administrators.
pub(crate) fn check_publisher(app: &App, client: &Client) -> Result<(), Refusal> {
    if app.site().anyone_may_publish || client.admin {
        return Ok(());
    }
    Err(Refusal::forbidden("only administrators list rooms in the public directory of this server"))
}
