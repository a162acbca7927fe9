//! `POST /_matrix/client/v3/rooms/{roomId}/report/{eventId}`. Specification: Client-Server API, "Reporting
//! Content".

use alphorn_http::model::{OwnedEventId, OwnedRoomId, Refusal};
use alphorn_http::{App, Client, OptionalJsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;

use super::{Report, file};
use crate::look::{self, Room};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    score: Option<i64>,
}

pub(super) async fn report(
    State(app): State<App>,
    client: Client,
    Path((room, event)): Path<(OwnedRoomId, OwnedEventId)>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    if body.score.is_some_and(|score| !(-100..=0).contains(&score)) {
        return Err(Refusal::bad_json("'score' is a number from -100 to 0").into());
    }
    let (wanted, target) = (room.clone(), event.clone());
    look::look(&app, &client, move |view| {
        let unknown = || Refusal::not_found("there is no such event, or you are not in its room");
        let room = Room::enter_joined(view, &wanted).map_err(|_| unknown())?;
        room.event(view, target.as_str()).map_err(|_| unknown())?;
        Ok(())
    })
    .await?;
    let report = Report { room: Some(room), event: Some(event), ..Report::default() };
    file(&app, &client, Report { reason: body.reason, score: body.score, ..report }).await?;
    empty()
}
