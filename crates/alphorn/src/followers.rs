//! What goes on beside requests: upkeep, and the followers of the log.

use std::sync::Arc;
use std::time::Duration;

use alphorn_egress::Egress;
use alphorn_engine::Engine;
use anyhow::Context as _;

use crate::config::Config;
use crate::data_folder::DataFolder;

/// Longest that another server may take to answer.
const EGRESS_TIMEOUT: Duration = Duration::from_secs(30);

/// Starts all of it; it ends with the runtime.
pub(crate) fn start(config: &Config, folder: &DataFolder, engine: &Engine) -> anyhow::Result<()> {
    let extra = match &config.federation.trusted_ca_file {
        Some(path) => Some(
            std::fs::read(path).with_context(|| format!("cannot read trusted_ca_file {}", path.display()))?,
        ),
        None => None,
    };
    let egress = Egress::new(config.egress.allow_private_addresses, EGRESS_TIMEOUT, extra.as_deref())
        .context("cannot prepare connections to other servers")?;
    tokio::spawn(engine.clone().upkeep());
    tokio::spawn(alphorn_push::follow(engine.clone(), Arc::new(egress), folder.path("push.cursor")));
    Ok(())
}
