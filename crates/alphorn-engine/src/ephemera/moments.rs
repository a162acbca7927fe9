//! What nodes of a cluster tell each other of typing and presence: never on the log, and it does no harm when
//! some of it is lost.

use std::{collections::HashMap, time::Duration};

use alphorn_model::{OwnedUserId, TimestampMs};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::{sync::mpsc, time::Instant};

use super::{Ephemera, PresenceState};

/// A device that goes on asking for news is told of again after this time, so that others do not think it gone.
const AGAIN_AFTER: Duration = Duration::from_secs(15);

/// Devices of which it is known when they were told of last; beyond, some are told of more often.
const TOLD_MAX: usize = 50_000;

/// Longest time of typing that is believed.
const TYPING_MS_MAX: TimestampMs = 120_000;

/// Something that happened on one node and concerns all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "moment", rename_all = "snake_case")]
pub enum Moment {
    /// Somebody types for so many milliseconds, or stopped.
    Typing {
        /// Where.
        room: String,
        /// Who.
        user: OwnedUserId,
        /// For how long; nothing: stopped.
        for_ms: Option<TimestampMs>,
    },
    /// A device asks for news.
    Attended {
        /// Whose.
        user: String,
        /// Which.
        device: String,
        /// What it says of its user.
        state: PresenceState,
    },
    /// A user says whether they are there.
    Said {
        /// Who.
        user: String,
        /// What.
        state: PresenceState,
        /// In their words.
        status_msg: Option<String>,
    },
    /// A user does something.
    Acted {
        /// Who.
        user: String,
        /// With which device.
        device: String,
    },
}

/// Where this node's moments go.
#[derive(Default)]
pub(super) struct Outbox {
    sender: Mutex<Option<mpsc::Sender<Moment>>>,
    told: Mutex<HashMap<(String, String), (PresenceState, Instant)>>,
}

impl Outbox {
    /// Tells other nodes, where there are any. A full queue loses it.
    pub(super) fn tell(&self, moment: impl FnOnce() -> Moment) {
        if let Some(sender) = &*self.sender.lock() {
            let _full = sender.try_send(moment());
        }
    }

    /// Tells of a device that asks for news, when that is news or was told long ago.
    pub(super) fn tell_attended(&self, user: &str, device: &str, state: PresenceState) {
        if self.sender.lock().is_none() {
            return;
        }
        let mut told = self.told.lock();
        let now = Instant::now();
        let key = (user.to_owned(), device.to_owned());
        if told.get(&key).is_some_and(|(known, at)| *known == state && now < *at + AGAIN_AFTER) {
            return;
        }
        if told.len() >= TOLD_MAX {
            told.retain(|_, (_, at)| now < *at + AGAIN_AFTER);
        }
        if told.len() < TOLD_MAX {
            told.insert(key, (state, now));
        }
        drop(told);
        self.tell(|| Moment::Attended { user: user.to_owned(), device: device.to_owned(), state });
    }
}

impl Ephemera {
    /// From now on this node's moments go to `sender`, for the other nodes.
    pub fn share(&self, sender: mpsc::Sender<Moment>) {
        *self.outbox.sender.lock() = Some(sender);
    }

    /// Another node tells of a moment. Gives the user whose rooms are to be woken, if anybody's.
    pub fn hear(&self, moment: Moment, now_ms: TimestampMs) -> Option<String> {
        let (user, changed) = match moment {
            Moment::Typing { room, user, for_ms } => {
                self.put_typing(&room, user, for_ms.map(|for_ms| now_ms + for_ms.min(TYPING_MS_MAX)));
                return None;
            }
            Moment::Attended { user, device, state } => {
                let changed = self.change(&user, |presence| presence.attend(&device, state, now_ms));
                (user, changed)
            }
            Moment::Said { user, state, status_msg } => {
                let changed = self.change(&user, |presence| presence.say(state, status_msg, now_ms));
                (user, changed)
            }
            Moment::Acted { user, device } => {
                let changed = self.change(&user, |presence| presence.act(&device, now_ms));
                (user, changed)
            }
        };
        changed.then_some(user)
    }
}
