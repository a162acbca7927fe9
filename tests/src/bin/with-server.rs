//! `with-server`: runs a command against a fresh server as the tests configure it.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use alphorn_tests::server::{SHARED_SECRET, Server};
use clap::Parser;

/// Starts a server in a directory of its own on a free port (open registration, no rate limits), runs a
/// command with ALPHORN_URL and ALPHORN_SHARED_SECRET in its environment, and ends with its exit status.
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
    let arguments = Arguments::parse();
    let mut builder = Server::builder();
    if let Some(home) = &arguments.home {
        builder = builder.home(home);
    }
    let server = match builder.try_start().await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let Some((program, rest)) = arguments.command.split_first() else {
        return ExitCode::FAILURE;
    };
    let status = Command::new(program)
        .args(rest)
        .env("ALPHORN_URL", format!("http://{}", server.address()))
        .env("ALPHORN_SHARED_SECRET", SHARED_SECRET)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run {program}: {error}");
            ExitCode::FAILURE
        }
    }
}
