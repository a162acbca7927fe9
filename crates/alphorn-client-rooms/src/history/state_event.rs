//! `GET /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}`.
//! Specification: Client-Server API, "Getting events for a room".

use alphorn_http::model::{OwnedRoomId, Refusal};
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;

use crate::look::{self, Room};

#[derive(Deserialize)]
pub(super) struct Params {
    format: Option<String>,
}

pub(super) async fn without_key(
    State(app): State<App>,
    client: Client,
    Path((room, kind)): Path<(OwnedRoomId, String)>,
    Query(params): Query<Params>,
) -> Result {
    get(&app, &client, room, kind, String::new(), params).await
}

pub(super) async fn with_key(
    State(app): State<App>,
    client: Client,
    Path((room, kind, key)): Path<(OwnedRoomId, String, String)>,
    Query(params): Query<Params>,
) -> Result {
    get(&app, &client, room, kind, key, params).await
}

async fn get(
    app: &App,
    client: &Client,
    room: OwnedRoomId,
    kind: String,
    key: String,
    params: Params,
) -> Result {
    let whole = match params.format.as_deref() {
        None | Some("content") => false,
        Some("event") => true,
        Some(_) => return Err(Refusal::invalid_param("'format' is 'content' or 'event'").into()),
    };
    let answer = look::look(app, client, move |view| {
        let room = Room::enter(view, &room)?;
        let event = room.state_event(view.reader, &kind, &key)?;
        let event = event.ok_or_else(|| Refusal::not_found("the room has no such state"))?;
        if whole { view.event(&event) } else { view.content(&event) }
    })
    .await?;
    Ok(RawAnswer::new(answer.get().to_owned()))
}
