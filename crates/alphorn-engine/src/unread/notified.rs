//! What notified a user: the same rules as for counting, with the events themselves.

use alphorn_model::{OwnedUserId, Position};
use alphorn_store::{Reader, RoomRow, StoredEvent};
use ruma_common::push::Action;

use super::{PushContext, UnreadCounts, display_name, read_to};
use crate::{ReadError, view::EventHead};

/// An event that notified somebody.
#[derive(Debug, Clone)]
pub struct Notified {
    /// The event.
    pub event: StoredEvent,
    /// When its server says it was sent.
    pub ts: u64,
    /// The actions of the rule that matched.
    pub actions: Vec<Action>,
    /// Whether it was highlighted.
    pub highlight: bool,
    /// Whether the user has read it since.
    pub read: bool,
}

impl UnreadCounts {
    /// What notified a member of a room up to a position, newest first; of the `look_max` newest events
    /// only. Also gives the position of the last event looked at, if there may be more before it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn notified(
        &self,
        reader: &Reader<'_>,
        user: &OwnedUserId,
        room: &RoomRow,
        since: Position,
        upto: Position,
        look_max: usize,
    ) -> Result<(Vec<Notified>, Position), ReadError> {
        let events = reader.timeline_backwards(room.nid, since, upto, look_max)?;
        let more = events.last().filter(|_| events.len() == look_max);
        let looked_down_to = more.map_or(Position::START, |last| last.position);
        if events.is_empty() {
            return Ok((Vec::new(), looked_down_to));
        }
        let taste = self.taste(reader, user)?;
        let read_to = read_to(reader, user, room.nid, since)?;
        let end = Position::end_of(reader.applied()?);
        let wrote = self.counted(reader, user, room, since, end, |counted| counted.wrote.clone())?;
        let mut context = PushContext::clone(&*self.context(reader, user, room)?);
        context.turn_to(user, &display_name(reader, room.nid, user)?);
        let mut found = Vec::new();
        for event in events {
            let prepared = self.prepare(reader, &event)?;
            if taste.passes_over(&prepared) {
                continue;
            }
            let thread = prepared.thread.as_deref();
            let outcome = taste.outcome(&prepared, &context);
            if outcome.notify {
                found.push(Notified {
                    ts: EventHead::of(&event)?.origin_server_ts,
                    read: [&read_to, &wrote].iter().any(|to| to.covers(event.position, thread)),
                    actions: outcome.actions,
                    highlight: outcome.highlight,
                    event,
                });
            }
        }
        Ok((found, looked_down_to))
    }
}
