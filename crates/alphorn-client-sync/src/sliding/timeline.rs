//! The part of a room's timeline that an answer shows. MSC4186, "Changes to `timeline_limit`".

use alphorn_http::{engine::view::Sights, model::Position, store::StoredEvent};

use super::{Built, answer::Builder};

/// Events looked at for one room at most, where the user may not see all of them.
const LOOKED_AT_MAX: usize = 1_000;

/// A part of a room's timeline, oldest first.
pub(super) struct Timeline {
    pub(super) events: Vec<StoredEvent>,
    /// There is more before it that the client does not have.
    pub(super) limited: bool,
    /// Just before the first event.
    pub(super) start: Position,
}

/// What part of a timeline to show.
pub(super) struct Window {
    pub(super) room: i64,
    /// Only what comes after; the client has the rest.
    pub(super) after: Position,
    pub(super) upto: Position,
    pub(super) limit: usize,
    /// From here on the user sees everything; nothing: it depends for all of it.
    pub(super) sees_from: Option<Position>,
}

impl Builder<'_> {
    /// The newest events in a window that the user may see.
    pub(super) fn timeline(&self, window: &Window) -> Built<Timeline> {
        let mut timeline = Timeline { events: Vec::new(), limited: false, start: window.upto };
        if window.limit == 0 {
            return Ok(timeline);
        }
        let mut sights: Option<Sights> = None;
        let (mut before, mut looked_at) = (window.upto, 0);
        loop {
            let page_size = window.limit + 1;
            let page = self.reader.timeline_backwards(window.room, window.after, before, page_size)?;
            let last_page = page.len() < page_size;
            for event in page {
                before = Position(event.position.0 - 1);
                looked_at += 1;
                let sees = window.sees_from.is_some_and(|from| event.position >= from) || {
                    if sights.is_none() {
                        sights = Some(self.view.sights(window.room)?);
                    }
                    sights.as_ref().is_some_and(|sights| sights.sees(event.position))
                };
                if !sees || self.ignored.hides(&self.view, &event)? {
                    continue;
                }
                if timeline.events.len() >= window.limit {
                    timeline.limited = true;
                    return Ok(timeline.in_order());
                }
                timeline.start = before;
                timeline.events.push(event);
            }
            if last_page || looked_at > LOOKED_AT_MAX {
                // Where looking ended early, the client has to ask for the rest.
                timeline.limited = !last_page;
                return Ok(timeline.in_order());
            }
        }
    }
}

impl Timeline {
    fn in_order(mut self) -> Self {
        self.events.reverse();
        self
    }
}
