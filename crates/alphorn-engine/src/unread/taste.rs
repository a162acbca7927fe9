//! What a user wants to be told of: the push rules, and whom they ignore.

use std::{collections::HashSet, sync::Arc};

use alphorn_domain::read::{PushContext, PushOutcome, push_outcome, read_ruleset};
use alphorn_model::{OwnedUserId, Seq};
use alphorn_store::Reader;
use ruma_common::push::Ruleset;

use super::{Prepared, UnreadCounts};
use crate::{ReadError, ignored};

/// The records that set a taste: what was counted by another one has to be counted anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Version {
    rules: Seq,
    ignored: Seq,
}

pub(super) struct Taste {
    pub(super) version: Version,
    user: OwnedUserId,
    rules: Arc<Ruleset>,
    ignored: HashSet<String>,
}

impl Taste {
    fn read(reader: &Reader<'_>, user: &OwnedUserId, version: Version) -> Result<Self, ReadError> {
        let stored = reader.account_datum(user.as_str(), "", "m.push_rules")?;
        Ok(Self {
            version,
            user: user.clone(),
            rules: Arc::new(read_ruleset(user, stored.as_deref())),
            ignored: ignored::ignored_users(reader, user.as_str())?,
        })
    }

    /// Whether the user sent an event.
    pub(super) fn is_own(&self, event: &Prepared) -> bool {
        event.sender == self.user.as_str()
    }

    /// Whether an event can tell the user nothing whatever the rules say: it is their own, gone, or of
    /// somebody they ignore.
    pub(super) fn passes_over(&self, event: &Prepared) -> bool {
        event.silent || self.is_own(event) || self.ignored.contains(&event.sender)
    }

    pub(super) fn outcome(&self, event: &Prepared, context: &PushContext) -> PushOutcome {
        push_outcome(&self.rules, &event.event, context)
    }
}

impl UnreadCounts {
    pub(super) fn taste(&self, reader: &Reader<'_>, user: &OwnedUserId) -> Result<Arc<Taste>, ReadError> {
        let version = Version {
            rules: reader.account_datum_seq(user.as_str(), "", "m.push_rules")?,
            ignored: reader.account_datum_seq(user.as_str(), "", ignored::KIND)?,
        };
        if let Some(held) = self.tastes.lock().get(user.as_str())
            && held.version == version
        {
            return Ok(Arc::clone(held));
        }
        let taste = Arc::new(Taste::read(reader, user, version)?);
        self.tastes.lock().put(user.to_string(), Arc::clone(&taste));
        Ok(taste)
    }

    /// A user's push rules, as the server applies them, and the record that set them.
    ///
    /// # Errors
    /// When the store fails.
    pub fn rules(&self, reader: &Reader<'_>, user: &OwnedUserId) -> Result<(Seq, Arc<Ruleset>), ReadError> {
        let taste = self.taste(reader, user)?;
        Ok((taste.version.rules, Arc::clone(&taste.rules)))
    }
}
