//! Figures of the log: a log around the log that measures how long it takes and what comes of it.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use alphorn_log::{Log, Outcome, Refused};
use alphorn_model::{Clock as _, Record, SystemClock, TimestampMs};
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::Metrics;

/// What can come of an append, as the figures name it.
pub(super) const OUTCOMES: [&str; 4] = ["committed", "conflict", "refused", "unknown"];
/// For how long a refused write makes the server unready: after that, the next write shows.
const REFUSAL_MS: TimestampMs = 10_000;

/// Measures another log.
pub(crate) struct TimedLog<L> {
    inner: L,
    metrics: Arc<Metrics>,
}

impl<L> TimedLog<L> {
    /// Around `inner`.
    pub(crate) fn new(inner: L, metrics: Arc<Metrics>) -> Self {
        Self { inner, metrics }
    }
}

impl<L: Log> Log for TimedLog<L> {
    fn append(&self, record: Record) -> BoxFuture<'static, Outcome> {
        let (appended, metrics) = (self.inner.append(record), Arc::clone(&self.metrics));
        Box::pin(async move {
            let start = Instant::now();
            let outcome = appended.await;
            metrics.appends.add(start.elapsed());
            metrics.note_outcome(&outcome);
            outcome
        })
    }

    fn barrier(&self) -> BoxFuture<'static, Result<(), Refused>> {
        self.inner.barrier()
    }

    fn is_behind(&self) -> bool {
        self.inner.is_behind()
    }
}

impl Metrics {
    fn note_outcome(&self, outcome: &Outcome) {
        let index = match outcome {
            Outcome::Committed(seq) => {
                self.log_head.fetch_max(*seq, Relaxed);
                self.refused_at_ms.store(0, Relaxed);
                0
            }
            Outcome::Conflict => 1,
            Outcome::NotCommitted(why) => {
                if matches!(why, Refused::DiskFull | Refused::Broken(_)) {
                    self.refused_at_ms.store(SystemClock.now_ms(), Relaxed);
                }
                2
            }
            Outcome::Unknown => 3,
        };
        if let Some(counter) = self.append_outcomes.get(index) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// Whether the last write was refused a short while ago for a reason that concerns all writes.
    pub(crate) fn writes_refused(&self, now_ms: TimestampMs) -> bool {
        let refused_at = self.refused_at_ms.load(Relaxed);
        refused_at != 0 && now_ms.saturating_sub(refused_at) < REFUSAL_MS
    }

    /// Notes how far the log is when it is opened.
    pub(crate) fn log_opened_at(&self, seq: u64) {
        self.log_head.fetch_max(seq, Relaxed);
    }

    pub(super) fn write_log(&self, page: &mut String) -> std::fmt::Result {
        writeln!(page, "# TYPE alphorn_log_head gauge\nalphorn_log_head {}", self.log_head.load(Relaxed))?;
        writeln!(page, "# TYPE alphorn_log_appends_total counter")?;
        for (name, counter) in OUTCOMES.iter().zip(&self.append_outcomes) {
            writeln!(page, "alphorn_log_appends_total{{outcome=\"{name}\"}} {}", counter.load(Relaxed))?;
        }
        writeln!(page, "# TYPE alphorn_log_append_seconds histogram")?;
        self.appends.write(page, "alphorn_log_append_seconds", "")
    }
}
