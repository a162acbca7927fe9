//! `POST /_matrix/client/v3/rooms/{roomId}/read_markers`. Specification: Client-Server API, "Fully read
//! markers".

use alphorn_http::model::{OwnedEventId, OwnedRoomId};
use alphorn_http::{App, Client, OptionalJsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;

use super::receipts::{FULLY_READ, Mark, mark};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default, rename = "m.fully_read")]
    fully_read: Option<OwnedEventId>,
    #[serde(default, rename = "m.read")]
    read: Option<OwnedEventId>,
    #[serde(default, rename = "m.read.private")]
    private: Option<OwnedEventId>,
}

pub(super) async fn read_markers(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let marks = [(FULLY_READ, body.fully_read), ("m.read", body.read), ("m.read.private", body.private)];
    let marks = marks
        .into_iter()
        .filter_map(|(kind, event)| Some(Mark { kind: kind.to_owned(), event: event?, thread: None }))
        .collect();
    mark(&app, &client, room, marks).await?;
    empty()
}
