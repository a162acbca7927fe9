//! Sweeping away bytes that no fact names: those of uploads that a crash cut off between the storage and the log, and
//! of media that was removed. Bytes are left alone for a day, by when every upload that could still become a fact has.

use std::{sync::Arc, time::Duration};

use alphorn_http::{App, engine::Engine, model::Refusal};
use alphorn_media::{BlobKey, MediaRepository};

/// How old bytes must be.
const AGE_MS_MIN: u64 = 24 * 60 * 60 * 1_000;
/// Files looked at in one shard at once; what is beyond waits until there are fewer.
const FILES_MAX: usize = 20_000;
/// Pause between two of the 256 shards: all are swept about once a day.
const PAUSE: Duration = Duration::from_secs(300);

/// What the sweep of one shard did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct SweepReport {
    /// Files that were looked at.
    pub seen: usize,
    /// Files that were removed.
    pub removed: usize,
}

/// Sweeps one of the 256 shards of the storage.
///
/// # Errors
/// That the store or the storage failed; what was not swept stays for the next time.
pub async fn sweep_shard(
    engine: &Engine,
    media: &MediaRepository,
    shard: u8,
) -> Result<SweepReport, Refusal> {
    let now = engine.now_ms();
    let blobs = media.storage().blobs(shard, FILES_MAX).await.map_err(|error| {
        tracing::warn!(%error, shard, "the media storage could not be listed");
        Refusal::internal()
    })?;
    let mut report = SweepReport { seen: blobs.len(), removed: 0 };
    let old = blobs.into_iter().filter(|blob| blob.modified_ms.saturating_add(AGE_MS_MIN) < now);
    let keys: Vec<BlobKey> = old.map(|blob| blob.key).collect();
    let unused = engine
        .read(move |reader| {
            let mut unused = Vec::new();
            for key in keys {
                if !reader.object_is_used(key.as_str())? {
                    unused.push(key);
                }
            }
            Ok(unused)
        })
        .await?;
    for key in unused {
        match media.delete(&key).await {
            Ok(()) => report.removed += 1,
            Err(error) => tracing::warn!(%error, blob = %key, "bytes without a fact could not be removed"),
        }
    }
    Ok(report)
}

/// Sweeps shard after shard until the server stops.
pub async fn sweep_regularly(app: App, media: Arc<MediaRepository>) {
    let sweeping = async {
        for shard in (0..=u8::MAX).cycle() {
            tokio::time::sleep(PAUSE).await;
            match sweep_shard(app.engine(), &media, shard).await {
                Ok(report) if report.removed > 0 => {
                    tracing::info!(shard, removed = report.removed, "removed bytes that belong to no media");
                }
                // What failed is logged where it failed.
                Ok(_) | Err(_) => {}
            }
        }
    };
    tokio::select! {
        () = sweeping => {}
        () = app.shutdown().stopping() => {}
    }
}
