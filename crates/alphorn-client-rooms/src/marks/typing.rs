//! `PUT /_matrix/client/v3/rooms/{roomId}/typing/{userId}`. Specification: Client-Server API, "Typing
//! Notifications".

use alphorn_http::model::{OwnedRoomId, Refusal};
use alphorn_http::{App, Client, JsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;

use crate::content;

/// How long somebody counts as typing, where the client does not say, and at most.
const TIMEOUT_MS: u64 = 30_000;
const TIMEOUT_MS_MAX: u64 = 120_000;

#[derive(Deserialize)]
pub(super) struct Body {
    typing: bool,
    #[serde(default)]
    timeout: Option<u64>,
}

pub(super) async fn typing(
    State(app): State<App>,
    client: Client,
    Path((room, user)): Path<(OwnedRoomId, String)>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    client.not_suspended()?;
    client.is(&user)?;
    let wanted = room.clone();
    let joined = app
        .engine()
        .read(move |reader| match reader.room(wanted.as_str())? {
            Some(row) => content::is_joined(reader, &row, &user),
            None => Ok(false),
        })
        .await?;
    if !joined {
        return Err(Refusal::forbidden("you are not in this room").into());
    }
    if body.typing {
        app.note_activity(&client).await;
    }
    let timeout = body.timeout.unwrap_or(TIMEOUT_MS).min(TIMEOUT_MS_MAX);
    let for_ms = (body.typing && timeout > 0).then_some(timeout);
    let engine = app.engine();
    engine.ephemera().set_typing(room.as_str(), client.user.clone(), for_ms, engine.now_ms());
    empty()
}
