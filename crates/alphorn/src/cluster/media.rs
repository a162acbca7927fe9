//! Files of the cluster's users, where all nodes find them: in an object store of the broker, kept by as many of
//! its servers as the log.

use std::sync::Arc;
use std::time::Duration;

use alphorn_log::jetstream::Names;
use alphorn_media::storage::{Remote, RemoteBytes, StorageError};
use async_nats::Client;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::object_store::{
    Config, DeleteErrorKind, GetErrorKind, ObjectMetadata, ObjectStore,
};
use async_nats::jetstream::{self, ErrorCode};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;

/// How long an object may take to be opened or removed, and each part of a large one to be stored.
const PATIENCE: Duration = Duration::from_secs(10);

/// Slowest speed at which an object may be stored, in bytes a second.
const SLOWEST: u64 = 1 << 20;

/// The object store.
#[derive(Debug, Clone)]
pub(crate) struct SharedMedia(Arc<Inner>);

struct Inner {
    client: Client,
    names: Names,
    store: OnceCell<ObjectStore>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Inner").field("store", &self.store.initialized()).finish_non_exhaustive()
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StorageError {
    StorageError::Unavailable(error.into())
}

async fn within<T>(
    time: Duration,
    work: impl Future<Output = Result<T, StorageError>>,
) -> Result<T, StorageError> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|error| Err(failed(error)))
}

impl SharedMedia {
    /// That of a cluster. It is made when it is first used.
    pub(crate) fn new(client: Client, names: Names) -> Self {
        Self(Arc::new(Inner { client, names, store: OnceCell::new() }))
    }

    async fn store(&self) -> Result<&ObjectStore, StorageError> {
        self.0.store.get_or_try_init(|| self.open()).await
    }

    async fn open(&self) -> Result<ObjectStore, StorageError> {
        let Inner { client, names, .. } = &*self.0;
        let bucket = format!("{}_media", names.stream());
        let context = jetstream::new(client.clone());
        let found = context.get_stream(format!("OBJ_{bucket}")).await;
        let missing = match found {
            Ok(_) => false,
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                    true
                }
                _ => return Err(failed(error)),
            },
        };
        if !missing {
            return context.get_object_store(&bucket).await.map_err(failed);
        }
        let mut log = context.get_stream(names.stream()).await.map_err(failed)?;
        let num_replicas = log.info().await.map_err(failed)?.config.num_replicas;
        let config = Config { bucket, num_replicas, max_bytes: -1, ..Config::default() };
        context.create_object_store(config).await.map_err(failed)
    }
}

impl Remote for SharedMedia {
    fn put(&self, name: String, mut file: tokio::fs::File) -> BoxFuture<'static, Result<(), StorageError>> {
        let this = self.clone();
        async move {
            let bytes = file.metadata().await?.len();
            let time = PATIENCE + Duration::from_secs(bytes / SLOWEST);
            within(time, async {
                let metadata = ObjectMetadata { name, ..ObjectMetadata::default() };
                this.store().await?.put(metadata, &mut file).await.map_err(failed)?;
                Ok(())
            })
            .await
        }
        .boxed()
    }

    fn get(&self, name: String) -> BoxFuture<'static, Result<RemoteBytes, StorageError>> {
        let this = self.clone();
        within(PATIENCE, async move {
            match this.store().await?.get(&name).await {
                Ok(object) => Ok(Box::new(object) as RemoteBytes),
                Err(error) if error.kind() == GetErrorKind::NotFound => Err(StorageError::NotFound),
                Err(error) => Err(failed(error)),
            }
        })
        .boxed()
    }

    fn delete(&self, name: String) -> BoxFuture<'static, Result<(), StorageError>> {
        let this = self.clone();
        within(PATIENCE, async move {
            match this.store().await?.delete(&name).await {
                Ok(()) => Ok(()),
                Err(error) if error.kind() == DeleteErrorKind::NotFound => Ok(()),
                Err(error) => Err(failed(error)),
            }
        })
        .boxed()
    }
}
