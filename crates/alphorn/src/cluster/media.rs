//! Files of the cluster's users, where all nodes find them: in an object store of the broker, kept by as many of
//! its servers as the log.

use std::sync::Arc;
use std::time::Duration;

use alphorn_log::jetstream::{Names, media_config};
use alphorn_media::storage::{Remote, RemoteBytes, StorageError};
use async_nats::Client;
use async_nats::jetstream::consumer::push::OrderedConfig;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::object_store::{
    DeleteErrorKind, GetErrorKind, ObjectInfo, ObjectMetadata, ObjectStore,
};
use async_nats::jetstream::{self, ErrorCode};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::OnceCell;
use tokio_util::io::StreamReader;

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
        let bucket = names.media_bucket();
        let context = jetstream::new(client.clone());
        let found = context.get_stream(names.media_stream()).await;
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
        context.create_object_store(media_config(names, num_replicas)).await.map_err(failed)
    }
}

/// The parts of an object that another site stored are found under this site's name, and the object says the other's.
impl SharedMedia {
    async fn copied(&self, info: &ObjectInfo) -> Result<RemoteBytes, StorageError> {
        let Inner { client, names, .. } = &*self.0;
        let stream = jetstream::new(client.clone()).get_stream(names.media_stream()).await.map_err(failed)?;
        let config = OrderedConfig {
            deliver_subject: client.new_inbox(),
            filter_subject: format!("$O.{}.C.{}", names.media_bucket(), info.nuid),
            ..OrderedConfig::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(failed)?;
        let parts = consumer.messages().await.map_err(failed)?.take(info.chunks);
        let parts = parts.map(|part| part.map(|part| part.payload.clone()).map_err(std::io::Error::other));
        Ok(Box::new(StreamReader::new(parts)))
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
                Ok(object) if object.info().bucket != this.0.names.media_bucket() => {
                    this.copied(object.info()).await
                }
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
