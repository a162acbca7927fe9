//! People of whom a user wants to see nothing. Specification: Client-Server API, "Ignoring Users".

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use alphorn_http::{
    engine::{
        ReadError,
        view::{EventHead, View},
    },
    model::Position,
    store::{Membership, Reader, StoredEvent},
};
use serde::Deserialize;

/// The user's list.
pub(crate) fn users(reader: &Reader<'_>, user: &str) -> Result<HashSet<String>, ReadError> {
    #[derive(Default, Deserialize)]
    struct Content {
        ignored_users: HashMap<String, serde::de::IgnoredAny>,
    }
    let stored = reader.account_datum(user, "", "m.ignored_user_list")?;
    let content: Option<Content> = stored.and_then(|stored| serde_json::from_str(stored.get()).ok());
    let ignored = content.unwrap_or_default().ignored_users.into_keys();
    // Nobody can do without oneself.
    Ok(ignored.filter(|ignored| ignored != user).collect())
}

/// The user's list, read when it is needed for the first time.
#[derive(Default)]
pub(crate) struct Ignored(OnceCell<HashSet<String>>);

impl Ignored {
    fn users(&self, view: &View<'_>) -> Result<&HashSet<String>, ReadError> {
        if let Some(users) = self.0.get() {
            return Ok(users);
        }
        let users = users(view.reader, view.user())?;
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
