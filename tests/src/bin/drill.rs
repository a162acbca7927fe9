//! `drill`: hurts a cluster under load, says what its clients saw, and checks the history that they saw together.
//! `cargo xtask drill` builds what it needs and becomes this.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use alphorn_tests::drill::{self, Drill, Settings};
use clap::Parser;

/// Rounds of a random run, unless told otherwise.
const RANDOM_ROUNDS: u32 = 10;

/// Hurts a cluster under load, says what its clients saw, and checks the history that they saw together.
#[derive(Debug, Parser)]
#[command(name = "drill")]
struct Arguments {
    /// What is done; `list` names what there is.
    name: String,
    /// Decides what is done to whom and what clients do; by default another one for each run.
    #[arg(long)]
    seed: Option<u64>,
    /// How often: once, a random drill ten times.
    #[arg(long)]
    rounds: Option<u32>,
    /// Rounds with one cluster.
    #[arg(long, default_value_t = 10)]
    rounds_per_world: u32,
    /// Clients try every address that they know, without a load balancer that asks `/ready`.
    #[arg(long)]
    direct: bool,
    /// No round begins after so many minutes; those that were not run count as failed.
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Of rolling-upgrade: the executable of the version to begin with.
    #[arg(long)]
    from: Option<PathBuf>,
    /// The executable; else `ALPHORN_BIN`, else it is built.
    #[arg(long)]
    bin: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.name == "list" {
        Drill::ALL.iter().for_each(|(name, _)| println!("{name}"));
        return ExitCode::SUCCESS;
    }
    let drill: Drill = match arguments.name.parse() {
        Ok(drill) => drill,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let usual = if drill == Drill::Random { RANDOM_ROUNDS } else { 1 };
    let settings = Settings {
        drill,
        seed: arguments.seed.unwrap_or_else(rand::random),
        rounds: arguments.rounds.unwrap_or(usual).max(1),
        rounds_per_world: arguments.rounds_per_world.max(1),
        balanced: !arguments.direct,
        time_max: Duration::from_secs(arguments.minutes.saturating_mul(60)),
        binary: arguments.bin,
        upgrade_from: arguments.from,
    };
    eprintln!("seed {}", settings.seed);
    let summary = Box::pin(drill::run(&settings)).await;
    println!("{summary}");
    if summary.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
