//! Which memberships a device was sent: with lazily loaded members they are not sent again.
//! Specification: Client-Server API, "Lazy-loading room members".

use std::{collections::VecDeque, num::NonZeroUsize};

use alphorn_http::model::{Position, Seq};
use lru::LruCache;
use parking_lot::Mutex;

/// Devices remembered.
const DEVICES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// Memberships remembered for each device.
const MEMBERS_MAX: usize = 200;

/// A membership event that was sent, and the position of the answer that had it. The event's position names
/// room, user and membership, so that ten thousand waiting devices cost little memory.
struct Sent {
    event: Position,
    answered: Seq,
}

/// What was sent to whom. All of it can be forgotten: then a membership is sent once more.
pub(crate) struct SentMembers(Mutex<LruCache<(String, String), VecDeque<Sent>>>);

impl Default for SentMembers {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(DEVICES)))
    }
}

impl SentMembers {
    /// Whether the device has a membership event for sure: the answer that had it is one that the
    /// client's token shows to have arrived.
    pub(crate) fn has(&self, device: &(String, String), event: Position, since: Seq) -> bool {
        let mut devices = self.0.lock();
        let sent = devices.get(device).and_then(|members| members.iter().find(|sent| sent.event == event));
        sent.is_some_and(|sent| sent.answered <= since)
    }

    /// Remembers that an answer up to `answered` has a membership event.
    pub(crate) fn note(&self, device: &(String, String), event: Position, answered: Seq) {
        let mut devices = self.0.lock();
        let members = devices.get_or_insert_mut(device.clone(), VecDeque::new);
        members.retain(|sent| sent.event != event);
        if members.len() >= MEMBERS_MAX {
            members.pop_front();
        }
        members.push_back(Sent { event, answered });
    }
}
