//! Which memberships a device was sent: with lazily loaded members they are not sent again.
//! Specification: Client-Server API, "Lazy-loading room members".

use std::num::NonZeroUsize;

use alphorn_http::model::{Position, Seq};
use lru::LruCache;
use parking_lot::Mutex;

/// Devices remembered.
const DEVICES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// Memberships remembered for each device.
const MEMBERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(199);

/// A membership event that was sent, and the position of the answer that had it.
struct Sent {
    event: Position,
    answered: Seq,
}

type Members = LruCache<(i64, String), Sent>;

/// What was sent to whom. All of it can be forgotten: then a membership is sent once more.
pub(crate) struct SentMembers(Mutex<LruCache<(String, String), Members>>);

impl Default for SentMembers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(DEVICES)))
    }
}

impl SentMembers {
    /// Whether the device has a membership event for sure: the answer that had it is one that the
    /// client's token shows to have arrived.
    pub(crate) fn has(
        &self,
        device: &(String, String),
        room: i64,
        user: &str,
        event: Position,
        since: Seq,
    ) -> bool {
        let mut devices = self.0.lock();
        devices
            .get_mut(device)
            .and_then(|members| members.get(&(room, user.to_owned())))
            .is_some_and(|sent| sent.event == event && sent.answered <= since)
    }

    /// Remembers that an answer up to `answered` has a membership event.
    pub(crate) fn note(
        &self,
        device: &(String, String),
        room: i64,
        user: String,
        event: Position,
        answered: Seq,
    ) {
        let mut devices = self.0.lock();
        let members = devices.get_or_insert_mut(device.clone(), || LruCache::new(MEMBERS));
        members.put((room, user), Sent { event, answered });
    }
}
