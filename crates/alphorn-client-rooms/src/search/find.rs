//! Finding the events: in the rooms that the user is or was in, those that the user may see.

use std::collections::HashMap;

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::{EventHead, View};
use alphorn_http::model::{Position, Refusal};
use alphorn_http::store::{Membership, StoredEvent, search_words};

use super::Wanted;
use crate::look::Room;

/// Rooms that are searched: those that the user is in come first, then those left last.
const ROOMS_MAX: usize = 1_000;

/// Matches looked at for one answer.
const LOOKED_AT_MAX: usize = 1_000;

/// Matches read from the index at a time.
const PAGE: usize = 100;

/// Where an answer begins.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start {
    /// Before this position, newest first.
    Before(Position),
    /// After so many results, best first.
    After(usize),
}

impl Start {
    pub(super) fn parse(token: &str, recent: bool) -> Result<Self, Refusal> {
        let start = if recent {
            token
                .strip_prefix('s')
                .and_then(|number| number.parse().ok())
                .map(|at| Self::Before(Position(at)))
        } else {
            token.strip_prefix('r').and_then(|number| number.parse().ok()).map(Self::After)
        };
        start.ok_or_else(|| Refusal::invalid_param("'next_batch' is not a token of this search"))
    }

    pub(super) fn token(self) -> String {
        match self {
            Self::Before(position) => format!("s{}", position.0),
            Self::After(count) => format!("r{count}"),
        }
    }
}

/// An event that was found.
pub(super) struct Hit {
    pub(super) event: StoredEvent,
    pub(super) rank: f64,
}

/// What was found.
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) rooms: HashMap<i64, Room>,
    pub(super) words: Vec<String>,
    pub(super) count: usize,
    pub(super) next: Option<Start>,
}

pub(super) fn find(view: &View<'_>, wanted: &Wanted) -> Result<Found, ReadError> {
    let rooms = rooms(view, wanted)?;
    let words = search_words(&wanted.term);
    let mut found = Found { hits: Vec::new(), rooms, words, count: 0, next: None };
    if wanted.recent {
        newest(view, wanted, &mut found)?;
    } else {
        best(view, wanted, &mut found)?;
    }
    Ok(found)
}

/// The rooms to search: not those that are encrypted, whose words nobody here knows.
fn rooms(view: &View<'_>, wanted: &Wanted) -> Result<HashMap<i64, Room>, ReadError> {
    let mut members = view.reader.rooms_of(view.user())?;
    members.retain(|member| {
        member.membership == Membership::Join
            || matches!(member.membership, Membership::Leave | Membership::Ban) && !member.forgotten
    });
    members.sort_by_key(|member| (member.membership != Membership::Join, std::cmp::Reverse(member.position)));
    let mut rooms = HashMap::new();
    for member in members.into_iter().take(ROOMS_MAX) {
        let Some(row) = view.reader.room_by_nid(member.room)? else { continue };
        if !wanted.filter.takes_room(&row.room_id)
            || view.reader.state_position(row.nid, "m.room.encryption", "")?.is_some()
        {
            continue;
        }
        let sights = view.sights(row.nid)?;
        let Some(horizon) = sights.horizon() else { continue };
        rooms.insert(row.nid, Room { row, sights, horizon });
    }
    Ok(rooms)
}

/// Goes through the matches before a position, newest first, until `take` has had enough.
fn go_through(
    view: &View<'_>,
    wanted: &Wanted,
    found: &Found,
    mut before: Position,
    mut take: impl FnMut(StoredEvent) -> bool,
) -> Result<(Position, bool), ReadError> {
    let rooms: Vec<i64> = found.rooms.keys().copied().collect();
    let mut looked_at = 0;
    loop {
        let page = view.reader.search(&rooms, &found.words, &wanted.keys, before, PAGE)?;
        let last = page.len() < PAGE;
        for position in page {
            looked_at += 1;
            let event = view.reader.event_at(position)?;
            let shown = match event {
                Some(event) if is_shown(view, wanted, found, &event)? => Some(event),
                _ => None,
            };
            if let Some(event) = shown
                && !take(event)
            {
                return Ok((before, true));
            }
            before = position;
        }
        if last {
            return Ok((before, false));
        }
        if looked_at >= LOOKED_AT_MAX {
            return Ok((before, true));
        }
    }
}

fn is_shown(view: &View<'_>, wanted: &Wanted, found: &Found, event: &StoredEvent) -> Result<bool, ReadError> {
    let Some(room) = found.rooms.get(&event.room) else { return Ok(false) };
    Ok(room.sights.sees(event.position)
        && !view.is_erased(event)?
        && wanted.filter.takes(&EventHead::of(event)?))
}

fn newest(view: &View<'_>, wanted: &Wanted, found: &mut Found) -> Result<(), ReadError> {
    let before = match wanted.start {
        Some(Start::Before(position)) => position,
        _ => Position::END,
    };
    let mut events = Vec::new();
    let (edge, more) = go_through(view, wanted, found, before, |event| {
        let room = events.len() < wanted.limit;
        if room {
            events.push(event);
        }
        room
    })?;
    found.count = events.len() + usize::from(more);
    found.next = more.then_some(Start::Before(edge));
    found.hits = rank(events, &found.words)?;
    Ok(())
}

fn best(view: &View<'_>, wanted: &Wanted, found: &mut Found) -> Result<(), ReadError> {
    let skip = match wanted.start {
        Some(Start::After(count)) => count,
        _ => 0,
    };
    let mut events = Vec::new();
    go_through(view, wanted, found, Position::END, |event| {
        events.push(event);
        events.len() < LOOKED_AT_MAX
    })?;
    let mut hits = rank(events, &found.words)?;
    hits.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| b.event.position.cmp(&a.event.position)));
    found.count = hits.len();
    found.next = (skip + wanted.limit < hits.len()).then_some(Start::After(skip + wanted.limit));
    found.hits = hits.into_iter().skip(skip).take(wanted.limit).collect();
    Ok(())
}

/// The share that the searched words have in an event's text: the index could weigh words by how rare
/// they are, but only by counting them in everybody's rooms.
fn rank(events: Vec<StoredEvent>, words: &[String]) -> Result<Vec<Hit>, ReadError> {
    let mut hits = Vec::new();
    for event in events {
        let content: serde_json::Value =
            serde_json::from_str(EventHead::of(&event)?.content.get()).unwrap_or_default();
        let text =
            ["body", "name", "topic"].iter().find_map(|key| content.get(key)?.as_str()).unwrap_or_default();
        let (mut all, mut matching) = (0_u32, 0_u32);
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            all += 1;
            matching += u32::from(words.contains(&word.to_lowercase()));
        }
        let rank = f64::from(matching) / f64::from(all.max(1)).sqrt();
        hits.push(Hit { event, rank });
    }
    Ok(hits)
}
