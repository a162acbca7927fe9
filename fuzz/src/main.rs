//! `cargo run -p alphorn-fuzz -- TARGET --seconds N --seed S`: searches a target for inputs that it cannot stand.

mod child;
mod journal;
mod parent;

use std::path::PathBuf;
use std::process::ExitCode;

use alphorn_fuzz::targets::{self, Target};
use anyhow::{Context, Result, bail};
use clap::Parser;

/// Fuzzes what parses strangers' bytes. Inputs follow from the seed, so a finding repeats.
#[derive(Parser)]
#[command(name = "alphorn-fuzz")]
struct Arguments {
    /// The target, or `all`; see --list.
    #[arg(required_unless_present = "list")]
    target: Option<String>,
    /// How long to search each target.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Which inputs to try.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run this one input instead of searching.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Where inputs are kept that a target could not stand.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/failures"))]
    failures: PathBuf,
    /// Print the targets.
    #[arg(long)]
    list: bool,
    /// Search in this process and keep the current input in FILE. This is how the search runs itself.
    #[arg(long, value_name = "FILE", hide = true)]
    journal: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// `false` when a target could not stand an input.
fn run(arguments: &Arguments) -> Result<bool> {
    if arguments.list {
        for target in targets::ALL {
            println!("{:20} {}", target.name, target.about);
        }
        return Ok(true);
    }
    let chosen = choose(arguments.target.as_deref().unwrap_or("all"))?;
    if let Some(file) = &arguments.input {
        let input = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        for target in chosen {
            println!("{}: {}", target.name, child::run_one(target, &input));
        }
        return Ok(true);
    }
    if let Some(journal) = &arguments.journal {
        for target in chosen {
            child::search(target, arguments.seconds, arguments.seed, journal)?;
        }
        return Ok(true);
    }
    let mut all_well = true;
    for target in chosen {
        all_well &= parent::search(target, arguments.seconds, arguments.seed, &arguments.failures)?;
    }
    Ok(all_well)
}

fn choose(name: &str) -> Result<Vec<&'static Target>> {
    if name == "all" {
        return Ok(targets::ALL.iter().collect());
    }
    match targets::find(name) {
        Some(target) => Ok(vec![target]),
        None => bail!("there is no target `{name}`; --list names them"),
    }
}
