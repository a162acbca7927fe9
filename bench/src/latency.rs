//! Many durations and what is worth knowing of them.

use std::time::Duration;

/// Measured durations. Kept whole: a run has at most some million of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    micros: Vec<u64>,
}

impl Latencies {
    /// Adds one.
    pub(crate) fn add(&mut self, latency: Duration) {
        self.micros.push(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// Takes over those of another collection.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.micros.append(&mut other.micros);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.micros.len()
    }

    /// The smallest one that `percent` of all do not exceed (nearest rank), in milliseconds.
    pub(crate) fn percentile_ms(&self, percent: f64) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        let rank = (percent / 100.0 * as_float(sorted.len())).ceil();
        let index = (1..=sorted.len()).find(|rank_here| as_float(*rank_here) >= rank).unwrap_or(sorted.len());
        let micros = sorted.get(index.saturating_sub(1)).copied().unwrap_or(0);
        Duration::from_micros(micros).as_secs_f64() * 1000.0
    }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts here stay far below 2^53")]
pub(crate) fn as_float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::Latencies;
    use std::time::Duration;

    #[test]
    fn percentiles_are_measured_values() {
        let mut latencies = Latencies::default();
        for ms in (1..=100).rev() {
            latencies.add(Duration::from_millis(ms));
        }
        assert_eq!(latencies.percentile_ms(50.0), 50.0);
        assert_eq!(latencies.percentile_ms(99.0), 99.0);
        assert_eq!(latencies.percentile_ms(100.0), 100.0);
        assert_eq!(latencies.percentile_ms(0.0), 1.0);
        assert_eq!(Latencies::default().percentile_ms(99.0), 0.0);
    }

    #[test]
    fn one_value_is_every_percentile() {
        let mut latencies = Latencies::default();
        latencies.add(Duration::from_micros(1500));
        assert_eq!(latencies.percentile_ms(50.0), 1.5);
        assert_eq!(latencies.percentile_ms(99.9), 1.5);
    }
}
