//! `GET /_matrix/client/v3/rooms/{roomId}/state`: as it is, or as it was when the user left.
//! Specification: Client-Server API, "Getting events for a room".

use alphorn_http::model::OwnedRoomId;
use alphorn_http::{App, Client, Path, RawAnswer, Result};
use axum::extract::State;

use crate::look::{self, Room};

pub(super) async fn state(State(app): State<App>, client: Client, Path(room): Path<OwnedRoomId>) -> Result {
    let answer = look::look(&app, &client, move |view| {
        let room = Room::enter(view, &room)?;
        let positions = room.state(view.reader, true)?.into_iter().map(|(_, _, position)| position);
        look::array(view, &view.events_at(positions)?)
    })
    .await?;
    Ok(RawAnswer::new(answer))
}
