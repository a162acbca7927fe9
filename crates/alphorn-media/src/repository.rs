//! The media repository: storage and thumbnails together.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Weak},
};

use bytes::Bytes;
use futures_util::{Stream, stream};
use parking_lot::Mutex;

use crate::{
    BlobKey, BlobRead, Header, ImageFormat, MediaConfig, PutError, StorageError, Stored, ThumbnailError,
    ThumbnailRequest,
    image_header::{inspect_header, sniff},
    storage::{ObjectPath, Storage},
    thumbnail::{Rendered, Workers, render},
};

/// Thumbnails lie in this many folders, each with an equal share of the space.
const FOLDERS: u64 = 256;
/// Thumbnails in one folder; listing them all is part of storing another one.
const FOLDER_ENTRIES_MAX: usize = 2048;

/// The answer to a request for a thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thumbnail {
    /// The original serves best; it is to be served as the type that its bytes have, whatever its uploader claimed.
    Original(ImageFormat),
    /// A smaller image.
    Image {
        /// Format of the bytes.
        format: ImageFormat,
        /// The bytes.
        bytes: Bytes,
    },
}

/// Stores uploads, reads them, and makes thumbnails of them.
#[derive(Debug, Clone)]
pub struct MediaRepository {
    storage: Storage,
    workers: Workers,
    config: Arc<MediaConfig>,
    /// Thumbnails that are being made: whoever asks for the same one waits instead of making it again.
    making: Arc<Mutex<HashMap<ObjectPath, Weak<tokio::sync::Mutex<()>>>>>,
}

impl MediaRepository {
    /// Puts the parts together.
    #[must_use]
    pub fn new(storage: Storage, config: MediaConfig) -> Self {
        let workers =
            Workers::new(config.thumbnail_workers, config.thumbnail_queue_max, config.thumbnail_time_max());
        Self { storage, workers, config: Arc::new(config), making: Arc::default() }
    }

    /// The limits.
    #[must_use]
    pub fn config(&self) -> &MediaConfig {
        &self.config
    }

    /// The storage, for backups and checks.
    #[must_use]
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// Stores an upload within the configured bound. See [`Storage::put`].
    pub async fn put<S, E>(&self, key: &BlobKey, body: S) -> Result<Stored, PutError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        self.storage.put(key, body, self.config.upload_size_bytes_max).await
    }

    /// Opens an upload or a range of it.
    pub async fn read(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<BlobRead, StorageError> {
        self.storage.read(key, range).await
    }

    /// Removes an upload and its thumbnails.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), StorageError> {
        self.storage.delete(key).await?;
        let own = ObjectPath::thumbnail(key, "");
        for entry in self.storage.list(&ObjectPath::thumbnail_folder(key), FOLDER_ENTRIES_MAX).await? {
            if entry.path.as_str().starts_with(own.as_str()) {
                self.storage.delete_at(&entry.path).await?;
            }
        }
        Ok(())
    }

    /// Finds or makes the thumbnail that answers a request.
    pub async fn thumbnail(
        &self,
        key: &BlobKey,
        request: ThumbnailRequest,
    ) -> Result<Thumbnail, ThumbnailError> {
        if request.animated()
            && let Some(format) = self.animated_original(key).await?
        {
            return Ok(Thumbnail::Original(format));
        }
        let variant = request.variant();
        let path = ObjectPath::thumbnail(key, &variant.name());
        if let Some(found) = self.cached(&path).await {
            return Ok(found);
        }
        self.workers
            .run(async |place| {
                let making = self.making(&path);
                let _alone = making.lock().await;
                if let Some(found) = self.cached(&path).await {
                    return Ok(found);
                }
                let worker = place.worker().await?;
                let original = ObjectPath::original(key);
                let source =
                    self.storage.read_whole(&original, self.config.thumbnail_source_bytes_max).await?;
                let source = source.ok_or(ThumbnailError::TooLarge)?;
                let config = Arc::clone(&self.config);
                match worker.decode(move |cancel| render(&source, variant, &config, cancel)).await? {
                    Rendered::Original(header) => Ok(Thumbnail::Original(header.format)),
                    Rendered::Image(bytes) => self.keep(key, &path, bytes.into()).await,
                }
            })
            .await
    }

    /// An animated image is handed out as it is if it is small: shrinking every frame costs more than it saves.
    async fn animated_original(&self, key: &BlobKey) -> Result<Option<ImageFormat>, ThumbnailError> {
        let bytes_max = self.config.animated_bytes_max;
        self.workers
            .run(async |place| {
                // Held for the memory that the file takes.
                let _worker = place.worker().await?;
                let source = self.storage.read_whole(&ObjectPath::original(key), bytes_max).await?;
                let header: Option<Header> = source.and_then(|source| inspect_header(&source).ok());
                Ok(header.filter(|header| header.animated).map(|header| header.format))
            })
            .await
    }

    /// A stored thumbnail. One that cannot be read is made again.
    async fn cached(&self, path: &ObjectPath) -> Option<Thumbnail> {
        let bytes = self.storage.read_whole(path, self.folder_bytes_max()).await.ok()??;
        let format = sniff(&bytes)?;
        Some(Thumbnail::Image { format, bytes: bytes.into() })
    }

    /// Space in one folder, and so for one thumbnail.
    fn folder_bytes_max(&self) -> u64 {
        self.config.thumbnail_cache_bytes_max / FOLDERS
    }

    /// Stores a thumbnail unless it is so large that it would drive out all others. That this fails, for want of space say, does not keep anyone from having it.
    async fn keep(
        &self,
        key: &BlobKey,
        path: &ObjectPath,
        bytes: Bytes,
    ) -> Result<Thumbnail, ThumbnailError> {
        let format = sniff(&bytes).ok_or(ThumbnailError::NotAnImage)?;
        if bytes.len() as u64 > self.folder_bytes_max() / 2 {
            return Ok(Thumbnail::Image { format, bytes });
        }
        let stored = async {
            self.make_room(key, bytes.len() as u64).await?;
            let body = stream::iter([Ok::<_, StorageError>(bytes.clone())]);
            self.storage.put_at(path, body, self.folder_bytes_max()).await.map_err(|error| match error {
                PutError::Storage(error) | PutError::Body(error) => error,
                PutError::TooLarge { .. } => StorageError::StorageFull,
            })
        };
        if let Err(error) = stored.await {
            tracing::warn!(%error, "could not store a thumbnail");
        }
        Ok(Thumbnail::Image { format, bytes })
    }

    /// Removes the oldest thumbnails of a folder until another one fits into its share.
    async fn make_room(&self, key: &BlobKey, size_bytes: u64) -> Result<(), StorageError> {
        let mut entries = self.storage.list(&ObjectPath::thumbnail_folder(key), FOLDER_ENTRIES_MAX).await?;
        entries.sort_by_key(|entry| entry.modified);
        let mut used = entries.iter().fold(size_bytes, |sum, entry| sum.saturating_add(entry.size_bytes));
        let mut count = entries.len();
        for entry in entries {
            if used <= self.folder_bytes_max() && count < FOLDER_ENTRIES_MAX {
                break;
            }
            self.storage.delete_at(&entry.path).await?;
            used = used.saturating_sub(entry.size_bytes);
            count = count.saturating_sub(1);
        }
        Ok(())
    }

    /// The lock of a thumbnail. Locks that nobody holds are dropped, so there are never more than waiting requests.
    fn making(&self, path: &ObjectPath) -> Arc<tokio::sync::Mutex<()>> {
        let mut making = self.making.lock();
        making.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = making.get(path).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::default();
        making.insert(path.clone(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests;
