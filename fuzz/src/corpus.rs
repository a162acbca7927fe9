//! The inputs that a search starts from: one file each, in a folder named after the target.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folder with `target`'s inputs.
#[must_use]
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// `target`'s inputs in the order of their names.
///
/// # Errors
/// When a file or the folder cannot be read.
pub fn load(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut paths = fs::read_dir(folder(target))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    paths.iter().map(fs::read).collect()
}
