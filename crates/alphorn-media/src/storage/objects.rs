//! Any store that the `object_store` crate speaks to, S3-compatible ones first of all.
//!
//! Durability and atomic visibility are the store's own promises: an object exists once its (multipart) upload is
//! completed. Parts of an upload that a crash left behind are the store's to expire: S3 has a lifecycle rule for it.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::{
    GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, path::Path,
};

use super::{BlobRead, Listed, ObjectPath, StorageError};

/// S3 wants parts of at least 5 MiB, and at most 10,000 of them.
const PART_BYTES: usize = 8 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(super) struct Objects(Arc<dyn ObjectStore>);

impl Objects {
    pub(super) fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self(store)
    }

    pub(super) fn begin(&self, path: &ObjectPath) -> ObjectWriter {
        ObjectWriter {
            store: Arc::clone(&self.0),
            path: Path::from(path.as_str()),
            part: Vec::new(),
            part_bytes: 0,
            multipart: None,
        }
    }

    pub(super) async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<BlobRead, StorageError> {
        let path = Path::from(path.as_str());
        if let Some(range) = &range {
            let size_bytes = self.0.head(&path).await.map_err(refused)?.size;
            if range.start > range.end || range.end > size_bytes {
                return Err(StorageError::OutOfRange { size_bytes });
            }
            if range.is_empty() {
                return Ok(BlobRead { size_bytes, stream: futures_util::stream::empty().boxed() });
            }
        }
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let result = self.0.get_opts(&path, options).await.map_err(refused)?;
        Ok(BlobRead { size_bytes: result.meta.size, stream: result.into_stream().map_err(refused).boxed() })
    }

    pub(super) async fn delete(&self, path: &ObjectPath) -> Result<(), StorageError> {
        self.0.delete(&Path::from(path.as_str())).await.map_err(refused)
    }

    pub(super) async fn list(&self, folder: &str, count_max: usize) -> Result<Vec<Listed>, StorageError> {
        let folder = Path::from(folder);
        self.0
            .list(Some(&folder))
            .take(count_max)
            .map_ok(|meta| Listed {
                path: ObjectPath(meta.location.to_string()),
                size_bytes: meta.size,
                modified: meta.last_modified.into(),
            })
            .map_err(refused)
            .try_collect()
            .await
    }
}

/// Gathers pieces into parts; what fits into one part is put at once.
pub(super) struct ObjectWriter {
    store: Arc<dyn ObjectStore>,
    path: Path,
    part: Vec<Bytes>,
    part_bytes: usize,
    multipart: Option<Box<dyn MultipartUpload>>,
}

impl ObjectWriter {
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), StorageError> {
        self.part_bytes = self.part_bytes.saturating_add(piece.len());
        self.part.push(piece);
        if self.part_bytes >= PART_BYTES {
            self.send_part().await?;
        }
        Ok(())
    }

    async fn send_part(&mut self) -> Result<(), StorageError> {
        let part = self.take_part();
        let mut upload = match self.multipart.take() {
            Some(upload) => upload,
            None => self.store.put_multipart(&self.path).await.map_err(refused)?,
        };
        let sent = upload.put_part(part).await.map_err(refused);
        self.multipart = Some(upload);
        sent
    }

    fn take_part(&mut self) -> PutPayload {
        self.part_bytes = 0;
        PutPayload::from_iter(std::mem::take(&mut self.part))
    }

    pub(super) async fn finish(mut self) -> Result<(), StorageError> {
        if self.multipart.is_none() {
            let part = self.take_part();
            self.store.put(&self.path, part).await.map_err(refused)?;
            return Ok(());
        }
        if self.part_bytes > 0
            && let Err(error) = self.send_part().await
        {
            self.abort().await;
            return Err(error);
        }
        if let Some(mut upload) = self.multipart {
            upload.complete().await.map_err(refused)?;
        }
        Ok(())
    }

    pub(super) async fn abort(self) {
        if let Some(mut upload) = self.multipart
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "parts of an unfinished upload stay in the object store");
        }
    }
}

fn refused(error: object_store::Error) -> StorageError {
    match error {
        object_store::Error::NotFound { .. } => StorageError::NotFound,
        other => StorageError::Unavailable(Box::new(other)),
    }
}
