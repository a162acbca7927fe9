//! `GET /_matrix/client/v1/rooms/{roomId}/threads`. Specification: Client-Server API, "Threading".

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::{EventHead, View};
use alphorn_http::model::{OwnedRoomId, Position, Refusal};
use alphorn_http::store::StoredEvent;
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;

use crate::look::{self, Room};

/// Threads in one answer, where the query does not say, and at most.
const LIMIT: usize = 20;
const LIMIT_MAX: usize = 100;

/// Threads looked at for one answer.
const LOOKED_AT_MAX: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Params {
    include: Option<String>,
    limit: Option<usize>,
    from: Option<String>,
}

pub(super) async fn threads(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    Query(params): Query<Params>,
) -> Result {
    client.no_guest()?;
    let participated = match params.include.as_deref() {
        None | Some("all") => false,
        Some("participated") => true,
        Some(_) => return Err(Refusal::invalid_param("'include' is 'all' or 'participated'").into()),
    };
    let from = params.from.filter(|from| !from.is_empty()).map(|from| look::position(&from)).transpose()?;
    let limit = params.limit.unwrap_or(LIMIT);
    if limit == 0 {
        return Err(Refusal::invalid_param("'limit' must be greater than zero").into());
    }
    let answer = look::look(&app, &client, move |view| {
        let room = Room::enter(view, &room)?;
        answer(view, &room, participated, from, limit.min(LIMIT_MAX))
    })
    .await?;
    Ok(RawAnswer::new(answer))
}

fn answer(
    view: &View<'_>,
    room: &Room,
    participated: bool,
    from: Option<Position>,
    limit: usize,
) -> Result<String, ReadError> {
    let mut roots: Vec<StoredEvent> = Vec::new();
    // A token names the last thread that was looked at; those before it come next.
    let mut before = from.unwrap_or(Position::END);
    let mut next = None;
    let mut looked_at = 0;
    'pages: loop {
        let page = view.reader.threads(room.row.nid, before, limit + 1)?;
        let last = page.len() <= limit;
        for thread in page {
            if roots.len() == limit || looked_at >= LOOKED_AT_MAX {
                next = Some(before);
                break 'pages;
            }
            looked_at += 1;
            before = thread.latest;
            let root = view.reader.event(&thread.root)?.filter(|root| root.room == room.row.nid);
            let Some(root) = root.filter(|root| room.sights.sees(root.position)) else { continue };
            if !participated || takes_part(view, &root)? {
                roots.push(root);
            }
        }
        if last {
            break;
        }
    }
    let mut text = format!("{{\"chunk\":{}", look::array(view, &roots)?);
    if let Some(next) = next {
        text.push_str(&format!(",\"next_batch\":\"{}\"", next.to_token()));
    }
    text.push('}');
    Ok(text)
}

fn takes_part(view: &View<'_>, root: &StoredEvent) -> Result<bool, ReadError> {
    let id = root.event_id.as_str();
    Ok(EventHead::of(root)?.sender == view.user()
        || view.reader.has_related(id, "m.thread", view.user(), None, None)?)
}
