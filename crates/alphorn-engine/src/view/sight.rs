//! What a user may see of a room's history. Specification: Client-Server API, "Room History Visibility".

use alphorn_domain::read::{HistoryVisibility, Sight, may_see};
use alphorn_model::Position;
use alphorn_store::Membership;

use super::{EventHead, View};
use crate::ReadError;

/// The changes that decide what one user may see of one room, loaded once for many events.
#[derive(Debug)]
pub struct Sights {
    /// History visibility from a position on, oldest first.
    visibility: Vec<(Position, HistoryVisibility)>,
    /// The user's membership from a position on, oldest first.
    memberships: Vec<(Position, Option<Membership>)>,
}

impl View<'_> {
    /// Loads what decides about one room.
    ///
    /// # Errors
    /// When the store fails.
    pub fn sights(&self, room: i64) -> Result<Sights, ReadError> {
        let mut visibility = Vec::new();
        for (from, event) in self.reader.state_entry_history(room, "m.room.history_visibility", "")? {
            let content = match self.reader.event_at(event)? {
                Some(event) => Some(self.content(&event)?),
                None => None,
            };
            visibility.push((from, HistoryVisibility::from_content(content.as_deref())));
        }
        let mut memberships = Vec::new();
        for (from, event) in self.reader.state_entry_history(room, "m.room.member", self.user())? {
            let membership = match self.reader.event_at(event)? {
                Some(event) => membership(&EventHead::of(&event)?),
                None => None,
            };
            memberships.push((from, membership));
        }
        Ok(Sights { visibility, memberships })
    }
}

fn membership(head: &EventHead<'_>) -> Option<Membership> {
    #[derive(serde::Deserialize)]
    struct Content {
        membership: String,
    }
    let content: Content = serde_json::from_str(head.content.get()).ok()?;
    Membership::parse(&content.membership)
}

fn at<T: Copy>(changes: &[(Position, T)], position: Position) -> Option<T> {
    let after = changes.partition_point(|(from, _)| *from <= position);
    after.checked_sub(1).and_then(|index| changes.get(index)).map(|(_, value)| *value)
}

impl Sights {
    /// Whether the user may see the event at a position.
    #[must_use]
    pub fn sees(&self, position: Position) -> bool {
        let before = Position(position.0 - 1);
        let word = |place| at(&self.memberships, place).flatten().map(Membership::as_str);
        may_see(Sight {
            visibility: at(&self.visibility, position).unwrap_or(HistoryVisibility::Shared),
            visibility_before: at(&self.visibility, before),
            membership: word(position),
            membership_before: word(before),
            joined_later: self
                .memberships
                .iter()
                .any(|(from, membership)| *from > position && *membership == Some(Membership::Join)),
        })
    }

    /// The user's membership at a position.
    #[must_use]
    pub fn membership(&self, position: Position) -> Option<Membership> {
        at(&self.memberships, position).flatten()
    }

    /// The user's membership now.
    #[must_use]
    pub fn membership_now(&self) -> Option<Membership> {
        self.memberships.last().and_then(|(_, membership)| *membership)
    }

    /// Whether anyone may read the room now, members or not.
    #[must_use]
    pub fn world_readable(&self) -> bool {
        matches!(self.visibility.last(), Some((_, HistoryVisibility::WorldReadable)))
    }

    /// The last position whose state a user may see: the end for members and in a world-readable room,
    /// that of leaving for those who were members, whatever became of them since. None: nothing at all.
    #[must_use]
    pub fn horizon(&self) -> Option<Position> {
        if self.membership_now() == Some(Membership::Join) || self.world_readable() {
            return Some(Position::END);
        }
        let last_join =
            self.memberships.iter().rposition(|(_, standing)| *standing == Some(Membership::Join))?;
        self.memberships.get(last_join + 1).map(|(from, _)| *from)
    }
}
