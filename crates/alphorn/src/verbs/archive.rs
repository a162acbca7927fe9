//! What a backup consists of, and the list that says so.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use alphorn_model::{OwnedServerName, Seq, TimestampMs};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The list's name; it is written last, so a folder without it is no complete backup.
pub(super) const LIST: &str = "backup.json";
/// The form of backups that this program writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 1;
const PIECE_BYTES: usize = 256 * 1024;

/// What is in a backup.
#[derive(Serialize, Deserialize)]
pub(super) struct List {
    pub(super) format: u32,
    pub(super) server_name: OwnedServerName,
    pub(super) made_at_ms: TimestampMs,
    /// The last record of the log.
    pub(super) records: Seq,
    /// By path within the folder.
    pub(super) files: BTreeMap<String, Entry>,
}

/// One file of a backup.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl List {
    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|entry| entry.bytes).sum()
    }
}

/// Whether a path from a list stays within the folder that it is relative to.
pub(super) fn stays_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Copies a file durably, with its mode and the hash of what was read.
pub(super) fn copy(from: &Path, to: &Path, mode: u32) -> io::Result<Entry> {
    let mut source = File::open(from)?;
    let mut target = File::options().write(true).create_new(true).mode(mode).open(to)?;
    let entry = pump(&mut source, |piece| target.write_all(piece))?;
    target.sync_all()?;
    Ok(entry)
}

/// Length and hash of a file.
pub(super) fn measure(path: &Path) -> io::Result<Entry> {
    pump(&mut File::open(path)?, |_| Ok(()))
}

fn pump(source: &mut File, mut sink: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<Entry> {
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; PIECE_BYTES];
    loop {
        let length = source.read(&mut buffer)?;
        let Some(piece) = buffer.get(..length).filter(|piece| !piece.is_empty()) else { break };
        hash.update(piece);
        sink(piece)?;
        bytes += u64::try_from(piece.len()).unwrap_or(u64::MAX);
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Entry { bytes, sha256 })
}

/// All files below a folder, relative to it, without the folders that `skip` names at the top.
pub(super) fn files_below(root: &Path, skip: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        let entries = match std::fs::read_dir(root.join(&folder)) {
            // A folder that went away while we looked has nothing to keep.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type()?;
            let skipped = folder.as_os_str().is_empty() && skip.iter().any(|name| entry.file_name() == *name);
            if kind.is_dir() && !skipped {
                waiting.push(path);
            } else if kind.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Makes a new folder, or takes an empty one.
pub(super) fn claim_empty(dir: &Path) -> anyhow::Result<()> {
    if dir.exists() {
        let mut entries =
            std::fs::read_dir(dir).with_context(|| format!("cannot look into {}", dir.display()))?;
        anyhow::ensure!(
            entries.next().is_none(),
            "{} is not empty; give a folder that does not exist",
            dir.display()
        );
    }
    Ok(crate::data_folder::make_private_folder(dir)?)
}

/// Makes the entries of a folder durable.
pub(super) fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
