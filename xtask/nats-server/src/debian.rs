//! Fetches nats-server from Debian's unstable suite and unpacks it, without touching what is installed here.
//!
//! apt does the work, in a private root of its own: its list of sources, its indexes and the keys that it trusts
//! are in a folder that goes away afterwards. The mirror is the one that this machine's apt uses. Signatures are
//! checked with the machine's own Debian keys; when these are older than the key that signs unstable today, the
//! newest `debian-archive-keyring` of the machine's own release is fetched first, checked with the keys at hand.

mod apt;
mod mirrors;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use thiserror::Error;

use self::apt::PrivateApt;
use crate::cache::{Cache, executable_in};
use crate::{MEASURED, Version, fitness};

/// Debian's keys, under the names that its releases use.
const KEYRINGS: &[&str] =
    &["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

/// Why the package could not be fetched.
#[derive(Debug, Error)]
pub enum DownloadError {
    /// Another system than Debian.
    #[error("that is done with Debian's apt, and this is {0}")]
    NotDebian(String),
    /// Its own keys are not there.
    #[error("there is no {}, which Debian's package debian-archive-keyring has", KEYRINGS[0])]
    NoKeys,
    /// apt has no Debian mirror.
    #[error("apt's sources (sources.list and sources.list.d) name no Debian mirror")]
    NoMirror,
    /// A tool failed.
    #[error("{what} failed:\n{said}")]
    Tool {
        /// What it was to do.
        what: String,
        /// The end of what it printed.
        said: String,
    },
    /// A file could not be read or written.
    #[error("cannot {0}: {1}")]
    System(&'static str, std::io::Error),
    /// The package is not what was asked for.
    #[error("the mirror's unstable suite is of no use: {0}")]
    Unfit(String),
}

impl DownloadError {
    fn is_unknown_key(&self) -> bool {
        // As gpgv says it, and as sqv does.
        matches!(self, Self::Tool { said, .. } if said.contains("NO_PUBKEY") || said.contains("Missing key"))
    }
}

/// A folder that holds the package in `unpacked`, and the version of the executable in it.
pub(crate) fn fetch(
    cache: &Cache,
    progress: &mut dyn FnMut(&str),
) -> Result<(TempDir, Version), DownloadError> {
    let release = own_release()?;
    let keys = KEYRINGS.iter().map(PathBuf::from).find(|file| file.is_file()).ok_or(DownloadError::NoKeys)?;
    let mirrors = mirrors::of_this_machine(&release);
    let mut outcome = Err(DownloadError::NoMirror);
    for mirror in mirrors {
        progress("fetching nats-server from Debian's unstable suite, with the mirror of this machine's apt");
        let scratch = cache.scratch().map_err(|error| DownloadError::System("make a folder", error))?;
        outcome = from_mirror(&mirror, &release, &keys, scratch.path(), progress);
        if let Ok(version) = outcome {
            if version != MEASURED {
                progress(&format!("unstable has {version} by now; {MEASURED} is what was measured"));
            }
            return Ok((scratch, version));
        }
    }
    outcome.and(Err(DownloadError::NoMirror))
}

/// Leaves the package in `folder/unpacked`.
fn from_mirror(
    mirror: &str,
    release: &str,
    keys: &Path,
    folder: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Version, DownloadError> {
    let package = match download(mirror, "unstable", keys, "nats-server", &folder.join("unstable")) {
        Err(error) if error.is_unknown_key() => {
            progress(
                "unstable is signed with a newer key: fetching this release's newest debian-archive-keyring",
            );
            let newer = newer_keys(mirror, release, keys, folder)?;
            download(mirror, "unstable", &newer, "nats-server", &folder.join("unstable-again"))
        }
        first => first,
    }?;
    let unpacked = folder.join("unpacked");
    unpack(&package, &unpacked)?;
    fitness(&executable_in(&unpacked)).map_err(DownloadError::Unfit)
}

/// The keys that the machine's own release brings today. They are as trustworthy as any package that it installs.
fn newer_keys(mirror: &str, release: &str, keys: &Path, folder: &Path) -> Result<PathBuf, DownloadError> {
    let package = download(mirror, release, keys, "debian-archive-keyring", &folder.join(release))?;
    let unpacked = folder.join("keys");
    unpack(&package, &unpacked)?;
    let within = |file: &str| unpacked.join(file.trim_start_matches('/'));
    KEYRINGS.iter().map(|file| within(file)).find(|file| file.is_file()).ok_or(DownloadError::NoKeys)
}

fn download(
    mirror: &str,
    suite: &str,
    keys: &Path,
    package: &str,
    root: &Path,
) -> Result<PathBuf, DownloadError> {
    PrivateApt::new(root, mirror, suite, keys)
        .map_err(|error| DownloadError::System("lay out apt's private root", error))?
        .download(package)
}

fn unpack(package: &Path, folder: &Path) -> Result<(), DownloadError> {
    let mut command = Command::new("dpkg-deb");
    command.arg("--extract").args([package, folder]);
    apt::run("unpacking the package", &mut command)
}

/// The code name of the Debian that this is.
fn own_release() -> Result<String, DownloadError> {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release_in(&text)
}

fn release_in(os_release: &str) -> Result<String, DownloadError> {
    let value = |key: &str| {
        let values = os_release.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        values.map(|value| value.trim_matches('"').to_owned()).next()
    };
    match value("ID").as_deref() {
        // Unstable itself and testing before its name is settled have no code name.
        Some("debian") => Ok(value("VERSION_CODENAME").unwrap_or_else(|| "unstable".to_owned())),
        Some(other) => Err(DownloadError::NotDebian(other.to_owned())),
        None => Err(DownloadError::NotDebian("another system".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_is_told_from_other_systems() {
        let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n";
        assert_eq!(release_in(debian).unwrap(), "bookworm");
        assert_eq!(release_in("ID=debian\n").unwrap(), "unstable");
        let other = release_in("VERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n").unwrap_err();
        assert!(other.to_string().contains("this is ubuntu"), "{other}");
        assert!(release_in("").is_err());
    }

    #[test]
    fn a_signature_by_an_unknown_key_is_told_from_other_failures() {
        let failed = |said: &str| DownloadError::Tool { what: String::new(), said: said.to_owned() };
        assert!(
            failed("because the public key is not available: NO_PUBKEY 78DBA3BC47EF2265").is_unknown_key()
        );
        assert!(!failed("Could not resolve host").is_unknown_key());
    }
}
