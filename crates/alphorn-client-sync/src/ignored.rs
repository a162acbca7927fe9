//! People of whom a user wants to see nothing. Specification: Client-Server API, "Ignoring Users".

use std::{cell::OnceCell, collections::HashSet};

use alphorn_http::{
    engine::{
        ReadError, ignored_users,
        view::{EventHead, View},
    },
    model::Position,
    store::{Membership, StoredEvent},
};

/// The user's list, read when it is needed for the first time.
#[derive(Default)]
pub(crate) struct Ignored(OnceCell<HashSet<String>>);

impl Ignored {
    fn users(&self, view: &View<'_>) -> Result<&HashSet<String>, ReadError> {
        if let Some(users) = self.0.get() {
            return Ok(users);
        }
        let users = ignored_users(view.reader, view.user())?;
        Ok(self.0.get_or_init(|| users))
    }

    /// Whether an event is of somebody ignored. State is told in any case: rooms work by it.
    pub(crate) fn hides(&self, view: &View<'_>, event: &StoredEvent) -> Result<bool, ReadError> {
        let users = self.users(view)?;
        if users.is_empty() {
            return Ok(false);
        }
        let head = EventHead::of(event)?;
        Ok(head.state_key.is_none() && users.contains(&*head.sender))
    }

    /// Whether it is an invite by somebody ignored.
    pub(crate) fn hides_invite(
        &self,
        view: &View<'_>,
        membership: Membership,
        at: Position,
    ) -> Result<bool, ReadError> {
        if membership != Membership::Invite || self.users(view)?.is_empty() {
            return Ok(false);
        }
        let Some(invite) = view.reader.event_at(at)? else { return Ok(false) };
        Ok(self.users(view)?.contains(&*EventHead::of(&invite)?.sender))
    }
}
