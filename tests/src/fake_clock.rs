//! A wall clock that can be set wrong for one process: by the library libfaketime, which Debian has. The clock by which
//! durations are measured stays right, as it does when a machine's time is set.

use std::io::Result;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::binary::environment;

/// Where Debian's package has it.
const USUAL: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
];
/// Names another place.
const NAMED: &str = "ALPHORN_FAKETIME";

/// A process's clock.
#[derive(Debug)]
pub struct FakeClock {
    library: PathBuf,
    folder: TempDir,
}

impl FakeClock {
    /// A clock that is right; nothing where there is no such library (`apt install libfaketime`).
    #[must_use]
    pub fn find() -> Option<Self> {
        let named = environment(NAMED).map(PathBuf::from);
        let library = named.into_iter().chain(USUAL.map(PathBuf::from)).find(|path| path.is_file())?;
        let clock = Self { library, folder: tempfile::tempdir().ok()? };
        clock.set(0).ok()?;
        Some(clock)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }

    /// What the environment of the process must have.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 4] {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        [
            ("LD_PRELOAD", text(&self.library)),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file())),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }

    /// Sets it so many seconds before or behind the right time.
    ///
    /// # Errors
    /// When the file that the process reads cannot be written.
    pub fn set(&self, seconds: i64) -> Result<()> {
        let (new, file) = (self.folder.path().join("new"), self.file());
        std::fs::write(&new, format!("{seconds:+}s\n"))?;
        // The process reads it at any moment.
        std::fs::rename(new, file)
    }
}
