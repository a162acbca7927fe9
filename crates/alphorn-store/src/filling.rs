//! A store that is made for the first time from a log elsewhere. Until it has all of it nothing is flushed to the disk:
//! after a power cut it is begun anew. A marker beside the database says so, and in which run of the machine: after an end
//! of this program alone, the operating system still has everything, and the store goes on where it was.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::Result;

/// How the marker's name goes on.
pub(crate) const SUFFIX: &str = ".filling";
/// What Linux calls this run of the machine.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// A store that is not finished, by its marker.
#[derive(Debug)]
pub(crate) struct Filling {
    marker: PathBuf,
}

/// The marker of a database.
pub(crate) fn marker(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(SUFFIX);
    PathBuf::from(name)
}

/// This run of the machine; nothing when the system does not tell: then every run counts as another one.
fn this_run() -> Option<String> {
    std::fs::read_to_string(BOOT_ID).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Whether a database was being made when the machine lost its power, or may have been.
pub(crate) fn was_cut_off(database: &Path) -> bool {
    cut_off_before(database, this_run().as_deref())
}

fn cut_off_before(database: &Path, run: Option<&str>) -> bool {
    match std::fs::read_to_string(marker(database)) {
        Ok(of) => run.is_none_or(|run| of != run),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

impl Filling {
    /// One that was begun before, in this run of the machine.
    pub(crate) fn found(database: &Path) -> Option<Self> {
        let marker = marker(database);
        marker.exists().then_some(Self { marker })
    }

    /// Marks a database that has nothing yet.
    pub(crate) fn begin(database: &Path) -> Result<Self> {
        let marker = marker(database);
        let mut file = File::create(&marker)?;
        file.write_all(this_run().unwrap_or_default().as_bytes())?;
        file.sync_all()?;
        sync_folder(&marker)?;
        Ok(Self { marker })
    }

    /// From here on what is written need not be flushed. Outside of a transaction.
    pub(crate) fn relax(&self, connection: &Connection) -> Result<()> {
        connection.execute_batch("PRAGMA synchronous = OFF")?;
        Ok(())
    }

    /// Flushes everything, and takes the marker away. Outside of a transaction. Gives itself back when somebody who reads
    /// is in the way: then later.
    pub(crate) fn finish(self, connection: &Connection) -> Result<Option<Self>> {
        // Something to write, so that a checkpoint has a reason to flush the database as a whole.
        connection.execute_batch(
            "PRAGMA synchronous = NORMAL; INSERT OR REPLACE INTO meta VALUES ('filled', '1');",
        )?;
        let (pages, done): (i64, i64) =
            connection
                .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))?;
        if pages != done {
            return Ok(Some(self));
        }
        std::fs::remove_file(&self.marker)?;
        sync_folder(&self.marker)?;
        Ok(None)
    }
}

fn sync_folder(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_given_up_only_when_the_machine_was_started_anew() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("a.db");
        assert!(!cut_off_before(&database, Some("one")), "it was finished, or never begun");
        std::fs::write(marker(&database), "one").unwrap();
        assert!(!cut_off_before(&database, Some("one")));
        assert!(cut_off_before(&database, Some("two")));
        assert!(cut_off_before(&database, None));
        std::fs::write(marker(&database), "").unwrap();
        assert!(cut_off_before(&database, Some("two")));
    }
}
