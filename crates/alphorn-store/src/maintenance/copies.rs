//! Stores that come from another node, and stores that may be damaged: looked at before they are used.

use std::path::Path;

use alphorn_model::{Digest, Seq};
use rusqlite::ErrorCode;

use super::remove_database;
use crate::{Reader, Result, StoreError, filling, schema, writer};

/// What a first look at a database says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// There is none.
    Absent,
    /// It can be read, up to this record. Whether all of it is sound takes longer to say.
    Readable(Seq),
    /// It is not a database, or a damaged one.
    Damaged(String),
    /// It cannot be read for another reason, which is said when it is opened.
    Unreadable,
}

/// Looks at the database at `path`.
#[must_use]
pub fn sight(path: &Path) -> Sight {
    if !path.exists() {
        return Sight::Absent;
    }
    let look = || {
        let connection = schema::open_reader(path)?;
        // An empty file is an empty database: one whose tables are not made yet.
        let tables: u64 =
            connection
                .query_row("SELECT count(*) FROM sqlite_master WHERE name = 'log'", [], |row| row.get(0))?;
        if tables == 0 { Ok(0) } else { Reader::new(&connection, None).applied() }
    };
    match look() {
        Ok(applied) => Sight::Readable(applied),
        Err(StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, words)))
            if matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) =>
        {
            Sight::Damaged(words.unwrap_or_else(|| failure.to_string()))
        }
        Err(_) => Sight::Unreadable,
    }
}

/// The last record in a copy of a store, and the digest of the log up to it as that store kept it.
///
/// # Errors
/// When it cannot be read, or is not a store of a node.
pub fn digest_of_copy(path: &Path) -> Result<(Seq, Digest)> {
    let connection = schema::open_reader(path)?;
    let applied = Reader::new(&connection, None).applied()?;
    Ok((applied, writer::kept_digest(&connection)?))
}

/// What is wrong with a copy of a store that should have the log up to `applied` with this digest; nothing: all is
/// as it should be. Reads all of it.
///
/// # Errors
/// When it cannot be read.
pub fn problem_of_copy(path: &Path, applied: Seq, digest: &Digest) -> Result<Option<String>> {
    let connection = schema::open_reader(path)?;
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Ok(Some(format!("SQLite: {said}")));
    }
    let (first, last, count): (Option<Seq>, Option<Seq>, Seq) =
        connection.query_row("SELECT min(seq), max(seq), count(*) FROM log", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if (first, last, count) != (Some(1), Some(applied), applied) {
        return Ok(Some(format!("it should have the records 1 to {applied}, and it has {count} of them")));
    }
    if writer::digest_of(&connection)? != *digest {
        return Ok(Some("its records are not those of the log".to_owned()));
    }
    Ok(None)
}

/// Gives a copy of a store the store's name. What has that name now must have no records, or another name by then.
///
/// # Errors
/// When the files cannot be renamed.
pub fn adopt_copy(copy: &Path, database: &Path) -> Result<()> {
    if !matches!(sight(database), Sight::Absent | Sight::Readable(0)) {
        return Err(StoreError::Inconsistent("there is a store already".to_owned()));
    }
    // What is left of an empty one would be taken for a part of the copy.
    remove_database(database)?;
    std::fs::rename(copy, database)?;
    if let Some(folder) = database.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes a database that was never finished. What cannot be removed is in the way of the next one, and told then.
pub fn discard(path: &Path) {
    if let Err(error) = remove_database(path) {
        tracing::warn!(%error, path = %path.display(), "an unfinished database cannot be removed");
    }
}

/// Removes a node's database that was being made from the log and was not finished. Says whether there was one.
///
/// # Errors
/// When its files cannot be removed.
pub fn drop_unfinished(path: &Path) -> Result<bool> {
    let unfinished = filling::is_unfinished(path);
    if unfinished {
        remove_database(path)?;
    }
    Ok(unfinished)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alphorn_model::{Aggregate, Delivered, Record, RecordId, Sink as _, record::RECORD_VERSION};

    use super::*;
    use crate::{Store, maintenance};

    fn filled(path: &Path, records: Seq) {
        let (_store, mut writer) = Store::open(path, false, Arc::new(())).unwrap();
        for seq in 1..=records {
            let record = Record {
                v: RECORD_VERSION,
                id: RecordId(format!("id{seq}")),
                aggregate: Aggregate::Node(1),
                prev: None,
                node: 1,
                time: 1,
                facts: Vec::new(),
            };
            let body = serde_json::to_vec(&record).unwrap().into();
            writer.apply(&[Delivered { seq, record: Arc::new(record), body }]).unwrap();
        }
        writer.caught_up().unwrap();
    }

    #[test]
    fn a_copy_is_known_for_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (from, copy, store) =
            (folder.path().join("from.db"), folder.path().join("copy.db"), folder.path().join("store.db"));
        filled(&from, 20);
        maintenance::backup(&from, &copy).unwrap();
        let (applied, digest) = digest_of_copy(&copy).unwrap();
        assert_eq!(applied, 20);
        assert_eq!(problem_of_copy(&copy, applied, &digest).unwrap(), None);
        assert!(problem_of_copy(&copy, 21, &digest).unwrap().is_some(), "another number of records");
        assert!(problem_of_copy(&copy, applied, &[7; 32]).unwrap().is_some(), "another log");
        filled(&store, 3);
        assert!(adopt_copy(&copy, &store).is_err(), "a store with records stays");
        std::fs::rename(&store, folder.path().join("aside.db")).unwrap();
        adopt_copy(&copy, &store).unwrap();
        assert_eq!(sight(&store), Sight::Readable(20));
    }

    #[test]
    fn one_changed_byte_in_a_record_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        filled(&path, 20);
        let (applied, digest) = digest_of_copy(&path).unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute("UPDATE log SET body = CAST(replace(body, 'id7', 'id8') AS BLOB) WHERE seq = 7", [])
            .unwrap();
        drop(connection);
        assert!(problem_of_copy(&path, applied, &digest).unwrap().unwrap().contains("not those of the log"));
    }

    #[test]
    fn what_is_no_database_is_seen_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        assert_eq!(sight(&path), Sight::Absent);
        std::fs::write(&path, "").unwrap();
        assert_eq!(sight(&path), Sight::Readable(0));
        filled(&path, 2);
        assert_eq!(sight(&path), Sight::Readable(2));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.iter_mut().take(4_096).for_each(|byte| *byte = 0x5A);
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(sight(&path), Sight::Damaged(_)));
    }
}
