//! `kill-test`: any number of rounds of the kill test, with a summary.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use alphorn_tests::kill::{self, Settings};
use clap::Parser;

/// Kills a server under load with SIGKILL again and again and looks for anything lost, doubled or reordered.
#[derive(Debug, Parser)]
#[command(name = "kill-test")]
struct Arguments {
    /// Rounds, each with one kill at least.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Decides what is done and when the kills come; by default another one for each run.
    #[arg(long)]
    seed: Option<u64>,
    /// Busy users.
    #[arg(long, default_value_t = 6)]
    actors: usize,
    /// Rounds on one data folder.
    #[arg(long, default_value_t = 20)]
    rounds_per_world: u32,
    /// The store is checked every so many rounds.
    #[arg(long, default_value_t = 5)]
    check_every: u32,
    /// No round begins after so many minutes; those that were not run count as failed.
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// The executable; else `ALPHORN_BIN`, else it is built.
    #[arg(long)]
    bin: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let settings = Settings {
        rounds: arguments.rounds,
        seed: arguments.seed.unwrap_or_else(rand::random),
        actors: arguments.actors.max(2),
        rounds_per_world: arguments.rounds_per_world.max(1),
        check_every: arguments.check_every.max(1),
        time_max: Duration::from_secs(arguments.minutes.saturating_mul(60)),
        binary: arguments.bin,
    };
    eprintln!("seed {}", settings.seed);
    let summary = Box::pin(kill::run(&settings)).await;
    println!("{summary}");
    if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
