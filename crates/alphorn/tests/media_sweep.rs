//! Bytes that belong to no media are swept away once they are old enough, and no others.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use alphorn_client_media::{SweepReport, sweep_shard};
use alphorn_engine::{Engine, Parts, PasswordCost, Wake};
use alphorn_log::Embedded;
use alphorn_media::{BlobKey, MediaConfig, MediaRepository, Stored, storage::Storage};
use alphorn_model::{Aggregate, Clock, Fact, SystemClock, SystemEntropy, UserId, fact::MediaFact};
use alphorn_store::Store;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// So many days from now.
struct Later(u64);

impl Clock for Later {
    fn now_ms(&self) -> u64 {
        SystemClock.now_ms() + self.0 * DAY_MS
    }
}

fn open(folder: &std::path::Path, clock: Arc<dyn Clock>) -> Engine {
    let wake = Arc::new(Wake::default());
    let (store, writer) = Store::open(&folder.join("db"), false, Arc::<Wake>::clone(&wake)).unwrap();
    let (log, _writer) = Embedded::start(writer).unwrap();
    let name = alphorn_model::ServerName::parse("here.test").unwrap();
    Engine::new(Parts {
        store,
        log: Arc::new(log),
        signer: Arc::new(alphorn_domain::Signer::from_seed(name, "1", &[7; 32]).unwrap()),
        clock,
        entropy: Arc::new(SystemEntropy),
        wake,
        node: 1,
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 },
    })
}

async fn put(media: &MediaRepository, key: &BlobKey) -> Stored {
    let body = axum::body::Body::from("bytes").into_data_stream();
    media.put(key, body).await.unwrap()
}

async fn is_there(media: &MediaRepository, key: &BlobKey) -> bool {
    media.read(key, None).await.is_ok()
}

fn uploaded(key: &BlobKey, stored: &Stored) -> Fact {
    Fact::Media(MediaFact::Uploaded {
        user: UserId::parse("@alice:here.test").unwrap(),
        content_type: "text/plain".to_owned(),
        file_name: None,
        size_bytes: stored.size_bytes,
        sha256: stored.sha256.to_hex(),
        object: key.to_string(),
    })
}

#[tokio::test]
async fn only_old_bytes_without_a_fact_go() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open_local(&folder.path().join("media")).unwrap();
    let media = MediaRepository::new(storage, MediaConfig::default());
    let key = |last: u8| {
        let mut bytes = [0x5a; 16];
        bytes[15] = last;
        BlobKey::from_random(bytes)
    };
    let (kept, orphan, removed) = (key(1), key(2), key(3));
    let elsewhere = BlobKey::from_random([0x5b; 16]);
    let today = open(folder.path(), Arc::new(Later(0)));
    for (id, key) in [("kept", &kept), ("removed", &removed)] {
        let stored = put(&media, key).await;
        today.note(Aggregate::Media(id.to_owned()), vec![uploaded(key, &stored)]).await.unwrap();
    }
    today
        .note(Aggregate::Media("removed".to_owned()), vec![Fact::Media(MediaFact::Removed {})])
        .await
        .unwrap();
    put(&media, &orphan).await;
    put(&media, &elsewhere).await;

    // An upload may still be on its way from the storage to the log.
    let report = sweep_shard(&today, &media, 0x5a).await.unwrap();
    assert_eq!(report, SweepReport { seen: 3, removed: 0 });

    drop(today);
    let later = open(folder.path(), Arc::new(Later(2)));
    let report = sweep_shard(&later, &media, 0x5a).await.unwrap();
    assert_eq!(report, SweepReport { seen: 3, removed: 2 });
    assert!(is_there(&media, &kept).await);
    assert!(!is_there(&media, &orphan).await && !is_there(&media, &removed).await);
    assert!(is_there(&media, &elsewhere).await, "another shard's turn comes later");
    assert_eq!(sweep_shard(&later, &media, 0x5a).await.unwrap(), SweepReport { seen: 1, removed: 0 });
}
