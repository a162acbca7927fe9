//! The time by which messages are taken out for good. A clock that was set far ahead would take out what rooms still keep,
//! and nothing could bring it back: so a time is believed that the other nodes' clocks have reached, too, and to which
//! this one did not jump.

use std::{sync::Arc, time::Duration};

use alphorn_model::TimestampMs;
use tokio::time::Instant;

/// Tells what the slowest clock of the other nodes says; nothing, where no other is heard.
pub type OtherClocks = Arc<dyn Fn() -> Option<TimestampMs> + Send + Sync>;

/// How far ahead of what it should be a clock may be. Servers are also stopped for a while.
const JUMP_MS: TimestampMs = 3_600_000;

/// After this long at the same wrong place a clock was right, and the time before wrong: whoever looks after the server
/// had a day to put it right.
const DOUBT_LASTS: Duration = Duration::from_secs(24 * 3_600);

/// What the clock said when it was believed last, and since when it is not.
pub(super) struct TrustedTime {
    time: TimestampMs,
    at: Instant,
    doubted: Option<Instant>,
}

impl TrustedTime {
    /// Begins with a time that has passed for sure.
    pub(super) const fn from(time: TimestampMs, at: Instant) -> Self {
        Self { time, at, doubted: None }
    }

    /// What time it is at least, where the clock says `wall`.
    pub(super) fn now(&mut self, wall: TimestampMs, at: Instant, others: Option<TimestampMs>) -> TimestampMs {
        let passed = u64::try_from(at.duration_since(self.at).as_millis()).unwrap_or(u64::MAX);
        let steady = self.time.saturating_add(passed);
        let mut own = wall;
        if wall > steady.saturating_add(JUMP_MS) {
            let since = *self.doubted.get_or_insert_with(|| {
                tracing::warn!(
                    ahead_s = (wall - steady) / 1_000,
                    "the clock is far ahead of the last record: what rooms do not keep is hidden, and taken out after a day"
                );
                at
            });
            if at.duration_since(since) < DOUBT_LASTS {
                own = steady;
            }
        }
        if own == wall {
            *self = Self::from(wall, at);
        }
        others.map_or(own, |others| own.min(others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: TimestampMs = 3_600_000;
    const START: TimestampMs = 1_000 * HOUR;

    /// Asks after so many hours from the start.
    fn ask(time: &mut TrustedTime, from: Instant, hours: u64, wall: TimestampMs) -> TimestampMs {
        time.now(wall, from + Duration::from_secs(hours * 3_600), None)
    }

    #[tokio::test]
    async fn a_clock_that_goes_its_way_is_believed() {
        let from = Instant::now();
        let mut time = TrustedTime::from(START, from);
        for hours in [0, 1, 5, 300] {
            assert_eq!(ask(&mut time, from, hours, START + hours * HOUR + 7), START + hours * HOUR + 7);
        }
        // Back is always possible.
        assert_eq!(ask(&mut time, from, 301, START), START);
    }

    #[tokio::test]
    async fn a_jump_is_believed_after_a_day_and_forgotten_when_it_is_put_right() {
        let from = Instant::now();
        let mut time = TrustedTime::from(START, from);
        let year = 24 * 365 * HOUR;
        assert_eq!(ask(&mut time, from, 1, START + year), START + HOUR);
        assert_eq!(ask(&mut time, from, 20, START + year), START + 20 * HOUR);
        assert_eq!(ask(&mut time, from, 21, START + 21 * HOUR), START + 21 * HOUR);
        assert_eq!(ask(&mut time, from, 30, START + year), START + 30 * HOUR, "doubted anew");
        assert_eq!(ask(&mut time, from, 53, START + year), START + 53 * HOUR);
        assert_eq!(ask(&mut time, from, 54, START + year), START + year);
        assert_eq!(ask(&mut time, from, 55, START + year + HOUR), START + year + HOUR);
    }

    #[tokio::test]
    async fn the_slowest_clock_counts() {
        let from = Instant::now();
        let mut time = TrustedTime::from(START, from);
        assert_eq!(time.now(START + 9, from, Some(START + 3)), START + 3);
        assert_eq!(time.now(START + 9, from, Some(START + HOUR)), START + 9);
    }
}
