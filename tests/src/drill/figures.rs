//! What a round meant for those who were there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::book::{Entry, Who};

/// The figures of one round, from the moment of the fault on.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// The first failed request of a client that goes from node to node: when, and what.
    pub first_failure: Option<(Duration, String)>,
    /// From the first such failure to the first success of one that had failed.
    pub first_success: Option<Duration>,
    /// The longest time from a client's failed attempt to its next success.
    pub served_again: Duration,
    /// Writes that had to be sent again.
    pub writes_failed: usize,
    /// Syncs that had to be sent again.
    pub syncs_failed: usize,
    /// Failed reads at nodes that were up.
    pub reads_failed: usize,
    /// The first of them.
    pub read_failure: Option<String>,
    /// Writes that were acknowledged.
    pub writes: usize,
    /// The longest time in which nothing was acknowledged.
    pub write_gap: Duration,
    /// The longest time in which nobody read anything.
    pub read_gap: Duration,
    /// When a node first said that it is not ready, by node; the fault may make it silent as well.
    pub unready: BTreeMap<usize, Duration>,
    /// The longest time from an acknowledgement to the last observer's seeing it.
    pub worst_delay: Duration,
}

impl Figures {
    /// From a round's entries, in the order in which they ended. `down`: nodes of which no answer is expected.
    #[must_use]
    pub fn of(entries: &[Entry], at: Instant, down: &[usize]) -> Self {
        let mut figures = Self::default();
        let mut failing: BTreeMap<Who, Instant> = BTreeMap::new();
        let mut first_failure = None;
        for entry in entries.iter().filter(|entry| entry.ended >= at) {
            match (entry.who, &entry.failure) {
                (Who::Writer(_) | Who::Observer(_), None) => {
                    if matches!(entry.who, Who::Writer(_)) {
                        figures.writes += 1;
                    }
                    if let Some(since) = failing.remove(&entry.who) {
                        figures.served_again = figures.served_again.max(entry.ended - since);
                        let first = first_failure.unwrap_or(since);
                        figures.first_success.get_or_insert(entry.ended - first);
                    }
                }
                (Who::Writer(_) | Who::Observer(_), Some(why)) => {
                    first_failure.get_or_insert(entry.ended);
                    figures.failed(entry, why, at);
                    failing.entry(entry.who).or_insert(entry.started.max(at));
                }
                (Who::Reader(node), Some(why)) if !down.contains(&node) => {
                    figures.reads_failed += 1;
                    figures.read_failure.get_or_insert_with(|| format!("node {node}: {why}"));
                }
                (Who::Balancer(node), Some(_)) => {
                    figures.unready.entry(node).or_insert(entry.ended - at);
                }
                (Who::Reader(_) | Who::Balancer(_), _) => {}
            }
        }
        figures.write_gap = gap(entries, at, |who| matches!(who, Who::Writer(_)));
        figures.read_gap = gap(entries, at, |who| matches!(who, Who::Observer(_) | Who::Reader(_)));
        figures
    }

    fn failed(&mut self, entry: &Entry, why: &str, at: Instant) {
        match entry.who {
            Who::Writer(_) => self.writes_failed += 1,
            _ => self.syncs_failed += 1,
        }
        let told = || (entry.ended - at, format!("{:?} at node {}: {why}", entry.who, entry.node));
        self.first_failure.get_or_insert_with(told);
    }
}

/// The longest time after `at` without a success.
fn gap(entries: &[Entry], at: Instant, of: impl Fn(Who) -> bool) -> Duration {
    let mut last = at;
    let mut longest = Duration::ZERO;
    for entry in entries.iter().filter(|entry| entry.failure.is_none() && of(entry.who)) {
        if entry.ended > last {
            longest = longest.max(entry.ended - last);
            last = entry.ended;
        }
    }
    longest
}

/// The longest time from an acknowledgement to an observer's seeing it.
#[must_use]
pub fn worst_delay(
    acked: &BTreeMap<String, Instant>,
    seen: &[&BTreeMap<String, Instant>],
    since: Instant,
) -> Duration {
    let recent: BTreeSet<&String> =
        acked.iter().filter(|(_, at)| **at >= since).map(|(event, _)| event).collect();
    let delays = seen.iter().flat_map(|seen| {
        let known = recent.iter().filter_map(|event| Some((acked.get(*event)?, seen.get(*event)?)));
        known.map(|(acked, seen)| seen.saturating_duration_since(*acked))
    });
    delays.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(who: Who, base: Instant, from: u64, to: u64, failure: Option<&str>) -> Entry {
        let at = |ms| base + Duration::from_millis(ms);
        Entry { who, node: 0, started: at(from), ended: at(to), failure: failure.map(str::to_owned) }
    }

    #[test]
    fn an_outage_is_measured_from_the_first_failed_attempt_to_the_next_success() {
        let base = Instant::now();
        let (one, two) = (Who::Writer(0), Who::Writer(1));
        let entries = [
            entry(one, base, 0, 90, None),
            entry(one, base, 95, 200, Some("broken")),
            entry(one, base, 200, 300, Some("503")),
            entry(two, base, 100, 350, None),
            entry(Who::Reader(1), base, 100, 360, Some("503")),
            entry(Who::Reader(2), base, 100, 370, Some("dead")),
            entry(one, base, 300, 900, None),
            entry(Who::Balancer(1), base, 900, 950, Some("503")),
        ];
        let figures = Figures::of(&entries, base + Duration::from_millis(100), &[2]);
        let ms = Duration::from_millis;
        assert_eq!(figures.first_failure.unwrap().0, ms(100));
        assert_eq!(figures.first_success, Some(ms(700)));
        assert_eq!(figures.served_again, ms(800), "the attempt was under way when the fault came");
        assert_eq!((figures.writes, figures.writes_failed, figures.reads_failed), (2, 2, 1));
        assert_eq!(figures.write_gap, ms(550));
        assert_eq!(figures.unready.get(&1), Some(&ms(850)));
    }

    #[test]
    fn the_worst_delay_is_that_of_the_last_observer() {
        let base = Instant::now();
        let at = |ms| base + Duration::from_millis(ms);
        let acked = BTreeMap::from([("$1".to_owned(), at(10)), ("$2".to_owned(), at(20))]);
        let quick = BTreeMap::from([("$1".to_owned(), at(5)), ("$2".to_owned(), at(25))]);
        let slow = BTreeMap::from([("$1".to_owned(), at(500)), ("$2".to_owned(), at(60))]);
        assert_eq!(worst_delay(&acked, &[&quick, &slow], at(0)), Duration::from_millis(490));
        assert_eq!(worst_delay(&acked, &[&quick, &slow], at(15)), Duration::from_millis(40));
    }
}
