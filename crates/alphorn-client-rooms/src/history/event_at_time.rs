//! `GET /_matrix/client/v1/rooms/{roomId}/timestamp_to_event`. Specification: Client-Server API, "Getting
//! events for a room".

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::{EventHead, View};
use alphorn_http::model::{OwnedRoomId, Position, Refusal};
use alphorn_http::store::StoredEvent;
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::scan::Direction;
use crate::look::{self, Room};

/// Events looked at around the place that the search gives, for one that the user sees.
const LOOKED_AT_MAX: usize = 500;

#[derive(Deserialize)]
pub(super) struct Params {
    ts: u64,
    dir: Direction,
}

pub(super) async fn event_at_time(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    Query(params): Query<Params>,
) -> Result {
    client.no_guest()?;
    let answer = look::look(&app, &client, move |view| {
        let room = Room::enter(view, &room)?;
        answer(view, &room, &params)
    })
    .await?;
    RawAnswer::of(&answer)
}

fn answer(view: &View<'_>, room: &Room, params: &Params) -> Result<Value, ReadError> {
    let place = first_not_before(view, room, params.ts)?;
    let page = match params.dir {
        Direction::Forward => {
            let before = Position(place.0.saturating_sub(1).max(0));
            view.reader.timeline_forwards(room.row.nid, before, room.end(), LOOKED_AT_MAX)?
        }
        // Events at the very time count in both directions, and stand at the place or after it.
        Direction::Back => {
            let upto = first_not_before(view, room, params.ts.saturating_add(1))?;
            let upto = Position(upto.0.saturating_sub(1).max(0));
            view.reader.timeline_backwards(room.row.nid, Position::START, upto, LOOKED_AT_MAX)?
        }
    };
    for event in page {
        let ts = EventHead::of(&event)?.origin_server_ts;
        let fits = match params.dir {
            Direction::Forward => ts >= params.ts,
            Direction::Back => ts <= params.ts,
        };
        if fits && room.sights.sees(event.position) {
            return Ok(json!({ "event_id": event.event_id, "origin_server_ts": ts }));
        }
    }
    Err(Refusal::not_found("no event that you may see is near this time").into())
}

/// The position of the first event that was sent at a time or later, or one past the end. The log's
/// order is nearly that of time, so a search by halves finds it with few looks and no index of its
/// own; where clocks jumped, an event nearby is found.
fn first_not_before(view: &View<'_>, room: &Room, ts: u64) -> Result<Position, ReadError> {
    let (mut low, mut high) = (0_i64, room.end().0.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let next = next_event(view, room, Position(middle - 1))?;
        match next {
            Some(event) if EventHead::of(&event)?.origin_server_ts < ts => low = event.position.0 + 1,
            _ => high = middle,
        }
    }
    Ok(Position(low))
}

fn next_event(view: &View<'_>, room: &Room, after: Position) -> Result<Option<StoredEvent>, ReadError> {
    Ok(view.reader.timeline_forwards(room.row.nid, after, room.end(), 1)?.pop())
}
