//! Where the bytes lie: a folder of this machine, or any store that the `object_store` crate speaks to.
//!
//! The folder is written by our own code and not through `object_store`, although that has a local file system too:
//! unfinished uploads must lie in one folder so that clearing them at start is bounded work (there they lie beside
//! their targets), a folder that a neighbouring upload has just made must be durable before we answer, and a full
//! disk must be told from other failures.

mod local;
#[cfg(feature = "object-store")]
mod objects;
mod replicated;

use std::{io, ops::Range, path::Path, time::SystemTime};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream::BoxStream};
use sha2::{Digest as _, Sha256};

use crate::blob_key::{BlobKey, hex};

pub use replicated::{Remote, RemoteBytes};

/// A storage operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Nothing is stored under this name.
    #[error("no such object in the media storage")]
    NotFound,
    /// There is no room left; reading goes on.
    #[error("media storage is full")]
    StorageFull,
    /// The asked range lies outside the object, or the object is shorter than its metadata say.
    #[error("range lies outside the stored {size_bytes} bytes")]
    OutOfRange {
        /// Bytes that are stored.
        size_bytes: u64,
    },
    /// The storage does not answer or fails.
    #[error("media storage failed")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StorageFull,
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}

/// An upload was not stored; nothing of it remains.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E> {
    /// The body is longer than allowed.
    #[error("content is larger than {size_bytes_max} bytes")]
    TooLarge {
        /// The bound that it broke.
        size_bytes_max: u64,
    },
    /// The sender broke off.
    #[error("content could not be read")]
    Body(#[source] E),
    /// The storage refused.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// SHA-256 of stored content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// Lower-case hexadecimal text.
    #[must_use]
    pub fn to_hex(self) -> String {
        hex(&self.0)
    }
}

/// What a finished put knows about the bytes; they are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Length of the content.
    pub size_bytes: u64,
    /// Hash of the content.
    pub sha256: ContentHash,
}

/// An opened object.
pub struct BlobRead {
    /// Length of the whole object, whatever range was asked for.
    pub size_bytes: u64,
    /// The bytes of the range, in order. An error in the middle must break the response off.
    pub stream: BoxStream<'static, Result<Bytes, StorageError>>,
}

/// The bytes of an upload as the storage knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// Their name.
    pub key: BlobKey,
    /// When they were stored, in milliseconds since the Unix epoch.
    pub modified_ms: u64,
}

/// One entry of a folder listing.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) path: ObjectPath,
    pub(crate) size_bytes: u64,
    pub(crate) modified: SystemTime,
}

/// Name of an object: segments made by us alone, never by a stranger.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ObjectPath(String);

impl ObjectPath {
    /// Where the bytes of an upload lie.
    pub(crate) fn original(key: &BlobKey) -> Self {
        Self(format!("{}/{}/{key}", key.shard(), key.subshard()))
    }

    /// Where a thumbnail of them lies; `variant` is one of our own names.
    pub(crate) fn thumbnail(key: &BlobKey, variant: &str) -> Self {
        Self(format!("{}/{key}-{variant}", Self::thumbnail_folder(key)))
    }

    /// Folder that holds a 256th of all thumbnails.
    pub(crate) fn thumbnail_folder(key: &BlobKey) -> String {
        format!("thumbnails/{}", key.shard())
    }

    pub(crate) fn is_thumbnail(&self) -> bool {
        self.0.starts_with("thumbnails/")
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The media storage of this server.
#[derive(Debug, Clone)]
pub struct Storage(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Local(local::LocalFiles),
    Replicated(replicated::Replicated),
    #[cfg(feature = "object-store")]
    Objects(objects::Objects),
}

enum Writer {
    Local(local::LocalWriter),
    Replicated(replicated::ReplicatedWriter),
    #[cfg(feature = "object-store")]
    Objects(objects::ObjectWriter),
}

impl Storage {
    /// Opens (and makes, if need be) a folder of this machine and clears what a crash left of unfinished uploads.
    pub fn open_local(folder: &Path) -> Result<Self, StorageError> {
        Ok(Self(Backend::Local(local::LocalFiles::open(folder)?)))
    }

    /// Looks at a folder of this machine, which another process may be using, without changing anything in it.
    #[must_use]
    pub fn look_at_local(folder: &Path) -> Self {
        Self(Backend::Local(local::LocalFiles::look_at(folder)))
    }

    /// Opens a folder of this machine before a store that all nodes of a cluster share.
    pub fn replicated(folder: &Path, remote: std::sync::Arc<dyn Remote>) -> Result<Self, StorageError> {
        let files = local::LocalFiles::open(folder)?;
        Ok(Self(Backend::Replicated(replicated::Replicated { files, remote })))
    }

    /// Uses any store that the `object_store` crate speaks to.
    #[cfg(feature = "object-store")]
    #[must_use]
    pub fn over(store: std::sync::Arc<dyn object_store::ObjectStore>) -> Self {
        Self(Backend::Objects(objects::Objects::new(store)))
    }

    /// Stores a body that arrives piece by piece, hashing it on the way. Not more than one piece is held in memory,
    /// and a body beyond `size_bytes_max` is refused at the piece that breaks the bound. When this returns the bytes
    /// survive a crash; before, no reader can see any of them.
    pub async fn put<S, E>(&self, key: &BlobKey, body: S, size_bytes_max: u64) -> Result<Stored, PutError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        self.put_at(&ObjectPath::original(key), body, size_bytes_max).await
    }

    pub(crate) async fn put_at<S, E>(
        &self,
        path: &ObjectPath,
        body: S,
        size_bytes_max: u64,
    ) -> Result<Stored, PutError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        let mut writer = self.begin(path).await.map_err(missing_is_failure)?;
        match fill(&mut writer, body, size_bytes_max).await {
            Ok(stored) => {
                writer.finish().await.map_err(missing_is_failure)?;
                Ok(stored)
            }
            Err(error) => {
                writer.abort().await;
                Err(error)
            }
        }
    }

    async fn begin(&self, path: &ObjectPath) -> Result<Writer, StorageError> {
        match &self.0 {
            Backend::Local(files) => Ok(Writer::Local(files.begin(path).await?)),
            Backend::Replicated(both) => Ok(Writer::Replicated(both.begin(path).await?)),
            #[cfg(feature = "object-store")]
            Backend::Objects(objects) => Ok(Writer::Objects(objects.begin(path))),
        }
    }

    /// Opens the bytes of an upload, or a range of them.
    pub async fn read(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<BlobRead, StorageError> {
        self.read_at(&ObjectPath::original(key), range).await
    }

    pub(crate) async fn read_at(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<BlobRead, StorageError> {
        match &self.0 {
            Backend::Local(files) => files.read(path, range).await,
            Backend::Replicated(both) => both.read(path, range).await,
            #[cfg(feature = "object-store")]
            Backend::Objects(objects) => objects.read(path, range).await,
        }
    }

    /// Reads a whole object into memory if it is not longer than the bound, else answers `None`.
    pub(crate) async fn read_whole(
        &self,
        path: &ObjectPath,
        size_bytes_max: u64,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        let mut read = self.read_at(path, None).await?;
        let Ok(size) = usize::try_from(read.size_bytes) else { return Ok(None) };
        if read.size_bytes > size_bytes_max {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(size);
        while let Some(piece) = read.stream.next().await {
            bytes.extend_from_slice(&piece?);
        }
        Ok(Some(bytes))
    }

    /// Removes the bytes of an upload; that they are gone already is no error.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), StorageError> {
        self.delete_at(&ObjectPath::original(key)).await
    }

    pub(crate) async fn delete_at(&self, path: &ObjectPath) -> Result<(), StorageError> {
        let result = match &self.0 {
            Backend::Local(files) => files.delete(path).await,
            Backend::Replicated(both) => both.delete(path).await,
            #[cfg(feature = "object-store")]
            Backend::Objects(objects) => objects.delete(path).await,
        };
        match result {
            Err(StorageError::NotFound) => Ok(()),
            other => other,
        }
    }

    /// The first `count_max` objects that lie directly in a folder.
    pub(crate) async fn list(&self, folder: &str, count_max: usize) -> Result<Vec<Listed>, StorageError> {
        match &self.0 {
            Backend::Local(files) => files.list(folder, count_max).await,
            Backend::Replicated(both) => both.files.list(folder, count_max).await,
            #[cfg(feature = "object-store")]
            Backend::Objects(objects) => objects.list(folder, count_max).await,
        }
    }

    /// The first `count_max` uploads in one of 256 equal shards.
    pub async fn blobs(&self, shard: u8, count_max: usize) -> Result<Vec<StoredBlob>, StorageError> {
        let folder = hex(&[shard]);
        let listed = match &self.0 {
            Backend::Local(files) => files.list_below(&folder, count_max).await?,
            Backend::Replicated(both) => both.files.list_below(&folder, count_max).await?,
            #[cfg(feature = "object-store")]
            Backend::Objects(objects) => objects.list(&folder, count_max).await?,
        };
        let blobs = listed.into_iter().filter_map(|entry| {
            let key = BlobKey::parse(entry.path.as_str().rsplit('/').next()?).ok()?;
            let age = entry.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let modified_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
            Some(StoredBlob { key, modified_ms })
        });
        Ok(blobs.collect())
    }

    /// Makes sure that an upload is in both places, where there are two: the folder and the store that nodes share.
    /// That one of them has it is enough; true: something was copied.
    pub async fn level(&self, key: &BlobKey) -> Result<bool, StorageError> {
        match &self.0 {
            Backend::Replicated(both) => both.level(&ObjectPath::original(key)).await,
            _ => Ok(false),
        }
    }

    /// Reads the bytes of an upload again and tells their length and hash, for integrity checks and verified
    /// restores.
    pub async fn measure(&self, key: &BlobKey) -> Result<Stored, StorageError> {
        let mut read = self.read(key, None).await?;
        let (mut hasher, mut size_bytes) = (Sha256::new(), 0_u64);
        while let Some(piece) = read.stream.next().await {
            let piece = piece?;
            size_bytes = size_bytes.saturating_add(length(&piece));
            hasher.update(&piece);
        }
        Ok(Stored { size_bytes, sha256: ContentHash(hasher.finalize().into()) })
    }
}

/// Who writes does not look for anything: if something is missing then it is the storage's own folder.
fn missing_is_failure(error: StorageError) -> StorageError {
    match error {
        StorageError::NotFound => StorageError::Unavailable("the media folder is gone".into()),
        other => other,
    }
}

async fn fill<S, E>(writer: &mut Writer, body: S, size_bytes_max: u64) -> Result<Stored, PutError<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Send,
{
    let mut body = std::pin::pin!(body);
    let (mut hasher, mut size_bytes) = (Sha256::new(), 0_u64);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(PutError::Body)?;
        size_bytes = size_bytes.saturating_add(length(&piece));
        if size_bytes > size_bytes_max {
            return Err(PutError::TooLarge { size_bytes_max });
        }
        hasher.update(&piece);
        writer.write(piece).await?;
    }
    Ok(Stored { size_bytes, sha256: ContentHash(hasher.finalize().into()) })
}

fn length(piece: &Bytes) -> u64 {
    u64::try_from(piece.len()).unwrap_or(u64::MAX)
}

impl Writer {
    async fn write(&mut self, piece: Bytes) -> Result<(), StorageError> {
        match self {
            Self::Local(writer) => writer.write(&piece).await,
            Self::Replicated(writer) => writer.local.write(&piece).await,
            #[cfg(feature = "object-store")]
            Self::Objects(writer) => writer.write(piece).await,
        }
    }

    async fn finish(self) -> Result<(), StorageError> {
        match self {
            Self::Local(writer) => writer.finish().await,
            Self::Replicated(writer) => writer.finish().await,
            #[cfg(feature = "object-store")]
            Self::Objects(writer) => writer.finish().await,
        }
    }

    async fn abort(self) {
        match self {
            // Dropping the writer removes its file.
            Self::Local(writer) => drop(writer),
            Self::Replicated(writer) => drop(writer),
            #[cfg(feature = "object-store")]
            Self::Objects(writer) => writer.abort().await,
        }
    }
}

#[cfg(test)]
mod tests;
