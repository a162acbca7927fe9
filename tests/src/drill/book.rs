//! Every request that clients of a drill made, with what came of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Entries kept: a drill of an hour has fewer.
const ENTRIES_MAX: usize = 4_000_000;

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A writer, which goes from node to node.
    Writer(usize),
    /// An observer by sync, which goes from node to node.
    Observer(usize),
    /// Somebody who reads history, always at one node.
    Reader(usize),
    /// A load balancer that asks one node whether it is ready.
    Balancer(usize),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who asked.
    pub who: Who,
    /// Which node.
    pub node: usize,
    /// When it was sent.
    pub started: Instant,
    /// When it was answered, or given up.
    pub ended: Instant,
    /// Why it was no success.
    pub failure: Option<String>,
}

/// The book. Clones are the same book.
#[derive(Clone, Debug, Default)]
pub struct Book(Arc<Mutex<Vec<Entry>>>);

impl Book {
    /// Notes a request that ends now.
    pub fn note(&self, who: Who, node: usize, started: Instant, failure: Option<String>) {
        self.note_at(who, node, started, Instant::now(), failure);
    }

    /// Notes a request.
    pub fn note_at(&self, who: Who, node: usize, started: Instant, ended: Instant, failure: Option<String>) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() < ENTRIES_MAX {
            entries.push(Entry { who, node, started, ended, failure });
        }
    }

    /// Takes all entries out, in the order in which they ended.
    #[must_use]
    pub fn take(&self) -> Vec<Entry> {
        let mut entries = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        entries.sort_by_key(|entry| entry.ended);
        entries
    }
}
