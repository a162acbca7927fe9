//! A small file system in memory, to be filled. Making one needs the right to mount, which root has.

use std::fs::File;
use std::io::{Result, Write as _};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A small disk. It goes away with this value.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// A disk of so many megabytes; nothing where this may not be done.
    #[must_use]
    pub fn mount(megabytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder.path())
            .status()
            .is_ok_and(|status| status.success());
        mounted.then_some(Self { folder })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it to the last byte.
    ///
    /// # Errors
    /// When the file that does it cannot be made.
    pub fn fill(&self) -> Result<()> {
        let mut file = File::create(self.path().join("filler"))?;
        for size in [1 << 20, 4096, 512] {
            let block = vec![0xA5_u8; size];
            while file.write_all(&block).is_ok() {}
        }
        Ok(())
    }

    /// Gives back what [`SmallDisk::fill`] took.
    ///
    /// # Errors
    /// When it was not filled.
    pub fn free(&self) -> Result<()> {
        std::fs::remove_file(self.path().join("filler"))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone = Command::new("umount").arg("-l").arg(self.folder.path()).status();
    }
}
