//! `GET /_matrix/client/v3/rooms/{roomId}/messages`. Specification: Client-Server API, "Getting events
//! for a room", "Lazy-loading room members".

use alphorn_http::engine::{ReadError, view::View};
use alphorn_http::filter::{LIMIT_MAX, RoomEventFilter};
use alphorn_http::model::{OwnedRoomId, Position};
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;

use super::scan::{self, Direction, Sieve};
use crate::look::{self, Room};

/// Events in one answer, where neither the query nor the filter says.
const LIMIT: u64 = 10;

#[derive(Deserialize)]
pub(super) struct Params {
    from: Option<String>,
    to: Option<String>,
    dir: Direction,
    limit: Option<u64>,
    filter: Option<String>,
}

struct Wanted {
    room: OwnedRoomId,
    direction: Direction,
    from: Option<Position>,
    to: Option<Position>,
    limit: usize,
    filter: RoomEventFilter,
}

pub(super) async fn messages(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    Query(params): Query<Params>,
) -> Result {
    let filter = scan::filter(params.filter.as_deref())?;
    let token = |text: Option<String>| {
        text.filter(|text| !text.is_empty()).map(|text| look::position(&text)).transpose()
    };
    let limit = params.limit.or(filter.event.limit).unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let wanted = Wanted {
        room,
        direction: params.dir,
        from: token(params.from)?,
        to: token(params.to)?,
        limit: usize::try_from(limit).unwrap_or(1),
        filter,
    };
    let answer = look::look(&app, &client, move |view| answer(view, &wanted)).await?;
    Ok(RawAnswer::new(answer))
}

fn answer(view: &View<'_>, wanted: &Wanted) -> Result<String, ReadError> {
    let room = Room::enter(view, &wanted.room)?;
    let end = room.end();
    let (from, to) = match wanted.direction {
        Direction::Back => (wanted.from.unwrap_or(end).min(end), wanted.to.unwrap_or(Position::START)),
        Direction::Forward => (wanted.from.unwrap_or(Position::START), wanted.to.unwrap_or(end).min(end)),
    };
    let sieve = Sieve::new(view, &wanted.filter)?;
    let part = sieve.scan(view, &room, wanted.direction, from, to, wanted.limit)?;
    let start = wanted.from.unwrap_or(from).to_token();
    let mut text = format!("{{\"start\":\"{start}\"");
    // At the beginning of the room there is no going on; at its end there will be, when more has happened.
    let more_to_come = wanted.direction == Direction::Forward && !part.events.is_empty();
    if part.more || more_to_come {
        text.push_str(&format!(",\"end\":\"{}\"", part.edge.to_token()));
    }
    text.push_str(",\"chunk\":");
    text.push_str(&look::array(view, &part.events)?);
    if wanted.filter.lazy_load_members {
        let newest = part.events.iter().map(|event| event.position).max().unwrap_or(from);
        let members = scan::members_of(view, &room, &part.events, newest)?;
        text.push_str(",\"state\":");
        text.push_str(&look::array(view, &members)?);
    }
    text.push('}');
    Ok(text)
}
