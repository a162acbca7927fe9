//! A folder of this machine.
//!
//! ```text
//! <folder>/incoming/<n>          uploads that are still arriving; emptied at start
//! <folder>/ab/cd/<key>           finished uploads
//! <folder>/thumbnails/ab/<key>-… thumbnails, can always be made again
//! ```
//! A finished file is synced, renamed into place, and then every folder on the way to it is synced, so that neither
//! its bytes nor its name can be lost once the put has answered, and no reader ever sees a part of it.

use std::{
    collections::HashSet,
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::{BlobRead, Listed, ObjectPath, StorageError};

const INCOMING: &str = "incoming";
/// Leftovers removed in one start. There cannot be more than uploads ran at the crash; a folder that someone filled
/// by other means must not hold the start up.
const LEFTOVERS_MAX: usize = 10_000;
/// Bytes read ahead of a slow receiver.
const READ_BYTES: usize = 128 * 1024;

#[derive(Debug, Clone)]
pub(super) struct LocalFiles(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    next_incoming: AtomicU64,
    /// Folders whose own names are known to be durable: at most one per pair of leading key digits.
    durable_folders: Mutex<HashSet<PathBuf>>,
}

impl LocalFiles {
    pub(super) fn open(root: &Path) -> Result<Self, StorageError> {
        let incoming = root.join(INCOMING);
        fs::create_dir_all(&incoming)?;
        sync_folder(root)?;
        let removed = clear(&incoming)?;
        if removed > 0 {
            tracing::info!(removed, "removed unfinished uploads");
        }
        Ok(Self::look_at(root))
    }

    pub(super) fn look_at(root: &Path) -> Self {
        Self(Arc::new(Inner {
            root: root.to_owned(),
            next_incoming: AtomicU64::new(0),
            durable_folders: Mutex::default(),
        }))
    }

    pub(super) async fn begin(&self, path: &ObjectPath) -> Result<LocalWriter, StorageError> {
        let number = self.0.next_incoming.fetch_add(1, Ordering::Relaxed);
        let incoming = self.0.root.join(INCOMING).join(number.to_string());
        // What may lie under this name is a leftover that the start did not get to.
        let file = tokio::fs::File::create(&incoming).await?;
        Ok(LocalWriter {
            file,
            incoming: Incoming(Some(incoming)),
            target: self.0.root.join(path.as_str()),
            files: self.clone(),
        })
    }

    /// Opens a finished file.
    pub(super) async fn open_file(&self, path: &ObjectPath) -> Result<tokio::fs::File, StorageError> {
        Ok(tokio::fs::File::open(self.0.root.join(path.as_str())).await?)
    }

    pub(super) async fn read(
        &self,
        path: &ObjectPath,
        range: Option<Range<u64>>,
    ) -> Result<BlobRead, StorageError> {
        let mut file = tokio::fs::File::open(self.0.root.join(path.as_str())).await?;
        let size_bytes = file.metadata().await?.len();
        let range = range.unwrap_or(0..size_bytes);
        if range.start > range.end || range.end > size_bytes {
            return Err(StorageError::OutOfRange { size_bytes });
        }
        if range.start > 0 {
            file.seek(io::SeekFrom::Start(range.start)).await?;
        }
        let left = range.end.saturating_sub(range.start);
        let stream = stream::try_unfold((file, left), |(file, left)| read_piece(file, left));
        Ok(BlobRead { size_bytes, stream: Box::pin(stream) })
    }

    pub(super) async fn delete(&self, path: &ObjectPath) -> Result<(), StorageError> {
        Ok(tokio::fs::remove_file(self.0.root.join(path.as_str())).await?)
    }

    pub(super) async fn list(&self, folder: &str, count_max: usize) -> Result<Vec<Listed>, StorageError> {
        let (root, folder) = (self.0.root.join(folder), folder.to_owned());
        blocking(move || match list(&root, &folder, count_max) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other,
        })
        .await
    }

    /// The first files that lie in the folders of a folder.
    pub(super) async fn list_below(
        &self,
        folder: &str,
        count_max: usize,
    ) -> Result<Vec<Listed>, StorageError> {
        let (root, folder) = (self.0.root.join(folder), folder.to_owned());
        blocking(move || match list_below(&root, &folder, count_max) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other,
        })
        .await
    }

    /// Renames a synced file into place and makes its name durable.
    fn publish(&self, incoming: &Path, target: &Path) -> io::Result<()> {
        let Some(folder) = target.parent() else { return Err(io::ErrorKind::InvalidInput.into()) };
        if !self.0.durable_folders.lock().contains(folder) {
            self.make_folder(folder)?;
        }
        match fs::rename(incoming, target) {
            // An operator removed a folder that was known to be there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make_folder(folder)?;
                fs::rename(incoming, target)?;
            }
            other => other?,
        }
        sync_folder(folder)
    }

    fn make_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        self.sync_ancestors(folder)?;
        self.0.durable_folders.lock().insert(folder.to_owned());
        Ok(())
    }

    /// Syncs every folder above this one up to the root: another upload may have made one of them a moment ago and
    /// not have synced it yet, so that it exists is not enough.
    fn sync_ancestors(&self, folder: &Path) -> io::Result<()> {
        for ancestor in folder.ancestors().skip(1) {
            sync_folder(ancestor)?;
            if ancestor == self.0.root {
                break;
            }
        }
        Ok(())
    }
}

/// A file that is being written; dropping it unfinished removes it.
pub(super) struct LocalWriter {
    file: tokio::fs::File,
    incoming: Incoming,
    target: PathBuf,
    files: LocalFiles,
}

/// Path of the unfinished file, until it is finished.
struct Incoming(Option<PathBuf>);

impl Drop for Incoming {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = fs::remove_file(path)
        {
            tracing::warn!(%error, "unfinished upload stays until the next start");
        }
    }
}

impl Incoming {
    fn publish(mut self, files: &LocalFiles, target: &Path) -> io::Result<()> {
        if let Some(path) = &self.0 {
            files.publish(path, target)?;
            self.0 = None;
        }
        Ok(())
    }
}

impl LocalWriter {
    pub(super) async fn write(&mut self, piece: &Bytes) -> Result<(), StorageError> {
        write_all(&mut self.file, piece).await
    }

    pub(super) async fn finish(self) -> Result<(), StorageError> {
        let Self { mut file, incoming, target, files } = self;
        // Without the flush an error of the last background write would go unnoticed.
        file.flush().await?;
        file.sync_all().await?;
        drop(file);
        blocking(move || incoming.publish(&files, &target)).await
    }
}

async fn write_all(file: &mut tokio::fs::File, piece: &[u8]) -> Result<(), StorageError> {
    Ok(file.write_all(piece).await?)
}

type Piece = Option<(Bytes, (tokio::fs::File, u64))>;

async fn read_piece(mut file: tokio::fs::File, left: u64) -> Result<Piece, StorageError> {
    let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(READ_BYTES);
    if wanted == 0 {
        return Ok(None);
    }
    let mut piece = BytesMut::with_capacity(wanted);
    let read = (&mut file).take(wanted as u64).read_buf(&mut piece).await?;
    if read == 0 {
        // The file became shorter under our hands.
        return Err(StorageError::Unavailable(Box::new(io::Error::from(io::ErrorKind::UnexpectedEof))));
    }
    Ok(Some((piece.freeze(), (file, left.saturating_sub(read as u64)))))
}

async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    match tokio::task::spawn_blocking(job).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(StorageError::Unavailable(Box::new(error))),
    }
}

fn list(root: &Path, folder: &str, count_max: usize) -> io::Result<Vec<Listed>> {
    let mut listed = Vec::new();
    for entry in fs::read_dir(root)?.take(count_max) {
        let entry = entry?;
        let (Ok(metadata), Ok(name)) = (entry.metadata(), entry.file_name().into_string()) else { continue };
        if metadata.is_file() {
            listed.push(Listed {
                path: ObjectPath(format!("{folder}/{name}")),
                size_bytes: metadata.len(),
                modified: metadata.modified()?,
            });
        }
    }
    Ok(listed)
}

fn list_below(root: &Path, folder: &str, count_max: usize) -> io::Result<Vec<Listed>> {
    let mut listed = Vec::new();
    // One folder for each pair of digits.
    for entry in fs::read_dir(root)?.take(256) {
        let Ok(name) = entry?.file_name().into_string() else { continue };
        let below = root.join(&name);
        let left = count_max.saturating_sub(listed.len());
        if left > 0 && below.is_dir() {
            listed.extend(list(&below, &format!("{folder}/{name}"), left)?);
        }
    }
    Ok(listed)
}

fn clear(folder: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)?.take(LEFTOVERS_MAX) {
        fs::remove_file(entry?.path())?;
        removed += 1;
    }
    Ok(removed)
}

/// Makes the names in a folder durable. Elsewhere than on Unix a folder cannot be synced and need not be.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
