//! A folder of this machine before a store that all nodes of a cluster share: an upload is answered when both have
//! it, and what another node took is fetched when it is first asked for.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::{
    BlobRead, ObjectPath, StorageError,
    local::{LocalFiles, LocalWriter},
};

/// Bytes fetched in one piece.
const PIECE_BYTES: usize = 128 * 1024;

/// Bytes that come from the shared store.
pub type RemoteBytes = Box<dyn AsyncRead + Send + Unpin>;

/// The store that all nodes share. Names are those of uploads; an object is there whole, or not at all.
pub trait Remote: std::fmt::Debug + Send + Sync + 'static {
    /// Keeps the content of a file; when it answers, the loss of a node does not lose it.
    fn put(&self, name: String, file: tokio::fs::File) -> BoxFuture<'static, Result<(), StorageError>>;

    /// Opens an object.
    fn get(&self, name: String) -> BoxFuture<'static, Result<RemoteBytes, StorageError>>;

    /// Removes an object; that it is gone already is no error.
    fn delete(&self, name: String) -> BoxFuture<'static, Result<(), StorageError>>;
}

/// Both of them.
#[derive(Debug, Clone)]
pub(super) struct Replicated {
    pub(super) files: LocalFiles,
    pub(super) remote: Arc<dyn Remote>,
}

impl Replicated {
    pub(super) async fn begin(&self, path: &ObjectPath) -> Result<ReplicatedWriter, StorageError> {
        let local = self.files.begin(path).await?;
        Ok(ReplicatedWriter { local, path: path.clone(), both: self.clone() })
    }

    pub(super) async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<BlobRead, StorageError> {
        match self.files.read(path, range.clone()).await {
            // Thumbnails are made anew on each node.
            Err(StorageError::NotFound) if !path.is_thumbnail() => {
                self.fetch(path).await?;
                self.files.read(path, range).await
            }
            read => read,
        }
    }

    /// Makes sure that both have an object; true: one did not.
    pub(super) async fn level(&self, path: &ObjectPath) -> Result<bool, StorageError> {
        let name = path.as_str().to_owned();
        let here = match self.files.open_file(path).await {
            Ok(file) => Some(file),
            Err(StorageError::NotFound) => None,
            Err(error) => return Err(error),
        };
        match (self.remote.get(name.clone()).await, here) {
            (Ok(_), Some(_)) => Ok(false),
            (Ok(_), None) => self.fetch(path).await.map(|()| true),
            (Err(StorageError::NotFound), Some(file)) => self.remote.put(name, file).await.map(|()| true),
            (Err(error), _) => Err(error),
        }
    }

    /// Takes what another node stored into the folder.
    async fn fetch(&self, path: &ObjectPath) -> Result<(), StorageError> {
        let mut remote = self.remote.get(path.as_str().to_owned()).await?;
        let mut local = self.files.begin(path).await?;
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let count = remote.read(&mut piece).await?;
            let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
            local.write(&Bytes::copy_from_slice(read)).await?;
        }
        local.finish().await
    }

    pub(super) async fn delete(&self, path: &ObjectPath) -> Result<(), StorageError> {
        if !path.is_thumbnail() {
            self.remote.delete(path.as_str().to_owned()).await?;
        }
        self.files.delete(path).await
    }
}

/// An upload to both.
pub(super) struct ReplicatedWriter {
    pub(super) local: LocalWriter,
    path: ObjectPath,
    both: Replicated,
}

impl ReplicatedWriter {
    /// Makes it durable here, then with the others.
    pub(super) async fn finish(self) -> Result<(), StorageError> {
        let Self { local, path, both } = self;
        local.finish().await?;
        if path.is_thumbnail() {
            return Ok(());
        }
        let stored = match both.files.open_file(&path).await {
            Ok(file) => both.remote.put(path.as_str().to_owned(), file).await,
            Err(error) => Err(error),
        };
        if stored.is_err() {
            // Whoever uploads is told that it failed: then nothing of it should be left.
            let _swept_later = both.files.delete(&path).await;
        }
        stored
    }
}
