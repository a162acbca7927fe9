//! A part of a room's timeline as one viewer sees it through a filter.

use std::collections::{BTreeSet, HashSet};

use alphorn_http::engine::view::{EventHead, View};
use alphorn_http::engine::{ReadError, ignored_users};
use alphorn_http::filter::RoomEventFilter;
use alphorn_http::model::{Position, Refusal};
use alphorn_http::store::StoredEvent;
use serde::Deserialize;

use crate::look::Room;

/// Events looked at for each one that is wanted, where a filter or visibility takes some out.
const LOOKED_AT_FACTOR: usize = 10;

/// The same, beside that factor.
const LOOKED_AT_BASE: usize = 200;

/// Relations looked at to find out who related to an event and how.
const RELATIONS_MAX: usize = 500;

/// The way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum Direction {
    /// Towards older events.
    #[serde(rename = "b")]
    Back,
    /// Towards newer events.
    #[serde(rename = "f")]
    Forward,
}

/// What to take out.
pub(crate) struct Sieve<'a> {
    filter: &'a RoomEventFilter,
    ignored: HashSet<String>,
}

/// A part of a timeline, in the order in which it was gone through.
pub(crate) struct Part {
    /// The events.
    pub(crate) events: Vec<StoredEvent>,
    /// Where to go on from.
    pub(crate) edge: Position,
    /// Whether there may be more.
    pub(crate) more: bool,
}

impl<'a> Sieve<'a> {
    pub(crate) fn new(view: &View<'_>, filter: &'a RoomEventFilter) -> Result<Self, ReadError> {
        Ok(Self { filter, ignored: ignored_users(view.reader, view.user())? })
    }

    fn takes(&self, view: &View<'_>, event: &StoredEvent) -> Result<bool, ReadError> {
        if self.ignored.is_empty() && self.filter.takes_all() && !self.asks_relations() {
            return Ok(true);
        }
        let head = EventHead::of(event)?;
        let wanted =
            (head.state_key.is_some() || !self.ignored.contains(&*head.sender)) && self.filter.takes(&head);
        Ok(wanted && (!self.asks_relations() || self.is_related(view, event)?))
    }

    const fn asks_relations(&self) -> bool {
        self.filter.related_by_senders.is_some() || self.filter.related_by_rel_types.is_some()
    }

    /// Whether one of the wanted users relates to the event in one of the wanted ways.
    fn is_related(&self, view: &View<'_>, event: &StoredEvent) -> Result<bool, ReadError> {
        let id = event.event_id.as_str();
        let relations = view.reader.relations_backwards(id, Position::START, Position::END, RELATIONS_MAX)?;
        let fits = |list: &Option<Vec<String>>, name: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| one == name))
        };
        Ok(relations.iter().any(|relation| {
            fits(&self.filter.related_by_senders, &relation.sender)
                && fits(&self.filter.related_by_rel_types, &relation.rel_type)
        }))
    }

    /// Goes from one position to another and gathers at most `limit` events.
    pub(crate) fn scan(
        &self,
        view: &View<'_>,
        room: &Room,
        direction: Direction,
        from: Position,
        to: Position,
        limit: usize,
    ) -> Result<Part, ReadError> {
        let mut part = Part { events: Vec::new(), edge: from, more: false };
        if !self.filter.takes_room(&room.row.room_id) {
            return Ok(part);
        }
        let mut looked_at = 0;
        loop {
            let size = (limit - part.events.len() + 1).max(20);
            let page = match direction {
                Direction::Back => view.reader.timeline_backwards(room.row.nid, to, part.edge, size)?,
                Direction::Forward => view.reader.timeline_forwards(room.row.nid, part.edge, to, size)?,
            };
            let last = page.len() < size;
            for event in page {
                if part.events.len() == limit {
                    part.more = true;
                    return Ok(part);
                }
                part.edge = match direction {
                    Direction::Back => Position(event.position.0 - 1),
                    Direction::Forward => event.position,
                };
                looked_at += 1;
                if room.sights.sees(event.position) && self.takes(view, &event)? {
                    part.events.push(event);
                }
            }
            if last {
                return Ok(part);
            }
            if looked_at > limit * LOOKED_AT_FACTOR + LOOKED_AT_BASE {
                part.more = true;
                return Ok(part);
            }
        }
    }
}

/// The filter of a query parameter.
pub(crate) fn filter(json: Option<&str>) -> Result<RoomEventFilter, Refusal> {
    json.filter(|json| !json.is_empty()).map_or_else(|| Ok(RoomEventFilter::default()), RoomEventFilter::read)
}

/// The membership events, as of a position, of those who sent these events.
pub(crate) fn members_of<'e>(
    view: &View<'_>,
    room: &Room,
    events: impl IntoIterator<Item = &'e StoredEvent>,
    at: Position,
) -> Result<Vec<StoredEvent>, ReadError> {
    let mut senders = BTreeSet::new();
    for event in events {
        senders.insert(EventHead::of(event)?.sender.into_owned());
    }
    let mut members = Vec::new();
    for sender in senders {
        members.extend(view.reader.state_event_at(room.row.nid, "m.room.member", &sender, at)?);
    }
    Ok(members)
}
