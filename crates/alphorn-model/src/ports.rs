//! Ports: time, randomness and the destination of the log's records are passed in.

use std::sync::Arc;

use bytes::Bytes;

use crate::{Aggregate, Record, Seq, TimestampMs};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> TimestampMs;
}

/// Gives randomness fit for secrets.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now_ms(&self) -> TimestampMs {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
    }
}

/// The operating system's randomness, through a per-thread generator that it seeds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::RngCore::fill_bytes(&mut rand::rng(), bytes);
    }
}

/// Why a sink could not take records.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SinkError {
    /// No room on the disk; nothing was changed and later attempts may succeed.
    #[error("the disk is full")]
    Full,
    /// The storage failed in a way after which its content must not be trusted to grow.
    #[error("storage failed: {0}")]
    Broken(String),
}

/// A digest of the log from its beginning: equal on nodes that have the same records in the same order.
pub type Digest = [u8; 32];

/// A record as a log elsewhere delivers it.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Its sequence number.
    pub seq: Seq,
    /// What it says.
    pub record: Arc<Record>,
    /// Its bytes on the log, which go to the store as they are.
    pub body: Bytes,
}

/// What a store made of a delivered record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The record's sequence number.
    pub seq: Seq,
    /// Whether it counted; a record that lost its race, or came twice, is void.
    pub counts: bool,
    /// The log up to and including it.
    pub digest: Digest,
}

/// Where the log's records end: the store's writer. One caller at a time, in order.
pub trait Sink: Send + 'static {
    /// The last sequence number that is durably applied.
    fn applied(&self) -> Seq;

    /// For a log that is this store itself: checks each record's precondition, gives the next
    /// sequence numbers to those that pass, applies them and makes all durable in one transaction.
    /// The answer has one entry a record; `None`: lost its race, nothing of it was kept.
    ///
    /// # Errors
    /// On an error nothing of the batch is kept.
    fn propose(&mut self, records: Vec<Record>) -> Result<Vec<Option<Seq>>, SinkError>;

    /// For a log elsewhere: applies records that have their sequence numbers already, each one more
    /// than the one before. Those at or below [`Sink::applied`] are skipped and have no verdict.
    ///
    /// # Errors
    /// On an error nothing of the batch is kept.
    fn apply(&mut self, records: &[Delivered]) -> Result<Vec<Verdict>, SinkError>;

    /// Like [`Sink::apply`], where many more records follow at once: what it took counts when [`Sink::applied`]
    /// has reached it, which the next call of [`Sink::apply`] brings about at the latest.
    ///
    /// # Errors
    /// On an error nothing is kept of what [`Sink::applied`] has not reached.
    fn apply_ahead(&mut self, records: &[Delivered]) -> Result<Vec<Verdict>, SinkError> {
        self.apply(records)
    }

    /// Everything that was on the log when it was looked at last is applied: a store that is made for the first time is
    /// whole.
    ///
    /// # Errors
    /// When the storage cannot keep it.
    fn caught_up(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    /// The last record of an aggregate that counted; 0: there is none.
    ///
    /// # Errors
    /// When the storage cannot be read.
    fn head(&self, aggregate: &Aggregate) -> Result<Seq, SinkError>;
}
