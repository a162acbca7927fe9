//! `GET /_matrix/client/v3/rooms/{roomId}/event/{eventId}`, and the older
//! `GET /_matrix/client/v3/events/{eventId}`. Specification: Client-Server API, "Getting events for a room".

use alphorn_http::model::{OwnedRoomId, Refusal, RoomId};
use alphorn_http::{App, Client, Path, RawAnswer, Result};
use axum::extract::State;

use crate::look::{self, Room};

pub(super) async fn event(
    State(app): State<App>,
    client: Client,
    Path((room, event)): Path<(OwnedRoomId, String)>,
) -> Result {
    let answer = look::look(&app, &client, move |view| {
        // Whoever may not look into the room does not learn whether it has such an event.
        let room = Room::enter(view, &room).map_err(|_| unknown())?;
        view.event(&room.event(view, &event)?)
    })
    .await?;
    Ok(RawAnswer::new(answer.get().to_owned()))
}

pub(super) async fn anywhere(State(app): State<App>, client: Client, Path(event): Path<String>) -> Result {
    let answer = look::look(&app, &client, move |view| {
        let found = view.reader.event(&event)?.ok_or_else(unknown)?;
        let row = view.reader.room_by_nid(found.room)?.ok_or_else(unknown)?;
        let room = RoomId::parse(row.room_id).map_err(|_| unknown())?;
        let room = Room::enter(view, &room).map_err(|_| unknown())?;
        view.event(&room.event(view, &event)?)
    })
    .await?;
    Ok(RawAnswer::new(answer.get().to_owned()))
}

fn unknown() -> Refusal {
    Refusal::not_found("there is no such event, or you may not see it")
}
