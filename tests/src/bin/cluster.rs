//! `cluster`: three nats-servers and three nodes on loopback until it is interrupted. `cargo xtask cluster` builds
//! what it needs and becomes this.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use alphorn_tests::cable::Cable;
use alphorn_tests::nats::ClusterBuilder;
use alphorn_tests::nodes::{Nodes, NodesError};
use clap::Parser;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

/// How often it is looked whether all still run.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The name of the second site.
const SECOND: &str = "Seeburg";

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
    /// So many nodes of a second site, which copies the first. SIGUSR1 cuts the line between the two, SIGUSR2 mends it.
    #[arg(long, default_value_t = 0)]
    standby: usize,
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
    let (mut cut, mut mend) = (signal(SignalKind::user_defined1())?, signal(SignalKind::user_defined2())?);
    let (mut nodes, mut second) = tokio::select! {
        sites = start(arguments) => sites?,
        () = &mut stopped => return Ok(()),
    };
    if arguments.json {
        let mut all = described(&nodes, 0);
        all.extend(second.iter().flat_map(|site| described(&site.nodes, nodes.size())));
        println!("{}", json!({ "nodes": all }));
    } else {
        println!("{}", words(&nodes, second.as_ref(), arguments));
    }
    let mut gone = vec![false; nodes.size()];
    loop {
        tokio::select! {
            () = &mut stopped => break,
            _ = cut.recv() => second.iter().for_each(|site| site.line.cut()),
            _ = mend.recv() => second.iter().for_each(|site| site.line.mend()),
            () = tokio::time::sleep(LOOK_EVERY) => notice(&mut nodes, &mut gone),
        }
    }
    for nodes in second.iter_mut().map(|site| &mut site.nodes).chain([&mut nodes]) {
        for index in 0..nodes.size() {
            // A frozen one would not hear that it is to stop.
            if nodes.node(index).pid().is_some() {
                nodes.node(index).thaw();
                let stopping = nodes.node_mut(index).try_stop();
                let _late = tokio::time::timeout(Duration::from_secs(10), stopping).await;
            }
        }
    }
    Ok(())
}

/// A site that copies the first one.
struct Second {
    nodes: Nodes,
    line: Cable,
}

async fn start(arguments: &Arguments) -> Result<(Nodes, Option<Second>), NodesError> {
    let name = toml::Value::from(arguments.server_name.as_str());
    let mut builder = Nodes::builder().config(&format!("server_name = {name}\n"));
    if !arguments.open {
        builder = builder.config(USUAL);
    }
    if let Some(binary) = &arguments.bin {
        builder = builder.binary(binary);
    }
    if arguments.standby == 0 {
        return Ok((builder.try_start().await?, None));
    }
    let nats = ClusterBuilder::default();
    let first = builder.clone().nats(nats.clone().domain("first")).try_start().await?;
    let line = Cable::lay(first.nats.leaf_address(0))?;
    let nats = nats.servers(1).name("second").domain("second").leaf_of(line.address());
    let builder = builder.nats(nats).nodes(arguments.standby).copies(SECOND, "first", first.size());
    let nodes = builder.try_start().await?;
    Ok((first, Some(Second { nodes, line })))
}

/// What there is, numbered after so many others.
fn described(nodes: &Nodes, after: usize) -> Vec<Value> {
    let one = |index| {
        let node = nodes.node(index);
        json!({
            "name": format!("node{}", after + index + 1),
            "url": format!("http://{}", node.address()),
            "pid": node.pid(),
            "nats_pid": nodes.nats.pid(index % nodes.nats.size()),
            "nats_url": nodes.nats.url(index % nodes.nats.size()),
            "config": node.config_file(),
        })
    };
    (0..nodes.size()).map(one).collect()
}

fn words(nodes: &Nodes, second: Option<&Second>, arguments: &Arguments) -> String {
    let mut text = format!("One server, {}, on three nodes:\n", arguments.server_name);
    describe(&mut text, nodes, 0);
    if let Some(Second { nodes: copies, .. }) = second {
        text.push_str("And a second site, which copies it (SIGUSR1 cuts the line, SIGUSR2 mends it):\n");
        describe(&mut text, copies, nodes.size());
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

fn describe(text: &mut String, nodes: &Nodes, after: usize) {
    for node in described(nodes, after) {
        let (name, url, config) = (&node["name"], &node["url"], &node["config"]);
        let plain = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        text.push_str(&format!(
            "  {}  {}  process {}, its nats-server {} at {}\n         {}\n",
            plain(name),
            plain(url),
            node["pid"],
            node["nats_pid"],
            plain(&node["nats_url"]),
            plain(config),
        ));
    }
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
