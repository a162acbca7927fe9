//! `POST /_matrix/client/v3/rooms/{roomId}/report`. Specification: Client-Server API, "Reporting Content".

use alphorn_http::model::OwnedRoomId;
use alphorn_http::{App, Client, JsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;

use super::{Report, file};
use crate::place;

#[derive(Deserialize)]
pub(super) struct Body {
    reason: String,
}

/// Anyone may report a room, also from outside.
pub(super) async fn report(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    let wanted = room.clone();
    app.engine().read(move |reader| place::room(reader, &wanted)).await?;
    file(&app, &client, Report { room: Some(room), reason: Some(body.reason), ..Report::default() }).await?;
    empty()
}
