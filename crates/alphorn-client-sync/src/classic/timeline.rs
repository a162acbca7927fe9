//! The timeline part of a room in classic sync.

use alphorn_http::{
    engine::view::{EventHead, Sights},
    model::Position,
    store::StoredEvent,
};

use super::{Built, answer::Builder};

/// Events in a timeline where the client's filter does not say.
const LIMIT_DEFAULT: u64 = 10;

/// Events looked at for each one that is sent, where a filter or visibility takes some out.
const LOOKED_AT_FACTOR: usize = 10;

/// A part of a room's timeline, oldest first.
pub(crate) struct Timeline {
    pub(crate) events: Vec<StoredEvent>,
    /// More lies between the client's token and the first event.
    pub(crate) limited: bool,
    /// Just before the first event, or where the part ends if it has none.
    pub(crate) start: Position,
}

impl Builder<'_> {
    /// The newest events in `(after, upto]` that the client may and wants to see.
    pub(crate) fn timeline(
        &self,
        room: i64,
        room_id: &str,
        after: Position,
        upto: Position,
        sights: Option<&Sights>,
    ) -> Built<Timeline> {
        let filter = &self.wanted.filter.room.timeline;
        let limit = filter.limit(LIMIT_DEFAULT);
        let mut timeline = Timeline { events: Vec::new(), limited: false, start: upto };
        if !filter.takes_room(room_id) {
            return Ok(timeline);
        }
        let plain = filter.takes_all() && sights.is_none() && self.ignored.is_empty();
        let mut looked_at = 0;
        let mut before = upto;
        'pages: while before > after {
            let page_size = limit + 1;
            let page = self.reader.timeline_backwards(room, after, before, page_size)?;
            let last_page = page.len() < page_size;
            for event in page {
                before = Position(event.position.0 - 1);
                looked_at += 1;
                let shown = plain || self.shows(&event, sights, upto)?;
                if shown && timeline.events.len() >= limit {
                    timeline.limited = true;
                    break 'pages;
                }
                if shown {
                    timeline.start = before;
                    timeline.events.push(event);
                }
            }
            if last_page {
                break;
            }
            if looked_at > limit * LOOKED_AT_FACTOR + 100 {
                timeline.limited = true;
                break;
            }
        }
        if !timeline.limited && timeline.events.is_empty() {
            timeline.start = upto;
        }
        timeline.events.reverse();
        Ok(timeline)
    }

    /// Whether the client may and wants to see an event. State is shown whoever set it.
    fn shows(&self, event: &StoredEvent, sights: Option<&Sights>, upto: Position) -> Built<bool> {
        let head = EventHead::of(event)?;
        let ignored = head.state_key.is_none() && self.ignored.contains(&*head.sender);
        let seen = match sights.filter(|sights| !sights.sees(event.position)) {
            None => true,
            Some(_) => self.is_state_still(event, &head, upto)?,
        };
        Ok(seen && !ignored && self.wanted.filter.room.timeline.takes(&head))
    }

    /// Whether the state at the end of the timeline is what an event made it. The client is told of such an
    /// event even if it happened unseen, or it would take the state of before for that of now.
    fn is_state_still(&self, event: &StoredEvent, head: &EventHead<'_>, upto: Position) -> Built<bool> {
        let Some(key) = head.state_key.as_deref() else { return Ok(false) };
        let holder = self.reader.state_position_at(event.room, &head.kind, key, upto)?;
        Ok(holder == Some(event.position))
    }
}
