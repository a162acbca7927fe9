//! What is true for a moment only and never goes to the log: who is typing, who is there. Each node
//! counts its changes; a sync token's ephemeral part names a place in that count.

mod moments;
mod presence;

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

pub use moments::Moment;
pub use presence::{Presence, PresenceState};

/// Users typing in one room at most: a room where more type at once needs no list.
const TYPING_MAX: usize = 200;

/// Rooms and users about which something is remembered at most.
const REMEMBERED_MAX: usize = 100_000;

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
    /// What other nodes are told.
    outbox: moments::Outbox,
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
            outbox: moments::Outbox::default(),
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

    /// A user types in a room from now for some milliseconds, or (`None`) does not any more.
    pub fn set_typing(
        &self,
        room: &str,
        user: OwnedUserId,
        for_ms: Option<TimestampMs>,
        now_ms: TimestampMs,
    ) {
        self.outbox.tell(|| Moment::Typing { room: room.to_owned(), user: user.clone(), for_ms });
        self.put_typing(room, user, for_ms.map(|for_ms| now_ms + for_ms));
    }

    fn put_typing(&self, room: &str, user: OwnedUserId, until_ms: Option<TimestampMs>) {
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

    /// Presence that changed after a place in this node's count, newest change first, at most `limit`.
    #[must_use]
    pub fn presence_since(&self, since: u64, limit: usize) -> Vec<(String, Presence)> {
        let all = self.presence.read();
        let changes = self.presence_order.read();
        changes
            .range(since + 1..)
            .rev()
            .filter_map(|(_, user)| all.get(user).map(|presence| (user.clone(), presence.clone())))
            .take(limit)
            .collect()
    }

    /// A device asks for news and says whether its user is there; tells whether others see a difference.
    /// The caller wakes the rooms.
    pub fn attend(&self, user: &str, device: &str, state: PresenceState, now_ms: TimestampMs) -> bool {
        self.outbox.tell_attended(user, device, state);
        self.change(user, |presence| presence.attend(device, state, now_ms))
    }

    /// A user says whether they are there, in general; tells whether others see a difference. The caller wakes
    /// the rooms.
    pub fn set_presence(
        &self,
        user: &str,
        state: PresenceState,
        status_msg: Option<String>,
        now_ms: TimestampMs,
    ) -> bool {
        let words = status_msg.clone();
        self.outbox.tell(|| Moment::Said { user: user.to_owned(), state, status_msg: words });
        self.change(user, |presence| presence.say(state, status_msg, now_ms))
    }

    /// A user does something; tells whether others see a difference. The caller wakes the rooms.
    pub fn act(&self, user: &str, device: &str, now_ms: TimestampMs) -> bool {
        let busy = self.presence.read().get(user).is_some_and(|presence| presence.is_busy(now_ms));
        if busy {
            return false;
        }
        self.outbox.tell(|| Moment::Acted { user: user.to_owned(), device: device.to_owned() });
        self.change(user, |presence| presence.act(device, now_ms))
    }

    fn change(&self, user: &str, change: impl FnOnce(&mut Presence) -> bool) -> bool {
        let mut all = self.presence.write();
        if !all.contains_key(user) && all.len() >= REMEMBERED_MAX {
            return false;
        }
        let presence = all.entry(user.to_owned()).or_default();
        let changed = change(presence);
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

    /// Notices who went away or idle; gives those who changed. To be called from time to time.
    pub fn settle_presence(&self, now_ms: TimestampMs) -> Vec<String> {
        let mut changed = Vec::new();
        for (user, presence) in self.presence.write().iter_mut() {
            if presence.settle(now_ms) {
                self.order(user, presence);
                changed.push(user.clone());
            }
        }
        changed
    }
}
