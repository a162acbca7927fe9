//! What goes on beside requests: upkeep, and the followers of the log.

use std::sync::Arc;
use std::time::Duration;

use alphorn_egress::Egress;
use alphorn_engine::{Engine, ForgetBytes, OtherClocks};
use alphorn_log::jetstream::Link;
use alphorn_log::jetstream::leases::Leases;
use alphorn_media::{BlobKey, MediaRepository};
use alphorn_push::{Cursor, FileCursor};
use anyhow::Context as _;

use futures_util::FutureExt as _;

use crate::cluster::{self, Members, PUSH, SharedCursor};
use crate::config::Config;
use crate::data_folder::DataFolder;

/// Longest that another server may take to answer.
const EGRESS_TIMEOUT: Duration = Duration::from_secs(30);

/// The lease's name.
const RETENTION: &str = "retention";

/// Starts all of it; it ends with the runtime.
pub(crate) fn start(
    config: &Config,
    folder: &DataFolder,
    engine: &Engine,
    link: Option<&Link>,
    members: Option<&Members>,
    media: &Arc<MediaRepository>,
) -> anyhow::Result<()> {
    let extra = match &config.federation.trusted_ca_file {
        Some(path) => Some(
            std::fs::read(path).with_context(|| format!("cannot read trusted_ca_file {}", path.display()))?,
        ),
        None => None,
    };
    let egress = Egress::new(config.egress.allow_private_addresses, EGRESS_TIMEOUT, extra.as_deref())
        .context("cannot prepare connections to other servers")?;
    tokio::spawn(engine.clone().upkeep());
    let forget = forget_bytes(media);
    let members = members.cloned();
    let others: OtherClocks = Arc::new(move || members.as_ref().and_then(Members::slowest_clock));
    let (engine, egress) = (engine.clone(), Arc::new(egress));
    let Some(link) = link else {
        let cursor = Arc::new(FileCursor(folder.path("push.cursor")));
        tokio::spawn(engine.clone().keep_retention(forget, others));
        tokio::spawn(alphorn_push::follow(engine, egress, cursor));
        return Ok(());
    };
    tokio::spawn(cluster::share_moments(link.clone(), engine.clone()));
    let leases = Leases::new(link.clone());
    let keeper = engine.clone();
    tokio::spawn(leases.clone().hold(RETENTION, move || {
        keeper.clone().keep_retention(Arc::clone(&forget), Arc::clone(&others)).boxed()
    }));
    let cursor: Arc<dyn Cursor> = Arc::new(SharedCursor(leases.clone()));
    tokio::spawn(leases.hold(PUSH, move || {
        alphorn_push::follow(engine.clone(), Arc::clone(&egress), Arc::clone(&cursor)).boxed()
    }));
    Ok(())
}

/// Deletes the bytes of files that expired. Those that cannot be deleted now are swept away later.
fn forget_bytes(media: &Arc<MediaRepository>) -> ForgetBytes {
    let media = Arc::clone(media);
    Arc::new(move |object| {
        let media = Arc::clone(&media);
        async move {
            if let Ok(key) = BlobKey::parse(&object)
                && let Err(error) = media.delete(&key).await
            {
                tracing::warn!(%error, "the bytes of a file that expired are still there");
            }
        }
        .boxed()
    })
}
