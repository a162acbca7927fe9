//! The folder outside the checkout that keeps what was fetched: `nats-server-<version>/` is Debian's package as it
//! unpacks.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{NatsServerError, Version, fitness};

/// Where Debian's package has the executable.
const EXECUTABLE: &str = "usr/sbin/nats-server";
const PREFIX: &str = "nats-server-";

/// The cache.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Makes the folder if it is not there.
    pub(crate) fn open() -> Result<Self, NatsServerError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let base = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
        let nowhere = || std::io::Error::other("neither is set");
        let base = base.ok_or_else(nowhere).map_err(|error| NatsServerError::Cache("find", error))?;
        Self::at(base.join("alphorn"))
    }

    fn at(folder: PathBuf) -> Result<Self, NatsServerError> {
        fs::create_dir_all(&folder).map_err(|error| NatsServerError::Cache("make", error))?;
        Ok(Self { folder })
    }

    /// The newest usable executable.
    pub(crate) fn newest(&self) -> Option<PathBuf> {
        let versions = fs::read_dir(&self.folder).ok()?.flatten().filter_map(|entry| {
            let version = Version::parse(entry.file_name().to_str()?.strip_prefix(PREFIX)?)?;
            Some((version, entry.path().join(EXECUTABLE)))
        });
        let mut versions: Vec<_> = versions.collect();
        versions.sort_unstable();
        versions.into_iter().rev().map(|(_, path)| path).find(|path| fitness(path).is_ok())
    }

    /// A folder on the cache's file system, to work in.
    pub(crate) fn scratch(&self) -> std::io::Result<TempDir> {
        tempfile::Builder::new().prefix("fetching-").tempdir_in(&self.folder)
    }

    /// Moves what was unpacked to its place, at once: whoever looks sees all of it or nothing.
    pub(crate) fn keep(&self, unpacked: TempDir, version: Version) -> Result<PathBuf, NatsServerError> {
        let place = self.folder.join(format!("{PREFIX}{version}"));
        let executable = place.join(EXECUTABLE);
        let moved = fs::rename(unpacked.path().join("unpacked"), &place);
        // Another process may have been quicker: what it put there is as good.
        if let Err(error) = moved
            && fitness(&executable).is_err()
        {
            return Err(NatsServerError::Cache("move the package into", error));
        }
        Ok(executable)
    }
}

/// The executable below the folder that Debian's package was unpacked to.
pub(crate) fn executable_in(unpacked: &Path) -> PathBuf {
    unpacked.join(EXECUTABLE)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn put(folder: &Path, version: &str) {
        let path = folder.join("unpacked").join(EXECUTABLE);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\necho nats-server: v{version}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn what_is_kept_is_found_and_the_newest_first() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::at(home.path().join("cache")).unwrap();
        assert_eq!(cache.newest(), None);
        for version in ["2.15.1", "2.15.10", "2.15.9", "2.15.10"] {
            let scratch = cache.scratch().unwrap();
            put(scratch.path(), version);
            cache.keep(scratch, Version::parse(version).unwrap()).unwrap();
        }
        assert!(cache.newest().unwrap().ends_with(format!("nats-server-2.15.10/{EXECUTABLE}")));
    }

    #[test]
    fn what_does_not_run_is_passed_over() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::at(home.path().to_owned()).unwrap();
        fs::create_dir_all(home.path().join("nats-server-9.0.0")).unwrap();
        assert_eq!(cache.newest(), None);
    }
}
