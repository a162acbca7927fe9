//! What the server remembers of each connection: which rooms it was sent, up to where, and how much of
//! them. In memory only and bounded: a connection that is forgotten begins anew, and nothing is lost.
//! MSC4186, "Connections".

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroUsize,
    sync::Arc,
};

use alphorn_http::model::Seq;
use lru::LruCache;
use parking_lot::Mutex;

use super::required_state::RequiredState;

/// Connections of all users.
const CONNECTIONS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49_999);

/// Connections of one user.
const CONNECTIONS_OF_USER_MAX: usize = 32;

/// Bytes of all connections, about.
const BYTES_MAX: usize = 192 << 20;

/// Answers to the same request that are remembered until one of them comes back.
const PENDING_MAX: usize = 4;

/// Numbers below are no connection's state.
const FIRST: u64 = 16;

/// Whose connection it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) user: String,
    pub(super) device: String,
    pub(super) conn_id: String,
}

/// What the client was sent of a room.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    /// It has everything up to here; nothing: it was in a window at the last answer, and has what that had.
    pub(super) upto: Option<Seq>,
    /// The longest timeline that it has without a gap.
    pub(super) shown: u16,
    /// The state that it has.
    pub(super) state: Arc<RequiredState>,
    /// The members that it has because timelines needed them, as hashes.
    pub(super) members: Box<[u64]>,
}

/// Which rooms an extension has covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Covered {
    /// It was off.
    #[default]
    Nothing,
    /// All rooms that were in a window.
    Everything,
    /// These of them.
    Rooms(HashSet<i64>),
}

impl Covered {
    /// Whether a room in a window was covered.
    pub(super) fn has(&self, room: i64) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Rooms(rooms) => rooms.contains(&room),
        }
    }

    fn weight(&self) -> usize {
        if let Self::Rooms(rooms) = self { rooms.len() * 16 } else { 0 }
    }
}

/// What the client knows if it got the answer with a certain `pos`.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) seq: Seq,
    pub(super) ephemeral: u64,
    pub(super) rooms: HashMap<i64, Sent>,
    pub(super) account_data: Covered,
    pub(super) receipts: Covered,
    pub(super) typing: Covered,
    /// The configurations that rooms have: equal ones are one.
    pub(super) states: Vec<Arc<RequiredState>>,
}

/// By how much an answer moves what the client knows.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) seq: Seq,
    pub(super) ephemeral: u64,
    /// Rooms with new entries; nothing: the entry goes.
    pub(super) rooms: Vec<(i64, Option<Sent>)>,
    pub(super) account_data: Covered,
    pub(super) receipts: Covered,
    pub(super) typing: Covered,
    pub(super) states: Vec<Arc<RequiredState>>,
}

impl Known {
    /// The client has everything of this room up to here; nothing: it was not sent the room.
    pub(super) fn upto(&self, room: i64) -> Option<Seq> {
        self.rooms.get(&room).map(|sent| sent.upto.unwrap_or(self.seq))
    }

    fn apply(&mut self, changes: Changes) {
        for (room, sent) in changes.rooms {
            match sent {
                Some(sent) => self.rooms.insert(room, sent),
                None => self.rooms.remove(&room),
            };
        }
        self.seq = changes.seq;
        self.ephemeral = changes.ephemeral;
        self.account_data = changes.account_data;
        self.receipts = changes.receipts;
        self.typing = changes.typing;
        self.states = changes.states;
    }

    fn weight(&self) -> usize {
        let covered = self.account_data.weight() + self.receipts.weight() + self.typing.weight();
        let states: usize = self.states.iter().map(|state| state.weight()).sum();
        256 + covered + states + rooms_weight(self.rooms.values())
    }
}

fn rooms_weight<'a>(rooms: impl Iterator<Item = &'a Sent>) -> usize {
    rooms.map(|sent| 96 + sent.members.len() * 8).sum()
}

struct Pending {
    pos: u64,
    changes: Changes,
}

struct Connection {
    /// The `pos` that the client came with last.
    pos: u64,
    known: Arc<Known>,
    /// Answers made from it that the client may or may not have got.
    pending: Vec<Pending>,
    weight: usize,
}

impl Connection {
    fn weigh(&self) -> usize {
        let pending = self.pending.iter().map(|pending| {
            128 + rooms_weight(pending.changes.rooms.iter().filter_map(|(_, sent)| sent.as_ref()))
        });
        self.known.weight() + pending.sum::<usize>()
    }
}

struct Inner {
    connections: LruCache<Key, Connection>,
    count_by_user: HashMap<String, usize>,
    weight: usize,
    next: u64,
}

/// All connections of this node.
pub(super) struct Connections(Mutex<Inner>);

impl Default for Connections {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            connections: LruCache::new(CONNECTIONS_MAX),
            count_by_user: HashMap::new(),
            weight: 0,
            next: FIRST,
        }))
    }
}

impl Connections {
    /// Whether a number in a `pos` can name a connection's state.
    pub(super) const fn is_number(pos: u64) -> bool {
        pos >= FIRST
    }

    /// What the client knows that comes with a `pos`; nothing: it is not known here. That the client has
    /// it proves that it got that answer: what came before it and beside it is forgotten.
    pub(super) fn take(&self, key: &Key, pos: u64) -> Option<Arc<Known>> {
        let mut inner = self.0.lock();
        let connection = inner.connections.get_mut(key)?;
        if connection.pos != pos {
            let index = connection.pending.iter().position(|pending| pending.pos == pos)?;
            let pending = connection.pending.swap_remove(index);
            connection.pending.clear();
            connection.pos = pos;
            Arc::make_mut(&mut connection.known).apply(pending.changes);
        }
        let known = Arc::clone(&connection.known);
        let (before, after) = (connection.weight, connection.weigh());
        connection.weight = after;
        inner.weight = (inner.weight + after).saturating_sub(before);
        Some(known)
    }

    /// Remembers an answer that is about to go out, made from what the client knew at `from`; gives the
    /// number for its `pos`. Nothing: the connection has moved on meanwhile, and nobody reads the answer.
    pub(super) fn offer(&self, key: &Key, from: u64, known: &Arc<Known>, changes: Changes) -> Option<u64> {
        let mut inner = self.0.lock();
        let pos = inner.next;
        let begins = !Self::is_number(from);
        let goes_on = inner.connections.peek(key).is_some_and(|connection| connection.pos == from);
        if !goes_on {
            if !begins {
                return None;
            }
            inner.remove(key);
            inner.make_room(&key.user);
            let connection =
                Connection { pos: from, known: Arc::clone(known), pending: Vec::new(), weight: 0 };
            inner.connections.put(key.clone(), connection);
            *inner.count_by_user.entry(key.user.clone()).or_default() += 1;
        }
        inner.next += 1;
        let connection = inner.connections.get_mut(key)?;
        if connection.pending.len() >= PENDING_MAX {
            connection.pending.remove(0);
        }
        connection.pending.push(Pending { pos, changes });
        let (before, after) = (connection.weight, connection.weigh());
        connection.weight = after;
        inner.weight = (inner.weight + after).saturating_sub(before);
        inner.shrink(key);
        Some(pos)
    }

    /// Connections, and about how many bytes they take.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        let inner = self.0.lock();
        (inner.connections.len(), inner.weight)
    }
}

impl Inner {
    fn remove(&mut self, key: &Key) {
        if let Some(connection) = self.connections.pop(key) {
            self.removed(key, &connection);
        }
    }

    fn removed(&mut self, key: &Key, connection: &Connection) {
        self.weight = self.weight.saturating_sub(connection.weight);
        if let Some(count) = self.count_by_user.get_mut(&key.user) {
            *count -= 1;
            if *count == 0 {
                self.count_by_user.remove(&key.user);
            }
        }
    }

    /// Makes room for one more connection of a user.
    fn make_room(&mut self, user: &str) {
        while self.count_by_user.get(user).is_some_and(|count| *count >= CONNECTIONS_OF_USER_MAX) {
            let oldest = self.connections.iter().rev().find(|(key, _)| key.user == user);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { break };
            self.remove(&key);
        }
        while self.connections.len() >= CONNECTIONS_MAX.get() && self.drop_oldest() {}
    }

    /// Forgets the connections used longest ago until all fit, but not the one in use.
    fn shrink(&mut self, in_use: &Key) {
        while self.weight > BYTES_MAX && self.connections.peek_lru().is_some_and(|(key, _)| key != in_use) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) -> bool {
        let Some((key, connection)) = self.connections.pop_lru() else { return false };
        self.removed(&key, &connection);
        true
    }
}

#[cfg(test)]
mod tests;
