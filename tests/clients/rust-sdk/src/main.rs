//! Two people with real Matrix clients (matrix-rust-sdk as Element X uses it) talk through a running server.
mod account;
mod conversation;
mod device;
mod keys;
mod outage;
mod protocol;
mod report;
mod rooms;
mod scenario;
mod verification;
mod view;
mod wait;

use anyhow::Result;
use clap::Parser;
use tracing_subscriber::EnvFilter;

/// Drives two users through an encrypted conversation and reports every step.
#[derive(Debug, Parser)]
struct Options {
    /// Base URL of the server under test.
    #[arg(long, env = "ALPHORN_URL")]
    url: String,
    /// Register by the shared-secret admin endpoint as well, with this secret.
    #[arg(long, env = "ALPHORN_SHARED_SECRET")]
    shared_secret: Option<String>,
    /// Folder in which a file `kill` or `start` makes the server go and come, as `with-server` does.
    #[arg(long, env = "ALPHORN_CONTROL")]
    control: Option<std::path::PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        // The SDK logs each refused request as an error, and some are refused on purpose here.
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off")))
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    let stores = tempfile::tempdir()?;
    let site =
        device::Site { url: options.url.trim_end_matches('/').to_owned(), stores: stores.path().to_owned() };
    let control = outage::Control::of(options.control);
    let mut report = report::Report::default();
    if scenario::run(&mut report, &site, options.shared_secret.as_deref(), control.as_ref()).await.is_err() {
        report.stopped("rust-sdk");
    }
    let passed = report.finish();
    stores.close()?;
    // The SDK's background tasks panic when the runtime is dropped under them; leave without doing so.
    std::process::exit(i32::from(!passed));
}
