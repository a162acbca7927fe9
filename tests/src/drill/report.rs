//! What a run says in the end.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::fault::Drill;
use super::figures::Figures;
use super::verdict::Findings;

/// One round.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// What was done, in words.
    pub words: String,
    /// From the fault until all was well again, the time in which it was left as it was among it.
    pub healed: Duration,
    /// What clients saw.
    pub figures: Figures,
    /// What the verdict is.
    pub findings: Findings,
}

impl fmt::Display for Round {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { words, healed, figures, findings } = self;
        writeln!(formatter, "{words}; all well again after {}", seconds(*healed))?;
        let mut line = |name: &str, value: String| writeln!(formatter, "  {name:44} {value}");
        match &figures.first_failure {
            None => line("first failed request", "none".to_owned())?,
            Some((after, what)) => line("first failed request", format!("{}, {what}", seconds(*after)))?,
        }
        if let Some(after) = figures.first_success {
            line("then the first success after", seconds(after))?;
            line("longest until a failing client was served", seconds(figures.served_again))?;
        }
        line(
            "requests sent again: writes, syncs",
            format!("{}, {}", figures.writes_failed, figures.syncs_failed),
        )?;
        line("longest time without an acknowledged write", seconds(figures.write_gap))?;
        line("longest time without a read", seconds(figures.read_gap))?;
        let first = figures.read_failure.as_deref().unwrap_or("none");
        line("failed reads at nodes that were up", format!("{} ({first})", figures.reads_failed))?;
        for (node, after) in &figures.unready {
            line(&format!("node {node} not ready from"), seconds(*after))?;
        }
        line("worst delay from acknowledgement to sync", seconds(figures.worst_delay))?;
        line(
            "messages acknowledged, lost, doubled, reordered",
            format!("{}, {}, {}, {}", figures.writes, findings.lost, findings.doubled, findings.reordered),
        )?;
        findings.faults.iter().try_for_each(|fault| writeln!(formatter, "  FAULT {fault}"))
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}

/// The whole run.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The seed.
    pub seed: u64,
    /// Rounds without a fault.
    pub passed: u32,
    /// Rounds with a fault, and those that were not run for want of time.
    pub failed: u32,
    /// Clusters that were made.
    pub worlds: u32,
    /// Store checks, of one node each.
    pub store_checks: u32,
    /// All rounds, by what was done in them.
    pub rounds: BTreeMap<Drill, Vec<Round>>,
    /// What was wrong.
    pub faults: Vec<String>,
}

impl Summary {
    fn all(&self) -> impl Iterator<Item = &Round> {
        self.rounds.values().flatten()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "| drill | rounds | sent again (writes, syncs) | failing client served within | no write for | \
             no read for | reads failed | worst delay |"
        )?;
        writeln!(formatter, "|---|---|---|---|---|---|---|---|")?;
        for (drill, rounds) in &self.rounds {
            let most = |of: fn(&Figures) -> Duration| {
                let mut all: Vec<Duration> = rounds.iter().map(|round| of(&round.figures)).collect();
                all.sort();
                let middle = all.get(all.len() / 2).copied().unwrap_or_default();
                format!("{} / {}", seconds(middle), seconds(all.last().copied().unwrap_or_default()))
            };
            let sum =
                |of: fn(&Figures) -> usize| rounds.iter().map(|round| of(&round.figures)).sum::<usize>();
            writeln!(
                formatter,
                "| {drill} | {} | {}, {} | {} | {} | {} | {} | {} |",
                rounds.len(),
                sum(|figures| figures.writes_failed),
                sum(|figures| figures.syncs_failed),
                most(|figures| figures.served_again),
                most(|figures| figures.write_gap),
                most(|figures| figures.read_gap),
                sum(|figures| figures.reads_failed),
                most(|figures| figures.worst_delay),
            )?;
        }
        let sum = |of: fn(&Round) -> usize| self.all().map(of).sum::<usize>();
        writeln!(formatter, "(times: median / worst)\n")?;
        writeln!(
            formatter,
            "seed {}: {} clusters, {} messages acknowledged, {} lost, {} doubled, {} reordered; {} events compared, {} \
             stores checked",
            self.seed,
            self.worlds,
            sum(|round| round.figures.writes),
            sum(|round| round.findings.lost),
            sum(|round| round.findings.doubled),
            sum(|round| round.findings.reordered),
            sum(|round| round.findings.events),
            self.store_checks,
        )?;
        for fault in &self.faults {
            writeln!(formatter, "FAULT {fault}")?;
        }
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}
