//! `cluster`: three nats-servers and three nodes on loopback until it is interrupted. `cargo xtask cluster` builds
//! what it needs and becomes this.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use alphorn_tests::nodes::{Nodes, NodesError};
use clap::Parser;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

/// How often it is looked whether all still run.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What nodes are configured with unless they are open: as a new server is.
const USUAL: &str = "\
[registration]
mode = \"token\"
[limits]
rate_limits = true
[passwords]
memory_kib = 19456
iterations = 2
";

/// Runs three nats-servers and three nodes on loopback until it is interrupted; then everything is gone.
#[derive(Debug, Parser)]
#[command(name = "cluster")]
struct Arguments {
    /// One line of JSON when all are ready, instead of words for people.
    #[arg(long)]
    json: bool,
    /// Everybody may register, nothing is limited, passwords are cheap: for load and drills.
    #[arg(long)]
    open: bool,
    /// The part of all identifiers behind the colon.
    #[arg(long, default_value = "localhost")]
    server_name: String,
    /// The executable; else `ALPHORN_BIN`, else it is built.
    #[arg(long)]
    bin: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), NodesError> {
    // From the first moment: whoever stops it while it starts must not leave anything behind.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stopped = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    tokio::pin!(stopped);
    let mut nodes = tokio::select! {
        nodes = start(arguments) => nodes?,
        () = &mut stopped => return Ok(()),
    };
    if arguments.json {
        println!("{}", json!({ "nodes": described(&nodes) }));
    } else {
        println!("{}", words(&nodes, arguments));
    }
    let mut gone = vec![false; nodes.size()];
    loop {
        tokio::select! {
            () = &mut stopped => break,
            () = tokio::time::sleep(LOOK_EVERY) => notice(&mut nodes, &mut gone),
        }
    }
    for index in 0..nodes.size() {
        // A frozen one would not hear that it is to stop.
        if nodes.node(index).pid().is_some() {
            nodes.node(index).thaw();
            let _late = tokio::time::timeout(Duration::from_secs(10), nodes.node_mut(index).try_stop()).await;
        }
    }
    Ok(())
}

async fn start(arguments: &Arguments) -> Result<Nodes, NodesError> {
    let name = toml::Value::from(arguments.server_name.as_str());
    let mut builder = Nodes::builder().config(&format!("server_name = {name}\n"));
    if !arguments.open {
        builder = builder.config(USUAL);
    }
    if let Some(binary) = &arguments.bin {
        builder = builder.binary(binary);
    }
    builder.try_start().await
}

fn described(nodes: &Nodes) -> Vec<Value> {
    let one = |index| {
        let node = nodes.node(index);
        json!({
            "name": format!("node{}", index + 1),
            "url": format!("http://{}", node.address()),
            "pid": node.pid(),
            "nats_pid": nodes.nats.pid(index),
            "nats_url": nodes.nats.url(index),
            "config": node.config_file(),
        })
    };
    (0..nodes.size()).map(one).collect()
}

fn words(nodes: &Nodes, arguments: &Arguments) -> String {
    let mut text = format!("One server, {}, on three nodes:\n", arguments.server_name);
    for (index, node) in described(nodes).iter().enumerate() {
        let (name, url, config) = (&node["name"], &node["url"], &node["config"]);
        let plain = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        text.push_str(&format!(
            "  {}  {}  process {}, its nats-server {} at {}\n         {}\n",
            plain(name),
            plain(url),
            node["pid"],
            node["nats_pid"],
            nodes.nats.url(index),
            plain(config),
        ));
    }
    if arguments.open {
        text.push_str("Everybody may register, and nothing is limited.\n");
    } else if let Some(binary) = nodes.node(0).binary().to_str() {
        let config = nodes.node(0).config_file();
        text.push_str(&format!("Make a user: {binary} --config {} user add NAME\n", config.display()));
    }
    text.push_str("Kill, freeze and start again what you like; Ctrl-C ends everything.");
    text
}

/// Says once that a node has ended. It is not started again: that is for whoever ended it.
fn notice(nodes: &mut Nodes, gone: &mut [bool]) {
    for (index, gone) in gone.iter_mut().enumerate() {
        if !*gone && let Some(status) = nodes.node_mut(index).ended() {
            eprintln!("node{} ended: {status}", index + 1);
            *gone = true;
        }
    }
}
