//! Alphorn's own load generator: black-box, loopback only, every run bounded and ending by itself.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

mod disk;
mod idle;
mod initial_sync;
mod latency;
mod population;
mod process;
mod report;
mod rest;
mod send;
mod start;
mod streams;
mod target;

/// Measures an Alphorn server over HTTP and prints a table of figures against their targets.
#[derive(Debug, Parser)]
#[command(name = "alphorn-bench")]
struct Cli {
    #[command(flatten)]
    target: TargetArgs,
    /// Prints JSON instead of the table.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Measure,
}

/// Which server is measured: by default one that is started for the run and killed after it.
#[derive(Args, Clone, Debug)]
struct TargetArgs {
    /// The executable to start; else `ALPHORN_BIN`, else it is built.
    #[arg(long, global = true)]
    bin: Option<PathBuf>,
    /// A folder that outlives the run. What an earlier run filled it with is used again.
    #[arg(long, global = true)]
    store: Option<PathBuf>,
    /// Further configuration for the started server, as a piece of TOML.
    #[arg(long, global = true)]
    config: Option<String>,
    /// A server that runs already instead: its loopback address, plain HTTP.
    #[arg(long, global = true, requires = "pid")]
    attach: Option<SocketAddr>,
    /// The process id of the attached server.
    #[arg(long, global = true, requires = "attach")]
    pid: Option<u32>,
}

#[derive(Debug, Subcommand)]
enum Measure {
    /// Concurrent senders: messages per second, latency, processor time per message.
    Send(send::SendArgs),
    /// Many idle long polls: memory, and how fast one of them wakes.
    Idle(idle::IdleArgs),
    /// Memory of a server at rest.
    Rest(rest::RestArgs),
    /// The first sync of an account in many large rooms.
    InitialSync(initial_sync::InitialSyncArgs),
    /// From start to the first answer with a large store.
    Start(start::StartArgs),
    /// No measurement: a simulation of a log in several streams.
    Streams(streams::StreamsArgs),
}

/// One thread: the generator must leave the other cores to the server that it measures.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    process::raise_open_files();
    let report = match cli.command {
        Measure::Send(arguments) => Box::pin(send::run(&cli.target, &arguments)).await?,
        Measure::Idle(arguments) => Box::pin(idle::run(&cli.target, &arguments)).await?,
        Measure::Rest(arguments) => Box::pin(rest::run(&cli.target, &arguments)).await?,
        Measure::InitialSync(arguments) => Box::pin(initial_sync::run(&cli.target, &arguments)).await?,
        Measure::Streams(arguments) => streams::run(&arguments),
        Measure::Start(arguments) => Box::pin(start::run(&cli.target, &arguments)).await?,
    };
    if cli.json {
        println!("{}", report.to_json());
    } else {
        print!("{report}");
    }
    Ok(())
}
