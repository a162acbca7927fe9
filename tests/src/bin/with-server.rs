//! `with-server`: runs a command against a fresh server as the tests configure it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;

use alphorn_tests::server::{SHARED_SECRET, Server};
use clap::Parser;

/// How often the command's end and its wishes are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Starts a server in a directory of its own on a free port (open registration, no rate limits), runs a
/// command with ALPHORN_URL and ALPHORN_SHARED_SECRET in its environment, and ends with its exit status.
///
/// The command may wish for an outage: a file `kill` in the folder ALPHORN_CONTROL kills the server (SIGKILL), a
/// file `start` starts it again on the same data and address. The file is removed when that is done.
#[derive(Debug, Parser)]
#[command(name = "with-server")]
struct Arguments {
    /// Keep data, configuration and log in this folder.
    #[arg(long)]
    home: Option<PathBuf>,
    /// The command and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitStatus, String> {
    let mut builder = Server::builder();
    if let Some(home) = &arguments.home {
        builder = builder.home(home);
    }
    let mut server = builder.try_start().await.map_err(|error| error.to_string())?;
    let control = tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
    let (program, rest) = arguments.command.split_first().ok_or("no command")?;
    let mut child = Command::new(program)
        .args(rest)
        .env("ALPHORN_URL", format!("http://{}", server.address()))
        .env("ALPHORN_SHARED_SECRET", SHARED_SECRET)
        .env("ALPHORN_CONTROL", control.path())
        .spawn()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => obey(control.path(), &mut server).await?,
            Err(error) => return Err(format!("cannot wait for {program}: {error}")),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Does what the command wishes for by a file.
async fn obey(control: &Path, server: &mut Server) -> Result<(), String> {
    let (kill, start) = (control.join("kill"), control.join("start"));
    let done = if kill.exists() {
        server.kill();
        kill
    } else if start.exists() {
        server.launch().await.map_err(|error| error.to_string())?;
        start
    } else {
        return Ok(());
    };
    std::fs::remove_file(&done).map_err(|error| format!("cannot remove {}: {error}", done.display()))
}
