//! SIGKILL at random moments under mixed load. `ALPHORN_KILL_ROUNDS` and `ALPHORN_KILL_SEED` change what is
//! run here; hundreds of rounds are for the `kill-test` program.

use alphorn_tests::binary::environment;
use alphorn_tests::kill::{self, Settings};

/// Rounds of an ordinary test run.
const ROUNDS: u32 = 6;

#[tokio::test]
async fn nothing_acknowledged_is_lost_doubled_or_reordered_by_a_kill() {
    let number = |name: &str| environment(name).map(|text| text.parse().expect("a number"));
    let rounds = number("ALPHORN_KILL_ROUNDS").map_or(ROUNDS, |rounds: u64| u32::try_from(rounds).unwrap());
    let seed = number("ALPHORN_KILL_SEED").unwrap_or_else(rand::random);
    let settings = Settings { rounds, seed, rounds_per_world: 20, check_every: 3, ..Settings::default() };

    let summary = Box::pin(kill::run(&settings)).await;

    println!("{summary}");
    assert_eq!(summary.failed, 0, "{summary}");
    assert_eq!(summary.passed, rounds);
    assert!(summary.counts.get("messages").is_some_and(|count| *count > 0), "no load: {summary}");
}
