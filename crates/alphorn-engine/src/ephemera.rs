//! What is true for a moment only and never goes to the log: who is typing, who is there. Each node
//! counts its changes; a sync token's ephemeral part names a place in that count.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use alphorn_model::{OwnedUserId, TimestampMs};
use parking_lot::RwLock;

use crate::{Key, Wake};

/// Users typing in one room at most: a room where more type at once needs no list.
const TYPING_MAX: usize = 200;

/// Rooms and users about which something is remembered at most.
const REMEMBERED_MAX: usize = 100_000;

/// Whether a user is there. Specification: Client-Server API, "Presence".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
}

#[derive(Default)]
struct Typing {
    until: HashMap<OwnedUserId, TimestampMs>,
    version: u64,
}

/// Typing and presence of this node.
pub struct Ephemera {
    node_run: u32,
    wake: Arc<Wake>,
    count: AtomicU64,
    typing: RwLock<HashMap<String, Typing>>,
    presence: RwLock<HashMap<String, Presence>>,
    /// Users by the place of their last change: who changed since is found without looking at all.
    presence_order: RwLock<BTreeMap<u64, String>>,
}

impl Ephemera {
    pub(crate) fn new(node_run: u32, wake: Arc<Wake>) -> Self {
        Self {
            node_run,
            wake,
            count: AtomicU64::new(1),
            typing: RwLock::default(),
            presence: RwLock::default(),
            presence_order: RwLock::default(),
        }
    }

    /// Names this run of this node: positions of another run mean nothing here.
    #[must_use]
    pub const fn node_run(&self) -> u32 {
        self.node_run
    }

    /// The place of the newest change.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    fn step(&self) -> u64 {
        self.count.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// A user types in a room until `until_ms`, or (`None`) does not any more.
    pub fn set_typing(&self, room: &str, user: OwnedUserId, until_ms: Option<TimestampMs>) {
        let mut rooms = self.typing.write();
        if !rooms.contains_key(room) && (until_ms.is_none() || rooms.len() >= REMEMBERED_MAX) {
            return;
        }
        let typing = rooms.entry(room.to_owned()).or_default();
        let changed = match until_ms {
            Some(until) if typing.until.len() < TYPING_MAX => typing.until.insert(user, until).is_none(),
            Some(_) => false,
            None => typing.until.remove(&user).is_some(),
        };
        if changed {
            typing.version = self.step();
            drop(rooms);
            self.wake.wake(&Key::room(room));
        }
    }

    /// Who types in a room, and the place of the last change; nothing: nobody did since the start.
    #[must_use]
    pub fn typing(&self, room: &str) -> Option<(Vec<OwnedUserId>, u64)> {
        let rooms = self.typing.read();
        let typing = rooms.get(room)?;
        let mut users: Vec<_> = typing.until.keys().cloned().collect();
        users.sort_unstable();
        Some((users, typing.version))
    }

    /// Ends what has lasted long enough. To be called about every second.
    pub fn expire_typing(&self, now_ms: TimestampMs) {
        let mut ended = Vec::new();
        for (room, typing) in self.typing.write().iter_mut() {
            let before = typing.until.len();
            typing.until.retain(|_, until| *until > now_ms);
            if typing.until.len() != before {
                typing.version = self.step();
                ended.push(Key::room(room));
            }
        }
        ended.iter().for_each(|key| self.wake.wake(key));
    }

    /// A user's presence as far as this node knows.
    #[must_use]
    pub fn presence(&self, user: &str) -> Option<Presence> {
        self.presence.read().get(user).cloned()
    }

    /// Presence that changed after a place in this node's count, oldest change first, at most `limit`.
    #[must_use]
    pub fn presence_since(&self, since: u64, limit: usize) -> Vec<(String, Presence)> {
        let all = self.presence.read();
        let changes = self.presence_order.read();
        changes
            .range(since + 1..)
            .filter_map(|(_, user)| all.get(user).map(|presence| (user.clone(), presence.clone())))
            .take(limit)
            .collect()
    }

    /// Changes a user's presence; tells whether others see a difference. The caller wakes the rooms.
    pub fn set_presence(
        &self,
        user: &str,
        state: PresenceState,
        status_msg: Option<Option<String>>,
        now_ms: TimestampMs,
    ) -> bool {
        let mut all = self.presence.write();
        if !all.contains_key(user) && all.len() >= REMEMBERED_MAX {
            return false;
        }
        let presence = all.entry(user.to_owned()).or_default();
        let mut changed = presence.version == 0 || presence.state != state;
        presence.state = state;
        if let Some(message) = status_msg {
            changed |= presence.status_msg != message;
            presence.status_msg = message;
        }
        if state == PresenceState::Online || presence.last_active_ms == 0 {
            presence.last_active_ms = now_ms;
        }
        if changed {
            self.order(user, presence);
        }
        drop(all);
        if changed {
            self.wake.wake(&Key::user(user));
        }
        changed
    }

    fn order(&self, user: &str, presence: &mut Presence) {
        let mut order = self.presence_order.write();
        order.remove(&presence.version);
        presence.version = self.step();
        order.insert(presence.version, user.to_owned());
    }

    /// Marks users who were online and did nothing since `idle_before_ms`; gives those who changed.
    pub fn idle_presence(&self, idle_before_ms: TimestampMs, gone_before_ms: TimestampMs) -> Vec<String> {
        let mut changed = Vec::new();
        for (user, presence) in self.presence.write().iter_mut() {
            let next = match presence.state {
                PresenceState::Offline => continue,
                _ if presence.last_active_ms < gone_before_ms => PresenceState::Offline,
                PresenceState::Online if presence.last_active_ms < idle_before_ms => {
                    PresenceState::Unavailable
                }
                _ => continue,
            };
            presence.state = next;
            self.order(user, presence);
            changed.push(user.clone());
        }
        changed
    }
}
