//! The store: one transaction with a batch of messages, and reading a timeline.

use std::sync::Arc;

use alphorn_model::{Position, Record, Sink as _};
use alphorn_store::{Store, Writer};
use criterion::{BatchSize, Criterion, Throughput};

use crate::fixture::Room;

/// A room in a store of its own.
struct Stored {
    room: Room,
    writer: Writer,
    store: Store,
    records: u64,
    _folder: tempfile::TempDir,
}

impl Stored {
    fn new(members: usize, durable: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, writer) =
            Store::open(&folder.path().join("bench.db"), durable, Arc::new(())).expect("a store");
        let mut stored =
            Self { room: Room::with_members(members), writer, store, records: 0, _folder: folder };
        let history = std::mem::take(&mut stored.room.history);
        let records = history.into_iter().map(|facts| stored.name(facts)).collect();
        stored.propose(records);
        stored
    }

    fn name(&mut self, facts: Vec<alphorn_model::Fact>) -> Record {
        self.records += 1;
        self.room.record(facts, self.records, None)
    }

    /// The records of the next messages, decided one on top of the other.
    fn next_batch(&mut self, size: usize) -> Vec<Record> {
        let mut records = Vec::with_capacity(size);
        for _ in 0..size {
            let facts = self.room.decide_next();
            self.room.take(facts.clone());
            records.push(self.name(facts));
        }
        self.room.history.clear();
        records
    }

    fn propose(&mut self, records: Vec<Record>) {
        let outcomes = self.writer.propose(records).expect("the store takes them");
        assert!(outcomes.iter().all(Option::is_some), "a record was void");
    }
}

/// A batch of messages in one transaction: with the flush, and without it for the processor time alone.
pub(crate) fn propose(criterion: &mut Criterion) {
    for (name, durable) in [("flushed", true), ("not flushed", false)] {
        let mut group = criterion.benchmark_group(format!("store: one transaction, {name}"));
        for size in [1_usize, 16, 64] {
            let stored = std::cell::RefCell::new(Stored::new(100, durable));
            group.throughput(Throughput::Elements(u64::try_from(size).expect("small")));
            group.bench_function(format!("{size} messages"), |bencher| {
                bencher.iter_batched(
                    || stored.borrow_mut().next_batch(size),
                    |records| stored.borrow_mut().propose(records),
                    BatchSize::PerIteration,
                );
            });
        }
        group.finish();
    }
}

/// The newest twenty events of a room, as every sync reads them.
pub(crate) fn timeline(criterion: &mut Criterion) {
    let mut stored = Stored::new(100, false);
    for _ in 0..20 {
        let batch = stored.next_batch(100);
        stored.propose(batch);
    }
    let (store, id) = (stored.store.clone(), stored.room.id.to_string());
    criterion.bench_function("store: read the newest 20 events", |bencher| {
        bencher.iter(|| {
            let events = store.read(|reader| {
                let room = reader.room(&id)?.expect("the room");
                reader.timeline_backwards(room.nid, Position::START, Position::END, 20)
            });
            let events: Vec<_> = events.unwrap_or_else(|error: alphorn_store::StoreError| panic!("{error}"));
            assert_eq!(events.len(), 20);
        });
    });
}
