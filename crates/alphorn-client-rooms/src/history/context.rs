//! `GET /_matrix/client/v3/rooms/{roomId}/context/{eventId}`. Specification: Client-Server API, "Event
//! context".

use alphorn_http::engine::{ReadError, view::View};
use alphorn_http::filter::RoomEventFilter;
use alphorn_http::model::{OwnedRoomId, Position};
use alphorn_http::store::StoredEvent;
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;

use super::scan::{self, Direction, Part, Sieve};
use crate::look::{self, Room};

/// Events around the one, where the query does not say, and at most.
const LIMIT: usize = 10;
const LIMIT_MAX: usize = 200;

#[derive(Deserialize)]
pub(super) struct Params {
    limit: Option<usize>,
    filter: Option<String>,
}

pub(super) async fn context(
    State(app): State<App>,
    client: Client,
    Path((room, event)): Path<(OwnedRoomId, String)>,
    Query(params): Query<Params>,
) -> Result {
    let filter = scan::filter(params.filter.as_deref())?;
    let limit = params.limit.unwrap_or(LIMIT).min(LIMIT_MAX);
    let answer = look::look(&app, &client, move |view| {
        let room = Room::enter(view, &room)?;
        let event = room.event(view, &event)?;
        answer(view, &room, &event, limit, &filter)
    })
    .await?;
    Ok(RawAnswer::new(answer))
}

/// The parts before and after an event, half of `limit` each.
pub(crate) fn around(
    view: &View<'_>,
    room: &Room,
    event: &StoredEvent,
    before: usize,
    after: usize,
    filter: &RoomEventFilter,
) -> Result<(Part, Part), ReadError> {
    let sieve = Sieve::new(view, filter)?;
    let start = Position(event.position.0 - 1);
    let before = sieve.scan(view, room, Direction::Back, start, Position::START, before)?;
    let after = sieve.scan(view, room, Direction::Forward, event.position, room.end(), after)?;
    Ok((before, after))
}

fn answer(
    view: &View<'_>,
    room: &Room,
    event: &StoredEvent,
    limit: usize,
    filter: &RoomEventFilter,
) -> Result<String, ReadError> {
    let (before, after) = around(view, room, event, limit / 2, limit - limit / 2, filter)?;
    let last = after.events.last().map_or(event.position, |event| event.position);
    let mut state = Vec::new();
    for (kind, key, position) in view.reader.state_at(room.row.nid, last, !filter.lazy_load_members)? {
        if filter.event.types.is_some() || !filter.event.not_types.is_empty() {
            let Some(event) = view.reader.event_at(position)? else { continue };
            if filter.takes(&alphorn_http::engine::view::EventHead::of(&event)?) {
                state.push(event);
            }
            continue;
        }
        let _names = (kind, key);
        state.extend(view.reader.event_at(position)?);
    }
    if filter.lazy_load_members {
        let events = before.events.iter().chain([event]).chain(&after.events);
        state.extend(scan::members_of(view, room, events, last)?);
    }
    let mut text = format!(
        "{{\"start\":\"{}\",\"end\":\"{}\",\"event\":{}",
        before.edge.to_token(),
        after.edge.to_token(),
        view.event(event)?.get()
    );
    for (name, events) in
        [("events_before", &before.events), ("events_after", &after.events), ("state", &state)]
    {
        text.push_str(&format!(",\"{name}\":{}", look::array(view, events)?));
    }
    text.push('}');
    Ok(text)
}
