//! The number on the icons of apps, after something was read or answered: notices of counts alone.
//! Specification: Push Gateway API, `POST /_matrix/push/v1/notify` (`counts`).

use std::{collections::BTreeSet, num::NonZeroUsize};

use alphorn_engine::{Engine, ReadError, store::Reader};
use alphorn_model::{
    Aggregate, Fact, Record, UserId,
    fact::{AccountFact, RoomFact},
};
use lru::LruCache;
use parking_lot::Mutex;
use serde_json::json;

use crate::notice::{Notice, Target};

/// Users whose number is remembered; a forgotten one is told once more.
const TOLD_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// What the gateways of each user were told last.
pub(crate) struct Badges(Mutex<LruCache<String, u64>>);

impl Default for Badges {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(TOLD_MAX)))
    }
}

impl Badges {
    /// Remembers what a notice tells.
    pub(crate) fn note(&self, notice: &Notice) {
        self.0.lock().put(notice.user.clone(), notice.unread);
    }

    /// The notices for those who read or said something in these records and have fewer (or more) rooms to
    /// read now than their gateways know.
    pub(crate) fn notices<'r>(
        &self,
        engine: &Engine,
        reader: &Reader<'_>,
        records: impl IntoIterator<Item = &'r Record>,
    ) -> Result<Vec<Notice>, ReadError> {
        let mut readers = BTreeSet::new();
        for record in records {
            readers.extend(record.facts.iter().filter_map(|fact| self.reader_of(record, fact)));
        }
        let mut notices = Vec::new();
        for user in readers {
            notices.extend(self.of_user(engine, reader, user)?);
        }
        Ok(notices)
    }

    /// Who has read something, as a fact shows.
    fn reader_of<'r>(&self, record: &'r Record, fact: &'r Fact) -> Option<&'r str> {
        match (fact, &record.aggregate) {
            (Fact::Account(AccountFact::ReceiptMoved { .. }), Aggregate::User(user)) => Some(user),
            // Who writes has read. Many write and few have a number on their icon: the others are passed over.
            (Fact::Room(RoomFact::Event(event)), _) => {
                let user = event.transaction.as_ref()?.user.as_str();
                self.0.lock().get(user).is_some_and(|told| *told > 0).then_some(user)
            }
            _ => None,
        }
    }

    fn of_user(&self, engine: &Engine, reader: &Reader<'_>, user: &str) -> Result<Vec<Notice>, ReadError> {
        let pushers = reader.pushers(user)?;
        let Some(id) = UserId::parse(user).ok().filter(|_| !pushers.is_empty()) else {
            return Ok(Vec::new());
        };
        let unread = engine.unread().rooms_with_unread(reader, &id)?;
        if self.0.lock().get(user) == Some(&unread) {
            return Ok(Vec::new());
        }
        let mut notices = Vec::new();
        for (app_id, pushkey, pusher, position) in pushers {
            let Some(target) = Target::read(reader, &app_id, &pushkey, &pusher, position)? else { continue };
            // Zero is told here: gateways leave the number on the icon as it is where none comes.
            let notification =
                json!({ "counts": { "unread": unread }, "prio": "low", "devices": [target.device] });
            let body = json!({ "notification": notification }).to_string();
            notices.push(Notice { user: user.to_owned(), app_id, pushkey, url: target.url, body, unread });
        }
        Ok(notices)
    }
}
