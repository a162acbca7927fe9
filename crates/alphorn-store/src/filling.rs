//! A store that is made for the first time from a log elsewhere. Until it has all of it, no journal is kept and nothing is
//! flushed to the disk: whatever ends this before, the store is begun anew. A marker beside the database says so.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode};

use crate::Result;

/// How the marker's name goes on.
pub(crate) const SUFFIX: &str = ".filling";

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

/// Whether the making of a database was begun and not ended.
pub(crate) fn is_unfinished(database: &Path) -> bool {
    marker(database).exists()
}

impl Filling {
    /// Marks a database that is not there yet.
    pub(crate) fn begin(database: &Path) -> Result<Self> {
        let marker = marker(database);
        File::create(&marker)?.sync_all()?;
        sync_folder(&marker)?;
        Ok(Self { marker })
    }

    /// Flushes everything, keeps a journal from here on, and takes the marker away. Outside of a transaction. Gives
    /// itself back when somebody who reads is in the way: then later.
    pub(crate) fn finish(self, connection: &Connection) -> Result<Option<Self>> {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => {}
            Err(error) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => {
                return Err(error.into());
            }
            _ => return Ok(Some(self)),
        }
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
