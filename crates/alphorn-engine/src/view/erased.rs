//! Messages of those who asked to be erased: only who was in the room at the time still sees them.
//! Specification: Client-Server API, `POST /account/deactivate` (`erase`).

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use alphorn_store::{Membership, StoredEvent};

use super::{EventHead, View};
use crate::ReadError;

/// Who is known to be erased. Most servers have nobody, which costs one look.
#[derive(Default)]
pub(super) struct Erased {
    any: OnceCell<bool>,
    senders: RefCell<HashMap<String, bool>>,
}

impl View<'_> {
    /// Whether the viewer gets this event without what it said.
    ///
    /// # Errors
    /// When the store fails.
    pub fn is_erased(&self, event: &StoredEvent) -> Result<bool, ReadError> {
        let any = match self.erased.any.get() {
            Some(any) => *any,
            None => {
                let any = self.reader.has_erased()?;
                *self.erased.any.get_or_init(|| any)
            }
        };
        if !any {
            return Ok(false);
        }
        let head = EventHead::of(event)?;
        if head.state_key.is_some() || !self.has_erased(&head.sender)? {
            return Ok(false);
        }
        let standing = self.reader.membership_at(event.room, self.user(), event.position)?;
        Ok(standing != Some(Membership::Join))
    }

    fn has_erased(&self, sender: &str) -> Result<bool, ReadError> {
        if let Some(erased) = self.erased.senders.borrow().get(sender) {
            return Ok(*erased);
        }
        let erased = self.reader.account(sender)?.is_some_and(|account| account.erased);
        self.erased.senders.borrow_mut().insert(sender.to_owned(), erased);
        Ok(erased)
    }
}
