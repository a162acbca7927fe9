//! The nats-server executable that tests and tasks run: one that is on this machine already, or Debian's.
//!
//! [`find`] looks and never downloads; tests call it. [`obtain`] downloads when there is none;
//! `cargo xtask nats` and the set-up before a test run call it. Both take, in this order:
//!
//! 1. the executable that `ALPHORN_NATS_SERVER` names, and no other when it is set;
//! 2. `nats-server` in `PATH`, or in `/usr/sbin`, where Debian's package puts it, unless it is too old;
//! 3. the one that an earlier [`obtain`] left in the cache, outside the checkout.

mod cache;
mod debian;
mod version;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use crate::cache::Cache;
pub use crate::debian::DownloadError;
pub use crate::version::{FLOOR, MEASURED, Version};

/// The environment variable that names an executable to be taken instead of all others.
pub const OVERRIDE: &str = "ALPHORN_NATS_SERVER";

/// Why there is no nats-server to run.
#[derive(Debug, Error)]
pub enum NatsServerError {
    /// None was found; one can be downloaded.
    #[error(
        "there is no nats-server {FLOOR} or later here{}: run `cargo xtask nats`, which fetches it from Debian's \
         unstable suite, or install one and name it in {OVERRIDE}", unfit_note(.unfit)
    )]
    Absent {
        /// What was found and not taken, and why.
        unfit: Vec<String>,
    },
    /// `ALPHORN_NATS_SERVER` names something that cannot be used.
    #[error("{OVERRIDE}: {0}")]
    Named(String),
    /// There is no folder for the cache.
    #[error("cannot {0} the cache folder (below $XDG_CACHE_HOME, or $HOME/.cache): {1}")]
    Cache(&'static str, std::io::Error),
    /// The download failed.
    #[error(
        "nats-server {FLOOR} or later cannot be fetched: {0}\n\
         (install one yourself and name it in {OVERRIDE}; its releases are on its project's pages)"
    )]
    Download(DownloadError),
}

fn unfit_note(unfit: &[String]) -> String {
    if unfit.is_empty() { String::new() } else { format!(" ({})", unfit.join("; ")) }
}

/// A nats-server that is on this machine.
///
/// # Errors
/// When there is none, in words that say how to get one.
pub fn find() -> Result<PathBuf, NatsServerError> {
    if let Some(named) = std::env::var_os(OVERRIDE).filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        return match fitness(&path) {
            Ok(_) => Ok(path),
            Err(unfit) => Err(NatsServerError::Named(unfit)),
        };
    }
    let mut unfit = Vec::new();
    for path in installed(std::env::var_os("PATH")) {
        match fitness(&path) {
            Ok(_) => return Ok(path),
            Err(why) => unfit.push(why),
        }
    }
    let cached = Cache::open().ok().and_then(|cache| cache.newest());
    cached.ok_or(NatsServerError::Absent { unfit })
}

/// A nats-server that is on this machine, fetched from Debian's unstable suite if need be. What it does is told
/// line by line to `progress`.
///
/// # Errors
/// When there is none and none can be fetched.
pub fn obtain(progress: &mut dyn FnMut(&str)) -> Result<PathBuf, NatsServerError> {
    match find() {
        Err(NatsServerError::Absent { unfit }) => {
            unfit.iter().for_each(|why| progress(why));
            let cache = Cache::open()?;
            let (unpacked, version) = debian::fetch(&cache, progress).map_err(NatsServerError::Download)?;
            cache.keep(unpacked, version)
        }
        found => found,
    }
}

/// The version of an executable that may be used, or why it may not.
///
/// # Errors
/// When it does not run, is no nats-server, or is below [`FLOOR`].
pub fn fitness(path: &Path) -> Result<Version, String> {
    let shown = path.display();
    let output = Command::new(path)
        .arg("--version")
        .output()
        .map_err(|error| format!("{shown} does not run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let said = said.lines().next().unwrap_or_default();
    let version =
        Version::parse(said).ok_or_else(|| format!("{shown} says {said:?} when asked for its version"))?;
    if version < FLOOR {
        return Err(format!("{shown} is {version}, and {FLOOR} is the oldest that may be used"));
    }
    Ok(version)
}

/// Files of that name in the folders of `search_path` and where Debian keeps servers.
fn installed(search_path: Option<OsString>) -> impl Iterator<Item = PathBuf> {
    let folders: Vec<PathBuf> =
        search_path.map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let debian = PathBuf::from("/usr/sbin");
    let further = (!folders.contains(&debian)).then_some(debian);
    folders
        .into_iter()
        .chain(further)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("nats-server"))
        .filter(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// An executable that answers `--version` with this.
    fn saying(folder: &Path, version: &str) -> PathBuf {
        let path = folder.join("nats-server");
        fs::write(&path, format!("#!/bin/sh\necho '{version}'\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn an_old_server_and_another_program_are_told_from_a_usable_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(fitness(&saying(folder.path(), "nats-server: v2.15.1")).is_ok());
        let old = fitness(&saying(folder.path(), "nats-server: v2.9.10")).unwrap_err();
        assert!(old.contains("is 2.9.10, and 2.14.4 is the oldest"), "{old}");
        assert!(fitness(&saying(folder.path(), "gnatsd 7")).is_err());
        assert!(fitness(&folder.path().join("absent")).unwrap_err().contains("does not run"));
    }

    #[test]
    fn the_search_path_is_looked_through_in_order_and_relative_folders_are_not_trusted() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let expected = [saying(first.path(), "1"), saying(second.path(), "2")];
        let path = std::env::join_paths([Path::new("."), first.path(), second.path()]).unwrap();
        let found: Vec<PathBuf> = installed(Some(path)).collect();
        assert_eq!(found[..2], expected);
    }

    #[test]
    fn the_refusal_says_what_to_do_and_what_was_not_taken() {
        let error = NatsServerError::Absent { unfit: vec!["/usr/sbin/nats-server is 2.9.10".into()] };
        let said = error.to_string();
        assert!(said.contains("cargo xtask nats") && said.contains("is 2.9.10"), "{said}");
    }
}
