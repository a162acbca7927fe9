//! The project's own tasks: `cargo xtask setup | dev | cluster | drill | nats | ci | tidy`. What each does stands in its module.

mod checkout;
mod ci;
mod cluster;
mod dev;
mod nats;
mod processes;
mod setup;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::checkout::Checkout;

const USAGE: &str = "\
usage: cargo xtask TASK

  setup             install what Alphorn's build and tests need and this machine lacks (Debian 12)
  dev [OPTIONS]     build and run a server for development (see `cargo xtask dev --help`)
  cluster [OPTIONS] three nodes and three nats-servers on loopback (see `cargo xtask cluster --help`)
  drill NAME        hurt such a cluster under load, and check what its clients saw (`cargo xtask drill list`)
  nats              fetch the nats-server that tests of the cluster run, and print its path
  ci [OPTIONS]      everything that must pass before a change lands (see `cargo xtask ci --help`)
  tidy              the rules of the code base that no compiler knows: floors, licences, names, documents
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the task; `false` means that it ran and found something wrong.
fn run(args: &[String]) -> Result<bool> {
    let Some((task, rest)) = args.split_first() else {
        print!("{USAGE}");
        return Ok(false);
    };
    let checkout = Checkout::find()?;
    match task.as_str() {
        "setup" => setup::run(&checkout),
        "dev" => dev::run(&checkout, rest),
        "cluster" => cluster::cluster(&checkout, rest),
        "drill" => cluster::drill(&checkout, rest),
        "nats" => nats::run(rest),
        "ci" => ci::run(&checkout, rest),
        "tidy" => tidy::run(&checkout),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(true)
        }
        other => bail!("there is no task `{other}`\n\n{USAGE}"),
    }
}
