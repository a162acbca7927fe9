//! One answer of sliding sync, put together from one snapshot of the store.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashSet},
    hash::RandomState,
    sync::Arc,
};

use alphorn_http::{
    engine::{Engine, view::View},
    model::{Aggregate, Fact, Position, Seq, fact::AccountFact},
    store::{Reader, StoreError},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Built,
    connection::{Changes, Connections, Key, Known, Sent},
    extensions::Told,
    face::Directs,
    handover::{self, Handover},
    lists::{RoomTypes, Shown},
    pos::Pos,
    request::Wanted,
    room::RoomBody,
};
use crate::ignored::Ignored;

/// Bytes of rooms in one answer, about: what does not fit comes with the next.
const ROOMS_BYTES_MAX: usize = 4 << 20;

/// Records of the log looked through for receipts; after a longer pause each room is asked instead.
const LOOKED_THROUGH_MAX: Seq = 256;

/// An answer, and whether it says anything new.
pub(super) struct Answer {
    /// The JSON object without `pos`.
    pub(super) json: String,
    pub(super) empty: bool,
    /// What the client knows with it.
    pub(super) changes: Changes,
}

/// Receipts that moved since the last answer.
pub(super) struct Moved {
    /// Rooms with any.
    pub(super) rooms: HashSet<String>,
    /// Rooms with some of the user's own.
    pub(super) own: HashSet<String>,
}

/// What all parts of an answer share.
pub(super) struct Builder<'a> {
    pub(super) engine: &'a Engine,
    pub(super) reader: &'a Reader<'a>,
    pub(super) wanted: &'a Wanted,
    pub(super) known: &'a Known,
    /// The connection begins: nothing is known, not even from when on.
    pub(super) first: bool,
    pub(super) types: &'a RoomTypes,
    pub(super) hasher: &'a RandomState,
    pub(super) view: View<'a>,
    /// The last record of this snapshot.
    pub(super) upto: Seq,
    /// This node's ephemeral position as of the snapshot.
    pub(super) ephemeral: u64,
    /// Nothing: too much happened to look through it.
    pub(super) moved: Option<Moved>,
    pub(super) directs: OnceCell<Directs>,
    pub(super) ignored: Ignored,
}

#[derive(Serialize)]
struct Json {
    #[serde(skip_serializing_if = "Map::is_empty")]
    lists: Map<String, Value>,
    rooms: BTreeMap<String, RoomBody>,
    extensions: Map<String, Value>,
}

/// What the answers of one node have in common.
#[derive(Default)]
pub(crate) struct Shared {
    pub(super) connections: Connections,
    pub(super) handover: Handover,
    pub(super) types: RoomTypes,
    pub(super) hasher: RandomState,
}

impl Shared {
    /// What a client knows that was answered here.
    pub(super) fn take(&self, key: &Key, number: u64) -> Option<Arc<Known>> {
        let taken = self.connections.take(key, number)?;
        if taken.changed {
            self.handover.changed(key);
        }
        Some(taken.known)
    }

    /// What a client knows that was answered by another node, and its number here.
    pub(super) fn take_over(&self, key: &Key, pos: &Pos) -> Option<(u64, Arc<Known>)> {
        let known = self.handover.take(key, pos.token.node, pos.version, pos.token.seq)?;
        Some(self.connections.adopt(key, known))
    }

    /// What other nodes are to be told next: of so many connections at most.
    pub(crate) fn tell(&self, run: u32, limit: usize) -> Vec<Vec<u8>> {
        let keys = self.handover.next(limit);
        let told = keys.iter().filter_map(|key| handover::tell(key, run, &*self.connections.known(key)?));
        told.collect()
    }

    /// Another node began: it is to be told of all connections.
    pub(crate) fn tell_all_again(&self) {
        for key in self.connections.keys() {
            self.handover.changed(&key);
        }
    }

    /// Another node tells of one of its connections.
    pub(crate) fn hear(&self, told: &[u8]) {
        self.handover.hear(told);
    }
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        reader: &'a Reader<'a>,
        shared: &'a Shared,
        wanted: &'a Wanted,
        known: &'a Known,
        first: bool,
    ) -> Built<Self> {
        let ephemeral = engine.ephemera().position();
        let upto = reader.applied()?;
        let moved = if first { None } else { moved(reader, wanted.user.as_str(), known.seq, upto)? };
        Ok(Self {
            view: View::new(reader, wanted.user.as_str(), &wanted.device, engine.now_ms()),
            engine,
            reader,
            wanted,
            known,
            first,
            types: &shared.types,
            hasher: &shared.hasher,
            upto,
            ephemeral,
            moved,
            directs: OnceCell::new(),
            ignored: Ignored::default(),
        })
    }

    pub(super) fn end(&self) -> Position {
        Position::end_of(self.upto)
    }

    pub(super) fn user(&self) -> &str {
        self.wanted.user.as_str()
    }

    pub(super) fn build(&self) -> Built<Answer> {
        let mut listing = self.list()?;
        // What somebody looks at comes first, should not everything fit.
        listing.shown.sort_by_key(|shown| !shown.subscribed);
        let mut changes = Changes { seq: self.upto, ephemeral: self.ephemeral, ..Changes::default() };
        let mut rooms = BTreeMap::new();
        let mut told: Vec<Told<'_>> = Vec::new();
        let mut bytes = 0;
        for shown in &listing.shown {
            if bytes > ROOMS_BYTES_MAX {
                break;
            }
            let outcome = self.room(shown)?;
            if let Some(body) = outcome.body {
                bytes += body.weight();
                rooms.insert(shown.room.room_id.clone(), body);
            }
            if let Some(sent) = outcome.sent {
                changes.rooms.push((shown.room.nid, Some(sent)));
            }
            told.push(Told { shown, whole: outcome.whole, event_ids: outcome.event_ids });
        }
        self.put_aside(&mut changes, &told);
        changes.states = states(&listing.shown);
        let (extensions, news) = self.extensions(&told, &mut changes)?;
        let names = self.wanted.lists.iter().map(|list| list.name.clone());
        let counts = listing.counts.iter().map(|count| serde_json::json!({ "count": count }));
        let lists = names.zip(counts).collect();
        let empty = rooms.is_empty() && !news;
        let json = serde_json::to_string(&Json { lists, rooms, extensions })
            .map_err(|error| StoreError::Inconsistent(error.to_string()))?;
        Ok(Answer { json, empty, changes })
    }

    /// Rooms that left all windows stay as they are until they come back.
    fn put_aside(&self, changes: &mut Changes, told: &[Told<'_>]) {
        let inside: HashSet<i64> = told.iter().map(|told| told.shown.room.nid).collect();
        for (room, sent) in &self.known.rooms {
            if sent.upto.is_none() && !inside.contains(room) {
                let sent = Sent { upto: Some(self.known.seq), ..sent.clone() };
                changes.rooms.push((*room, Some(sent)));
            }
        }
    }
}

/// The configurations in use, each once.
fn states(shown: &[Shown]) -> Vec<Arc<super::required_state::RequiredState>> {
    let mut states: Vec<Arc<_>> = Vec::new();
    for Shown { config, .. } in shown {
        if !states.iter().any(|state| Arc::ptr_eq(state, &config.state)) {
            states.push(Arc::clone(&config.state));
        }
    }
    states
}

/// Looks through the log for receipts.
fn moved(reader: &Reader<'_>, user: &str, after: Seq, upto: Seq) -> Built<Option<Moved>> {
    if upto.saturating_sub(after) > LOOKED_THROUGH_MAX {
        return Ok(None);
    }
    let mut moved = Moved { rooms: HashSet::new(), own: HashSet::new() };
    for seq in after + 1..=upto {
        let Some(record) = reader.record(seq)? else { continue };
        for fact in &record.facts {
            let Fact::Account(AccountFact::ReceiptMoved { room, .. }) = fact else { continue };
            moved.rooms.insert(room.to_string());
            if matches!(&record.aggregate, Aggregate::User(id) if id == user) {
                moved.own.insert(room.to_string());
            }
        }
    }
    Ok(Some(moved))
}
