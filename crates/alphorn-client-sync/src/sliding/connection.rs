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
use serde::{Deserialize, Serialize};

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

impl Sent {
    /// Whether the client has the same of a room. Members that it has beyond that may be sent again.
    fn is_like(&self, other: &Self) -> bool {
        self.upto == other.upto
            && self.shown == other.shown
            && (Arc::ptr_eq(&self.state, &other.state) || self.state == other.state)
    }
}

/// Which rooms an extension has covered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Another number whenever anything changed but how far the client is ([`super::handover`]).
    pub(super) version: u64,
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

    /// Whether an answer moves more than how far the client is.
    fn is_changed_by(&self, changes: &Changes) -> bool {
        let same = |room: &i64, sent: &Option<Sent>| match (self.rooms.get(room), sent) {
            (Some(before), Some(after)) => before.is_like(after),
            (before, after) => before.is_none() && after.is_none(),
        };
        changes.rooms.iter().any(|(room, sent)| !same(room, sent))
            || self.account_data != changes.account_data
            || self.receipts != changes.receipts
            || self.typing != changes.typing
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
    /// The version of what the client knows with it.
    version: u64,
    changes: Changes,
}

/// An answer's place: its number, and the version of what the client knows with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) version: u64,
}

/// What a client knows, and whether that is news for other nodes.
pub(super) struct Taken {
    pub(super) known: Arc<Known>,
    pub(super) changed: bool,
}

struct Connection {
    /// The `pos` that the client came with last.
    pos: u64,
    known: Arc<Known>,
    /// Answers made from it that the client may or may not have got.
    pending: Vec<Pending>,
    /// Came from another node, and the client has not shown yet that it got an answer here: until then others are to
    /// know it as it was there.
    adopted: bool,
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
    pub(super) fn take(&self, key: &Key, pos: u64) -> Option<Taken> {
        let mut inner = self.0.lock();
        let connection = inner.connections.get_mut(key)?;
        let version = connection.known.version;
        let mut arrived = false;
        if connection.pos != pos {
            let index = connection.pending.iter().position(|pending| pending.pos == pos)?;
            let pending = connection.pending.swap_remove(index);
            connection.pending.clear();
            connection.pos = pos;
            let known = Arc::make_mut(&mut connection.known);
            known.apply(pending.changes);
            known.version = pending.version;
            arrived = std::mem::take(&mut connection.adopted);
        }
        let known = Arc::clone(&connection.known);
        let (before, after) = (connection.weight, connection.weigh());
        connection.weight = after;
        inner.weight = (inner.weight + after).saturating_sub(before);
        Some(Taken { changed: arrived || known.version != version, known })
    }

    /// Goes on with a client that comes from another node; gives the number for what it knows. Versions are numbers of
    /// the node that tells of them.
    pub(super) fn adopt(&self, key: &Key, known: Known) -> (u64, Arc<Known>) {
        let mut inner = self.0.lock();
        let pos = inner.next;
        inner.next += 1;
        let known = Arc::new(Known { version: pos, ..known });
        inner.begin(key, pos, &known);
        if let Some(connection) = inner.connections.get_mut(key) {
            connection.adopted = true;
            connection.weight = connection.weigh();
            let weight = connection.weight;
            inner.weight += weight;
        }
        inner.shrink(key);
        (pos, known)
    }

    /// What a connection's client knows.
    pub(super) fn known(&self, key: &Key) -> Option<Arc<Known>> {
        self.0.lock().connections.peek(key).map(|connection| Arc::clone(&connection.known))
    }

    /// All connections, those used last first.
    pub(super) fn keys(&self) -> Vec<Key> {
        self.0.lock().connections.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Remembers an answer that is about to go out, made from what the client knew at `from`; gives the
    /// number for its `pos`. Nothing: the connection has moved on meanwhile, and nobody reads the answer.
    pub(super) fn offer(&self, key: &Key, from: u64, known: &Arc<Known>, changes: Changes) -> Option<Place> {
        let mut inner = self.0.lock();
        let pos = inner.next;
        let begins = !Self::is_number(from);
        let goes_on = inner.connections.peek(key).is_some_and(|connection| connection.pos == from);
        if !goes_on {
            if !begins {
                return None;
            }
            inner.begin(key, from, known);
        }
        inner.next += 1;
        let connection = inner.connections.get_mut(key)?;
        if connection.pending.len() >= PENDING_MAX {
            connection.pending.remove(0);
        }
        let version = if known.is_changed_by(&changes) { pos } else { known.version };
        connection.pending.push(Pending { pos, version, changes });
        let (before, after) = (connection.weight, connection.weigh());
        connection.weight = after;
        inner.weight = (inner.weight + after).saturating_sub(before);
        inner.shrink(key);
        Some(Place { number: pos, version })
    }

    /// Connections, and about how many bytes they take.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        let inner = self.0.lock();
        (inner.connections.len(), inner.weight)
    }
}

impl Inner {
    /// A connection begins, in place of the one that has its name.
    fn begin(&mut self, key: &Key, pos: u64, known: &Arc<Known>) {
        self.remove(key);
        self.make_room(&key.user);
        let connection =
            Connection { pos, known: Arc::clone(known), pending: Vec::new(), adopted: false, weight: 0 };
        self.connections.put(key.clone(), connection);
        *self.count_by_user.entry(key.user.clone()).or_default() += 1;
    }

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
