//! Floor 1: the log - where records become true. [`Log`] is the port; [`Embedded`] is the log of a
//! server on its own, where the store's database is the log; [`JetStream`] is that of a cluster;
//! [`Simulated`] has seeded faults and drives the same engine in tests.

mod embedded;
pub mod jetstream;
mod simulated;

use alphorn_model::{Record, Seq};
use futures_util::future::BoxFuture;

pub use embedded::Embedded;
pub use jetstream::JetStream;
pub use simulated::{Faults, Simulated};

/// What became of a record that was to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable, and this node's store has applied it.
    Committed(Seq),
    /// Its aggregate had moved on: it is not, and never will be, on the log. Load again, decide again.
    Conflict,
    /// It is not, and never will be, on the log.
    NotCommitted(Refused),
    /// It may or may not be on the log: append the same record, with its id, until the answer is definite.
    Unknown,
}

/// Why the log takes no records now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// No room on the disk.
    DiskFull,
    /// The log or the store cannot be written.
    Broken(String),
    /// More records wait than the log has places for.
    Overloaded,
    /// The record is larger than the log takes.
    TooLarge,
    /// The cluster's log does not answer: too few of its servers are reachable.
    NoQuorum,
    /// This node is behind the cluster's log.
    Behind,
    /// This site has a copy of the log, and another one has the log.
    Standby,
    /// The server is stopping.
    Stopping,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DiskFull => f.write_str("the disk is full"),
            Self::Broken(why) => write!(f, "the log cannot be written ({why})"),
            Self::Overloaded => f.write_str("too much is waiting to be written"),
            Self::TooLarge => f.write_str("this is more than the log takes at once"),
            Self::NoQuorum => f.write_str("the cluster's log does not answer"),
            Self::Behind => f.write_str("this node is still reading the cluster's log"),
            Self::Standby => f.write_str("this site can only be read from until it is promoted"),
            Self::Stopping => f.write_str("the server is stopping"),
        }
    }
}

/// The log. An answer of [`Outcome::Committed`] means that the record is durable AND that the local
/// store has applied it: what was written can be read.
pub trait Log: Send + Sync + 'static {
    /// Appends one record. Records of one caller that wait together may share a commit.
    fn append(&self, record: Record) -> BoxFuture<'static, Outcome>;

    /// Waits until the local store has everything that was on the log when this was called.
    ///
    /// # Errors
    /// That this cannot be known, or takes too long.
    fn barrier(&self) -> BoxFuture<'static, Result<(), Refused>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Whether the log may have records that the local store does not have yet.
    fn is_behind(&self) -> bool {
        false
    }
}
