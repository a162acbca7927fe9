//! `cargo xtask cluster` and `cargo xtask drill`: a whole cluster on this machine, to look at or to hurt. Builds what
//! is needed, and becomes the program of the tests package that does it.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;

const CLUSTER_USAGE: &str = "\
usage: cargo xtask cluster [--json] [--open] [--debug] [--server-name NAME] [--standby N]

Three nats-servers and three nodes of Alphorn on loopback, until it is interrupted; then everything is gone.

  --json              one line when all are ready: {\"nodes\":[{\"name\":…,\"url\":…,\"pid\":…,\"nats_pid\":…}…]}
  --open              everybody may register, nothing is limited, passwords are cheap: for load and drills
  --debug             a debug build instead of a release
  --server-name NAME  the part of all identifiers behind the colon (localhost)
  --standby N         N nodes of a second site, which copies the first; SIGUSR1 cuts the line, SIGUSR2 mends it
";

const DRILL_USAGE: &str = "\
usage: cargo xtask drill NAME [--seed N] [--rounds N] [--direct] [--debug]

Hurts a cluster under load, says what its clients saw, and checks the history that they saw together. What there is to
do: `cargo xtask drill list`. With --direct, clients try every address instead of heeding a load balancer.
";

/// A program of the tests package.
struct Tool {
    name: &'static str,
    usage: &'static str,
}

pub(crate) fn cluster(checkout: &Checkout, args: &[String]) -> Result<bool> {
    Tool { name: "cluster", usage: CLUSTER_USAGE }.run(checkout, args)
}

pub(crate) fn drill(checkout: &Checkout, args: &[String]) -> Result<bool> {
    if args.is_empty() {
        print!("{DRILL_USAGE}");
        return Ok(false);
    }
    Tool { name: "drill", usage: DRILL_USAGE }.run(checkout, args)
}

impl Tool {
    fn run(&self, checkout: &Checkout, args: &[String]) -> Result<bool> {
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            print!("{}", self.usage);
            return Ok(true);
        }
        // What only names things needs no server.
        let equipment = match args {
            [only] if only == "list" => None,
            _ => {
                let nats = alphorn_nats_server::obtain(&mut |line| eprintln!("{line}"))?;
                Some((nats, server(checkout, args.iter().any(|arg| arg == "--debug"))?))
            }
        };
        build(checkout, &["--package", "alphorn-tests", "--bin", self.name])?;
        let program = checkout.target_folder()?.join("debug").join(self.name);
        let mut command = checkout.command(program.to_str().context("the target folder's path is no text")?);
        command.args(args.iter().filter(|arg| *arg != "--debug"));
        if let Some((nats, server)) = equipment {
            command.env("ALPHORN_BIN", server).env("ALPHORN_NATS_SERVER", nats);
        }
        // This process becomes the other one: signals reach who they are meant for.
        Err(command.exec()).context("the program cannot be run")
    }
}

/// The executable of the server: the one that `ALPHORN_BIN` names, or one that is built.
fn server(checkout: &Checkout, debug: bool) -> Result<PathBuf> {
    if let Some(given) = std::env::var_os("ALPHORN_BIN").filter(|given| !given.is_empty()) {
        return Ok(given.into());
    }
    let (folder, profile) = if debug { ("debug", "dev") } else { ("release", "release") };
    build(checkout, &["--package", "alphorn", "--bin", "alphorn", "--profile", profile])?;
    Ok(checkout.target_folder()?.join(folder).join("alphorn"))
}

fn build(checkout: &Checkout, what: &[&str]) -> Result<()> {
    // What it says goes to standard error: standard output is for the line that was asked for.
    let status = checkout.cargo().args(["build", "--locked"]).args(what).status()?;
    if !status.success() {
        bail!("cargo build {} failed", what.join(" "));
    }
    Ok(())
}
