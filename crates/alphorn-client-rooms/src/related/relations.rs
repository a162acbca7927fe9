//! `GET /_matrix/client/v1/rooms/{roomId}/relations/{eventId}[/{relType}[/{eventType}]]`.
//! Specification: Client-Server API, "Forming relationships between events".

use std::collections::{BTreeMap, BTreeSet, HashSet};

use alphorn_http::engine::{ReadError, view::View};
use alphorn_http::model::{OwnedRoomId, Position};
use alphorn_http::store::{Relation, StoredEvent};
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;

use crate::history::scan::Direction;
use crate::look::{self, Room};

/// Events in one answer, where the query does not say, and at most.
const LIMIT: usize = 50;
const LIMIT_MAX: usize = 500;

/// Levels of relations that are followed.
const DEPTH_MAX: u32 = 3;

/// Relations looked at for one answer.
const LOOKED_AT_MAX: usize = 5_000;

#[derive(Deserialize)]
pub(super) struct Params {
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
    dir: Option<Direction>,
    recurse: Option<bool>,
}

struct Wanted {
    parent: String,
    rel_type: Option<String>,
    kind: Option<String>,
    direction: Direction,
    from: Option<Position>,
    to: Option<Position>,
    limit: usize,
    recurse: bool,
}

pub(super) async fn all(
    State(app): State<App>,
    client: Client,
    Path((room, parent)): Path<(OwnedRoomId, String)>,
    Query(params): Query<Params>,
) -> Result {
    get(&app, &client, room, parent, None, None, params).await
}

pub(super) async fn of_type(
    State(app): State<App>,
    client: Client,
    Path((room, parent, rel_type)): Path<(OwnedRoomId, String, String)>,
    Query(params): Query<Params>,
) -> Result {
    get(&app, &client, room, parent, Some(rel_type), None, params).await
}

pub(super) async fn of_types(
    State(app): State<App>,
    client: Client,
    Path((room, parent, rel_type, kind)): Path<(OwnedRoomId, String, String, String)>,
    Query(params): Query<Params>,
) -> Result {
    get(&app, &client, room, parent, Some(rel_type), Some(kind), params).await
}

async fn get(
    app: &App,
    client: &Client,
    room: OwnedRoomId,
    parent: String,
    rel_type: Option<String>,
    kind: Option<String>,
    params: Params,
) -> Result {
    client.no_guest()?;
    let token = |text: Option<String>| {
        text.filter(|text| !text.is_empty()).map(|text| look::position(&text)).transpose()
    };
    let wanted = Wanted {
        parent,
        rel_type,
        kind,
        direction: params.dir.unwrap_or(Direction::Back),
        from: token(params.from)?,
        to: token(params.to)?,
        limit: params.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX),
        recurse: params.recurse.unwrap_or(false),
    };
    let answer = look::look(app, client, move |view| {
        let room = Room::enter(view, &room)?;
        room.event(view, &wanted.parent)?;
        answer(view, &room, &wanted)
    })
    .await?;
    Ok(RawAnswer::new(answer))
}

fn answer(view: &View<'_>, room: &Room, wanted: &Wanted) -> Result<String, ReadError> {
    let end = room.end();
    let (after, upto) = match wanted.direction {
        Direction::Back => (wanted.to.unwrap_or(Position::START), wanted.from.unwrap_or(end).min(end)),
        Direction::Forward => (wanted.from.unwrap_or(Position::START), wanted.to.unwrap_or(end).min(end)),
    };
    let mut events: Vec<StoredEvent> = Vec::new();
    let mut next = None;
    let (places, depth) = if wanted.recurse { recursively(view, wanted)? } else { (None, 0) };
    let mut edge = if wanted.direction == Direction::Back { upto } else { after };
    let mut looked_at = 0;
    'pages: loop {
        let page = match &places {
            Some(places) => within(places, wanted.direction, after, upto),
            None => directly(view, wanted, edge, after, upto)?,
        };
        let last = places.is_some() || page.len() <= wanted.limit;
        for relation in page {
            if events.len() == wanted.limit || looked_at >= LOOKED_AT_MAX {
                next = Some(edge);
                break 'pages;
            }
            looked_at += 1;
            edge = match wanted.direction {
                Direction::Back => Position(relation.position.0 - 1),
                Direction::Forward => relation.position,
            };
            if !wanted.takes(&relation) || !room.sights.sees(relation.position) {
                continue;
            }
            events
                .extend(view.reader.event_at(relation.position)?.filter(|event| event.room == room.row.nid));
        }
        if last {
            break;
        }
    }
    let mut text = format!("{{\"chunk\":{}", look::array(view, &events)?);
    if let Some(next) = next {
        text.push_str(&format!(",\"next_batch\":\"{}\"", next.to_token()));
    }
    if let Some(from) = wanted.from {
        text.push_str(&format!(",\"prev_batch\":\"{}\"", from.to_token()));
    }
    if wanted.recurse {
        text.push_str(&format!(",\"recursion_depth\":{depth}"));
    }
    text.push('}');
    Ok(text)
}

/// The next page of direct relations.
fn directly(
    view: &View<'_>,
    wanted: &Wanted,
    edge: Position,
    after: Position,
    upto: Position,
) -> Result<Vec<Relation>, ReadError> {
    let size = wanted.limit + 1;
    Ok(match wanted.direction {
        Direction::Back => view.reader.relations_backwards(&wanted.parent, after, edge, size)?,
        Direction::Forward => view.reader.relations_forwards(&wanted.parent, edge, upto, size)?,
    })
}

/// All relations, direct and indirect, in the log's order, and how deep they go.
fn recursively(
    view: &View<'_>,
    wanted: &Wanted,
) -> Result<(Option<BTreeMap<Position, Relation>>, u32), ReadError> {
    let mut found = BTreeMap::new();
    let mut seen = HashSet::from([wanted.parent.clone()]);
    let mut parents = BTreeSet::from([wanted.parent.clone()]);
    let mut depth = 0;
    while depth < DEPTH_MAX && !parents.is_empty() {
        let mut children = BTreeSet::new();
        for parent in &parents {
            let room = LOOKED_AT_MAX.saturating_sub(found.len());
            for relation in view.reader.relations_backwards(parent, Position::START, Position::END, room)? {
                if let Some(event) = view.reader.event_at(relation.position)?
                    && seen.insert(event.event_id.to_string())
                {
                    children.insert(event.event_id.to_string());
                }
                found.insert(relation.position, relation);
            }
        }
        depth += u32::from(!children.is_empty());
        if children.is_empty() {
            break;
        }
        parents = children;
    }
    Ok((Some(found), depth))
}

fn within(
    places: &BTreeMap<Position, Relation>,
    direction: Direction,
    after: Position,
    upto: Position,
) -> Vec<Relation> {
    if after >= upto {
        return Vec::new();
    }
    let range = places.range((std::ops::Bound::Excluded(after), std::ops::Bound::Included(upto)));
    let mut page: Vec<_> = range.map(|(_, relation)| relation.clone()).collect();
    if direction == Direction::Back {
        page.reverse();
    }
    page
}

impl Wanted {
    fn takes(&self, relation: &Relation) -> bool {
        self.rel_type.as_ref().is_none_or(|rel_type| *rel_type == relation.rel_type)
            && self.kind.as_ref().is_none_or(|kind| *kind == relation.kind)
    }
}
