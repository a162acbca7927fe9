//! Connections that go on at another node: each node tells the others what its clients know, and one that takes a client
//! over answers it as the former one would have. Told beside the log, late and perhaps never: a `pos` says which version
//! of that knowledge it stands on, and where another version is here, the connection begins anew.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use alphorn_http::model::Seq;
use lru::LruCache;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::{
    connection::{Covered, Key, Known, Sent},
    required_state::RequiredState,
};

/// Other nodes' connections that are remembered.
const CONNECTIONS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49_999);

/// Bytes of all of them as they came.
const BYTES_MAX: usize = 64 << 20;

/// A connection that takes more than this is told to nobody.
const ONE_MAX: usize = 1 << 20;

/// Connections that wait to be told.
const WAITING_MAX: usize = 50_000;

/// A room as it is told: its number, up to where the client has it, how long a timeline, and which configuration.
type Row = (i64, Option<Seq>, u16, usize);

/// What another node is told of a connection.
#[derive(Serialize, Deserialize)]
struct Told {
    user: String,
    device: String,
    conn_id: String,
    /// The run of the node whose connection it is.
    run: u32,
    version: u64,
    states: Vec<RequiredState>,
    rooms: Vec<Row>,
    account_data: Covered,
    receipts: Covered,
    typing: Covered,
}

/// One that was heard of, as it came: most are never needed.
struct Heard {
    run: u32,
    version: u64,
    bytes: Box<[u8]>,
}

struct Elsewhere {
    heard: LruCache<Key, Heard>,
    weight: usize,
}

/// What is told to other nodes and heard from them.
pub(super) struct Handover {
    elsewhere: Mutex<Elsewhere>,
    /// Connections to tell of, in the order in which they changed.
    waiting: Mutex<(VecDeque<Key>, HashSet<Key>)>,
    /// Whether anybody asks for them: a server on its own has nobody to tell.
    asked: AtomicBool,
}

impl Default for Handover {
    fn default() -> Self {
        let elsewhere = Elsewhere { heard: LruCache::new(CONNECTIONS_MAX), weight: 0 };
        Self { elsewhere: Mutex::new(elsewhere), waiting: Mutex::default(), asked: AtomicBool::new(false) }
    }
}

impl Handover {
    /// A connection's knowledge has another version now.
    pub(super) fn changed(&self, key: &Key) {
        if !self.asked.load(Ordering::Relaxed) {
            return;
        }
        let mut waiting = self.waiting.lock();
        let (order, known) = &mut *waiting;
        if order.len() < WAITING_MAX && known.insert(key.clone()) {
            order.push_back(key.clone());
        }
    }

    /// The next connections to tell of.
    pub(super) fn next(&self, limit: usize) -> Vec<Key> {
        self.asked.store(true, Ordering::Relaxed);
        let mut waiting = self.waiting.lock();
        let (order, known) = &mut *waiting;
        let take = limit.min(order.len());
        let keys: Vec<_> = order.drain(..take).collect();
        for key in &keys {
            known.remove(key);
        }
        keys
    }

    /// Another node tells of one of its connections. Others than that are passed over.
    pub(super) fn hear(&self, bytes: &[u8]) {
        #[derive(Deserialize)]
        struct Head {
            user: String,
            device: String,
            conn_id: String,
            run: u32,
            version: u64,
        }
        if bytes.len() > ONE_MAX {
            return;
        }
        let Ok(Head { user, device, conn_id, run, version }) = serde_json::from_slice(bytes) else { return };
        let mut elsewhere = self.elsewhere.lock();
        let key = Key { user, device, conn_id };
        let heard = Heard { run, version, bytes: bytes.into() };
        elsewhere.weight += heard.bytes.len();
        // The one that was there, or the one that had to go for it.
        if let Some((_, before)) = elsewhere.heard.push(key, heard) {
            elsewhere.weight -= before.bytes.len();
        }
        while elsewhere.weight > BYTES_MAX
            && let Some((_, oldest)) = elsewhere.heard.pop_lru()
        {
            elsewhere.weight -= oldest.bytes.len();
        }
    }

    /// What a client knows that comes from another node: that node's run, the version, and how far it is.
    pub(super) fn take(&self, key: &Key, run: u32, version: u64, seq: Seq) -> Option<Known> {
        let bytes = {
            let mut elsewhere = self.elsewhere.lock();
            let heard = elsewhere.heard.get(key)?;
            if heard.run != run || heard.version != version {
                return None;
            }
            heard.bytes.clone()
        };
        let told: Told = serde_json::from_slice(&bytes).ok()?;
        told.known(seq)
    }
}

/// Says what a connection's client knows; nothing: it is too much.
pub(super) fn tell(key: &Key, run: u32, known: &Known) -> Option<Vec<u8>> {
    let mut states: Vec<&Arc<RequiredState>> = Vec::new();
    let mut rooms = Vec::with_capacity(known.rooms.len());
    for (room, sent) in &known.rooms {
        let place = states.iter().position(|state| Arc::ptr_eq(state, &sent.state));
        let place = place.unwrap_or_else(|| {
            states.push(&sent.state);
            states.len() - 1
        });
        rooms.push((*room, sent.upto, sent.shown, place));
    }
    let told = Told {
        user: key.user.clone(),
        device: key.device.clone(),
        conn_id: key.conn_id.clone(),
        run,
        version: known.version,
        states: states.into_iter().map(|state| (**state).clone()).collect(),
        rooms,
        account_data: known.account_data.clone(),
        receipts: known.receipts.clone(),
        typing: known.typing.clone(),
    };
    serde_json::to_vec(&told).ok().filter(|bytes| bytes.len() <= ONE_MAX)
}

impl Told {
    /// What the client knows who has everything of its windows up to `seq`. Which members it has is not told: it is sent
    /// some of them again.
    fn known(self, seq: Seq) -> Option<Known> {
        let states: Vec<_> = self.states.into_iter().map(Arc::new).collect();
        let mut rooms = HashMap::with_capacity(self.rooms.len());
        for (room, upto, shown, state) in self.rooms {
            let state = Arc::clone(states.get(state)?);
            rooms.insert(room, Sent { upto, shown, state, members: Box::default() });
        }
        Some(Known {
            seq,
            ephemeral: 0,
            version: self.version,
            rooms,
            account_data: self.account_data,
            receipts: self.receipts,
            typing: self.typing,
            states,
        })
    }
}

#[cfg(test)]
mod tests;
