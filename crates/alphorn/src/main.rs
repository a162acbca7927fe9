//! `alphorn`: the program. It reads the command line and the configuration, and hands over to one module.

mod application;
mod backend;
mod certificates;
mod cli;
mod cluster;
mod config;
mod data_folder;
mod followers;
mod identity;
mod listen;
mod local;
mod logging;
mod machine;
mod metrics;
mod operation;
mod peer;
mod probes;
mod serve;
mod systemd;
mod verbs;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser as _};

use cli::{Cli, Command, ConfigCommand, StoreCommand};
use config::Environment;
use verbs::Output;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.common.json;
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut stderr = std::io::stderr().lock();
            let written = if json {
                writeln!(stderr, "{}", serde_json::json!({ "error": format!("{error:#}") }))
            } else {
                writeln!(stderr, "error: {error:#}")
            };
            // Nobody is left to tell when standard error itself is gone.
            drop(written);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    match &cli.command {
        Command::Completions { shell } => completions(*shell),
        Command::Man { dir } => man_pages(dir),
        Command::Config(ConfigCommand::Reference) => print(&config::reference_page()),
        Command::Config(ConfigCommand::Check) => check_config(cli),
        Command::Serve(_) => {
            machine::settle_allocator();
            serve::run(&load(cli)?, &Environment::of_process())
        }
        _ => administer(cli),
    }
}

/// The commands that work on a server's data.
fn administer(cli: &Cli) -> anyhow::Result<()> {
    let config = load(cli)?.config;
    let output = Output { json: cli.common.json };
    match &cli.command {
        Command::User(command) => verbs::user(&config, output, command),
        Command::Token(command) => verbs::token(&config, output, command),
        Command::Audit(command) => verbs::audit(&config, output, command),
        Command::Room(command) => verbs::room(&config, output, command),
        Command::Store(StoreCommand::Rebuild) => verbs::rebuild(&config, output),
        Command::Store(StoreCommand::Check) => verbs::check(&config, output),
        Command::Log(command) => verbs::log(&config, output, command),
        Command::Cluster(command) => verbs::cluster(&config, output, command),
        Command::Backup { dir } => verbs::backup(&config, output, dir),
        Command::Restore { dir } => verbs::restore(&config, output, dir),
        _ => anyhow::bail!("this command needs no configuration"),
    }
}

fn load(cli: &Cli) -> Result<config::Loaded, config::Problems> {
    config::load(&Environment::of_process(), cli.common.config.as_deref(), &cli.flags())
}

fn check_config(cli: &Cli) -> anyhow::Result<()> {
    let outcome = load(cli);
    if cli.common.json {
        let problems = outcome.as_ref().err().map_or(&[][..], |problems| &problems.0);
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| {
                serde_json::json!({
                    "source": problem.source.to_string(), "key": problem.key,
                    "what": problem.what, "remedy": problem.remedy,
                })
            })
            .collect();
        let warnings = outcome.as_ref().map(|loaded| loaded.warnings.clone()).unwrap_or_default();
        print(&format!("{}\n", serde_json::json!({ "problems": problems, "warnings": warnings })))?;
        return outcome.map(drop).context("the configuration is not valid");
    }
    let loaded = outcome?;
    let mut text = String::from("the configuration is valid\n");
    for (key, source) in &loaded.origins {
        text.push_str(&format!("  {key}: {source}\n"));
    }
    for warning in &loaded.warnings {
        text.push_str(&format!("warning: {warning}\n"));
    }
    print(&text)
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "alphorn", &mut script);
    print(&String::from_utf8_lossy(&script))
}

fn man_pages(dir: &std::path::Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    clap_mangen::generate_to(Cli::command(), dir)
        .with_context(|| format!("cannot write man pages to {}", dir.display()))
}

/// Writes to standard output; a reader that has seen enough (`| head`) is no error.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.context("cannot write to standard output"),
    }
}
