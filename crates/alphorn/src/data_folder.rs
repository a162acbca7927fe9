//! The folder with everything that must not be lost, and the lock that keeps two processes out of it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Marks a folder into which a restore has not finished.
pub(crate) const RESTORING: &str = "restoring";

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataFolderError {
    /// Another process works in it.
    #[error(
        "the data folder {0} is in use by another process; stop the server first, or wait until the other \
         command is done"
    )]
    Busy(PathBuf),
    /// It is not there, and this command does not make it.
    #[error(
        "there is no data folder at {0}; start `alphorn serve` once, or give the right one with --data-dir"
    )]
    Missing(PathBuf),
    /// A restore into it was cut off.
    #[error("the data folder {0} is an unfinished restore; empty it and run `alphorn restore` again")]
    Restoring(PathBuf),
    /// The operating system says no.
    #[error("cannot {what} {path}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The data folder, locked for as long as this value lives.
#[derive(Debug)]
pub(crate) struct DataFolder {
    root: PathBuf,
    _lock: File,
}

fn system(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DataFolderError {
    let path = path.to_path_buf();
    move |source| DataFolderError::System { what, path, source }
}

impl DataFolder {
    /// Opens the folder and makes it first if it is missing.
    pub(crate) fn open_or_create(root: &Path) -> Result<Self, DataFolderError> {
        make_private_folder(root)?;
        Self::open(root)
    }

    /// Opens a folder that must be there.
    pub(crate) fn open(root: &Path) -> Result<Self, DataFolderError> {
        if !root.is_dir() {
            return Err(DataFolderError::Missing(root.to_path_buf()));
        }
        if root.join(RESTORING).exists() {
            return Err(DataFolderError::Restoring(root.to_path_buf()));
        }
        let path = root.join("lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).write(true).truncate(false).mode(0o600).open(&path);
        let lock = lock.map_err(system("open", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_path_buf(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::Busy(root.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(system("lock", &path)(error)),
        }
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of something in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// Makes a folder that only its owner can enter; an existing one loses what others could do in it.
pub(crate) fn make_private_folder(path: &Path) -> Result<(), DataFolderError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(system("make the folder", path))?;
    let metadata = std::fs::metadata(path).map_err(system("look at", path))?;
    let mode = metadata.permissions().mode();
    if mode & 0o077 != 0 {
        let private = std::fs::Permissions::from_mode(mode & 0o700);
        std::fs::set_permissions(path, private).map_err(system("set the permissions of", path))?;
    }
    Ok(())
}

/// Writes a small file whole or not at all, also through a crash.
pub(crate) fn write_file(path: &Path, content: &[u8], mode: u32) -> Result<(), DataFolderError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(system("remove", &temporary)(error));
        }
        _ => {}
    }
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().create_new(true).write(true).mode(mode).open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().map_err(system("write", path))
}

/// The content of a small text file, if it is there.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, DataFolderError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(system("read", path)(error)),
    }
}
