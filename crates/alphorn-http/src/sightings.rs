//! When and from where devices were last seen. Kept in memory only: it is shown to users, and nothing
//! depends on it. Specification: Client-Server API, "Device Management", "Server Administration".

use std::num::NonZeroUsize;

use alphorn_engine::{Requester, model::TimestampMs};
use http::{header, request::Parts};
use lru::LruCache;
use parking_lot::Mutex;

use crate::PeerAddr;

/// Devices remembered at most.
const DEVICES_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49_999);

/// Letters kept of the name that a client gives itself.
const AGENT_LETTERS_MAX: usize = 200;

/// When and from where a device was last seen.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// The address.
    pub address: String,
    /// When, in milliseconds since the epoch.
    pub at_ms: TimestampMs,
    /// The name that the client gave itself.
    pub agent: String,
}

/// The sightings on this node since its start.
pub struct Sightings(Mutex<LruCache<(String, String), Sighting>>);

impl Default for Sightings {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(DEVICES_MAX)))
    }
}

impl Sightings {
    pub(crate) fn note(&self, requester: &Requester, parts: &Parts, now_ms: TimestampMs) {
        let Some(peer) = parts.extensions.get::<PeerAddr>() else { return };
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let sighting = Sighting {
            address: peer.ip().to_string(),
            at_ms: now_ms,
            agent: agent.unwrap_or_default().chars().take(AGENT_LETTERS_MAX).collect(),
        };
        self.0.lock().put((requester.user.to_string(), requester.device.clone()), sighting);
    }

    /// The last sighting of a device.
    #[must_use]
    pub fn of(&self, user: &str, device: &str) -> Option<Sighting> {
        self.0.lock().get(&(user.to_owned(), device.to_owned())).cloned()
    }
}
