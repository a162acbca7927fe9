//! A replicated log in memory with seeded faults: lost races, refusals, ambiguous answers, delays,
//! crashes of the node, holes in delivery. The same seed gives the same faults for the same calls.

use std::{collections::HashMap, sync::Arc, time::Duration};

use alphorn_model::{Delivered, Record, RecordId, Seq, Sink};
use futures_util::{FutureExt as _, future::BoxFuture};
use parking_lot::Mutex;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::{Log, Outcome, Refused, embedded::refused};

/// How often things go wrong, each from 0 (never) to 1 (always).
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Another node's record for the same aggregate gets in first (a harmless one of this log's making).
    pub conflict: f64,
    /// The record is refused.
    pub refused: f64,
    /// The answer is lost although the record was stored.
    pub ambiguous_stored: f64,
    /// The answer is lost and the record too.
    pub ambiguous_lost: f64,
    /// The answer is late.
    pub delay: f64,
    /// A delivery to the store has a hole, which is found and filled before anything is applied.
    pub gap: f64,
}

struct Inner {
    random: StdRng,
    faults: Faults,
    records: Vec<Record>,
    heads: HashMap<String, Seq>,
    known: HashMap<RecordId, Seq>,
    sink: Option<Box<dyn Sink>>,
}

/// The simulated log.
#[derive(Clone)]
pub struct Simulated(Arc<Mutex<Inner>>);

impl Simulated {
    /// A log that delivers to `sink`.
    #[must_use]
    pub fn new(seed: u64, faults: Faults, sink: Box<dyn Sink>) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            random: StdRng::seed_from_u64(seed),
            faults,
            records: Vec::new(),
            heads: HashMap::new(),
            known: HashMap::new(),
            sink: Some(sink),
        })))
    }

    /// The node dies: its store gets nothing any more until [`Simulated::restart`].
    pub fn crash(&self) {
        self.0.lock().sink = None;
    }

    /// The node is back with a store that is perhaps behind: it gets everything it lacks.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn restart(&self, sink: Box<dyn Sink>) -> Result<(), Refused> {
        let mut inner = self.0.lock();
        inner.sink = Some(sink);
        inner.deliver()
    }

    /// All records that count, in order.
    #[must_use]
    pub fn records(&self) -> Vec<(Seq, Record)> {
        self.0.lock().records.iter().enumerate().map(|(at, record)| (at as Seq + 1, record.clone())).collect()
    }

    /// Changes how often things go wrong.
    pub fn set_faults(&self, faults: Faults) {
        self.0.lock().faults = faults;
    }
}

impl Inner {
    fn store(&mut self, record: Record) -> Outcome {
        if let Some(seq) = self.known.get(&record.id) {
            return Outcome::Committed(*seq);
        }
        let key = record.aggregate.key();
        let head = self.heads.get(&key).copied().unwrap_or(0);
        if record.prev.is_some_and(|expected| expected != head) {
            return Outcome::Conflict;
        }
        let seq = self.records.len() as Seq + 1;
        self.heads.insert(key, seq);
        self.known.insert(record.id.clone(), seq);
        self.records.push(record);
        Outcome::Committed(seq)
    }

    /// Gives the store what it lacks, in order.
    fn deliver(&mut self) -> Result<(), Refused> {
        let Some(sink) = &mut self.sink else { return Err(Refused::Stopping) };
        let from = usize::try_from(sink.applied()).unwrap_or(usize::MAX);
        let mut missing: Vec<_> = self
            .records
            .iter()
            .enumerate()
            .skip(from)
            .map(|(at, record)| delivered(at as Seq + 1, record))
            .collect();
        if missing.len() > 1 && self.random.random_bool(self.faults.gap) {
            // The first piece arrives without its end; the rest is fetched once the hole is seen.
            let rest = missing.split_off(missing.len() / 2);
            sink.apply(&missing).map_err(refused)?;
            missing = rest;
        }
        sink.apply(&missing).map_err(refused)?;
        sink.caught_up().map_err(refused)
    }

    fn append(&mut self, record: Record) -> (Outcome, Duration) {
        let faults = self.faults;
        let delay = if self.random.random_bool(faults.delay) { self.random.random_range(1..5) } else { 0 };
        let delay = Duration::from_millis(delay);
        if self.sink.is_none() || self.random.random_bool(faults.refused) {
            return (Outcome::NotCommitted(Refused::Overloaded), delay);
        }
        if self.random.random_bool(faults.ambiguous_lost) {
            return (Outcome::Unknown, delay);
        }
        if record.prev.is_some() && self.random.random_bool(faults.conflict) {
            let rival = Record {
                id: RecordId(format!("rival-{}", self.records.len())),
                facts: Vec::new(),
                prev: None,
                ..record
            };
            self.store(rival);
            return (self.deliver().map_or_else(Outcome::NotCommitted, |()| Outcome::Conflict), delay);
        }
        let outcome = self.store(record);
        if let Err(why) = self.deliver() {
            tracing::debug!(%why, "the simulated store did not apply");
            return (Outcome::Unknown, delay);
        }
        if self.random.random_bool(faults.ambiguous_stored) {
            return (Outcome::Unknown, delay);
        }
        (outcome, delay)
    }
}

fn delivered(seq: Seq, record: &Record) -> Delivered {
    // What cannot be written cannot be read either: the store says so.
    let body = serde_json::to_vec(record).unwrap_or_default().into();
    Delivered { seq, record: Arc::new(record.clone()), body }
}

impl Log for Simulated {
    fn append(&self, record: Record) -> BoxFuture<'static, Outcome> {
        let inner = Arc::clone(&self.0);
        async move {
            let (outcome, delay) = inner.lock().append(record);
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            outcome
        }
        .boxed()
    }
}
