//! Recently used records in decoded form: the tails of busy rooms are read by many clients at once.

use std::{num::NonZeroUsize, sync::Arc};

use alphorn_model::{Aggregate, Record, Seq};
use lru::LruCache;
use parking_lot::Mutex;

/// Most records kept; together with [`BYTES_MAX`] this bounds the cache's memory.
const RECORDS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// Most bytes of record bodies kept.
const BYTES_MAX: usize = 6 << 20;

struct Inner {
    records: LruCache<Seq, (Arc<Record>, usize)>,
    bytes: usize,
}

/// A bounded cache of records by sequence number. Records change only where contents expire, and are forgotten then.
pub(crate) struct RecordCache(Mutex<Inner>);

impl RecordCache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Inner { records: LruCache::new(RECORDS_MAX), bytes: 0 }))
    }

    pub(crate) fn get(&self, seq: Seq) -> Option<Arc<Record>> {
        self.0.lock().records.get(&seq).map(|(record, _)| Arc::clone(record))
    }

    pub(crate) fn put(&self, seq: Seq, record: Arc<Record>, bytes: usize) {
        if bytes > BYTES_MAX / 16 {
            return;
        }
        let mut inner = self.0.lock();
        if let Some((_, (_, evicted))) = inner.records.push(seq, (record, bytes)) {
            inner.bytes = inner.bytes.saturating_sub(evicted);
        }
        inner.bytes += bytes;
        while inner.bytes > BYTES_MAX {
            let Some((_, (_, evicted))) = inner.records.pop_lru() else { break };
            inner.bytes = inner.bytes.saturating_sub(evicted);
        }
    }

    /// Forgets the records of an aggregate up to one: contents of theirs expired.
    pub(crate) fn forget(&self, aggregate: &Aggregate, upto: Seq) {
        let mut inner = self.0.lock();
        let of = |(seq, (record, _)): &(&Seq, &(Arc<Record>, usize))| {
            **seq <= upto && record.aggregate == *aggregate
        };
        let gone: Vec<Seq> = inner.records.iter().filter(of).map(|(seq, _)| *seq).collect();
        for seq in gone {
            if let Some((_, bytes)) = inner.records.pop(&seq) {
                inner.bytes = inner.bytes.saturating_sub(bytes);
            }
        }
    }
}
