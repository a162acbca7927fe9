//! Who is there: put together from what each of a user's devices says and does.
//! Specification: Client-Server API, "Presence", "Last active ago", "Idle timeout".

use alphorn_model::TimestampMs;
use serde::{Deserialize, Serialize};

/// A device that was not heard of for this long is gone: longer than the longest long poll.
const GONE_AFTER_MS: TimestampMs = 150_000;

/// A user who is there but has done nothing for this long is idle.
const IDLE_AFTER_MS: TimestampMs = 5 * 60_000;

/// What is done sooner after the last thing than this changes nothing that others see.
const ACTIVE_EVERY_MS: TimestampMs = 20_000;

/// Devices of one user that are told apart; beyond that the one longest silent gives way.
const DEVICES_MAX: usize = 10;

/// Whether a user is there. Specification: Client-Server API, "Presence".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// There.
    Online,
    /// There, but idle.
    Unavailable,
    /// Not there.
    #[default]
    Offline,
}

impl PresenceState {
    /// The word in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Unavailable => "unavailable",
            Self::Offline => "offline",
        }
    }

    /// From the word in events.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Online, Self::Unavailable, Self::Offline].into_iter().find(|state| state.as_str() == word)
    }
}

#[derive(Debug, Clone)]
struct Device {
    id: String,
    state: PresenceState,
    seen_ms: TimestampMs,
}

/// A user's presence.
#[derive(Debug, Clone, Default)]
pub struct Presence {
    /// Whether the user is there.
    pub state: PresenceState,
    /// In the user's words.
    pub status_msg: Option<String>,
    /// When the user last did something, in milliseconds since the epoch.
    pub last_active_ms: TimestampMs,
    /// The place of the last change in this node's count.
    pub version: u64,
    devices: Vec<Device>,
}

impl Presence {
    /// A device asks for news and says whether its user is there. Asking alone is no activity; coming back is.
    pub(super) fn attend(&mut self, id: &str, state: PresenceState, now: TimestampMs) -> bool {
        let device = self.device(id, now);
        let came = device.state != PresenceState::Online && state == PresenceState::Online;
        device.state = state;
        if came || self.last_active_ms == 0 {
            self.last_active_ms = now;
        }
        self.settle(now) | self.is_untold()
    }

    /// The user says whether they are there, for all devices.
    pub(super) fn say(&mut self, state: PresenceState, status_msg: Option<String>, now: TimestampMs) -> bool {
        self.device("", now);
        self.devices.iter_mut().for_each(|device| device.state = state);
        if state == PresenceState::Online || self.last_active_ms == 0 {
            self.last_active_ms = now;
        }
        let reworded = self.status_msg != status_msg;
        self.status_msg = status_msg;
        self.settle(now) | reworded | self.is_untold()
    }

    /// The user does something with a device. That ends being idle; but who is connected to no stream of events,
    /// or said not to be there, stays so.
    pub(super) fn act(&mut self, id: &str, now: TimestampMs) -> bool {
        let known = self.devices.iter_mut().find(|device| device.id == id);
        if let Some(device) = known.filter(|device| device.state == PresenceState::Unavailable) {
            device.state = PresenceState::Online;
        }
        self.last_active_ms = now;
        self.settle(now)
    }

    /// Whether activity now is nothing new.
    pub(super) fn is_busy(&self, now: TimestampMs) -> bool {
        self.state != PresenceState::Unavailable && now < self.last_active_ms + ACTIVE_EVERY_MS
    }

    /// Whether others never heard where the user stands.
    const fn is_untold(&self) -> bool {
        self.version == 0
    }

    /// Finds out where the user stands now; tells whether that is a change.
    pub(super) fn settle(&mut self, now: TimestampMs) -> bool {
        self.devices.retain(|device| now < device.seen_ms + GONE_AFTER_MS);
        let any = |state| self.devices.iter().any(|device| device.state == state);
        let idle = now >= self.last_active_ms + IDLE_AFTER_MS;
        let state = match (any(PresenceState::Online), any(PresenceState::Unavailable)) {
            (true, _) if !idle => PresenceState::Online,
            (true, _) | (_, true) => PresenceState::Unavailable,
            _ => PresenceState::Offline,
        };
        let changed = state != self.state;
        self.state = state;
        changed
    }

    /// The device, seen now.
    fn device(&mut self, id: &str, now: TimestampMs) -> &mut Device {
        let at = self.devices.iter().position(|device| device.id == id);
        let mut device = match at {
            Some(at) => self.devices.swap_remove(at),
            None => Device { id: id.to_owned(), state: PresenceState::Offline, seen_ms: now },
        };
        device.seen_ms = now;
        if self.devices.len() >= DEVICES_MAX {
            self.devices.sort_unstable_by_key(|device| std::cmp::Reverse(device.seen_ms));
            self.devices.truncate(DEVICES_MAX - 1);
        }
        self.devices.push_mut(device)
    }
}

#[cfg(test)]
mod tests;
