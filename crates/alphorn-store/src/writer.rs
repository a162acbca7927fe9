//! Writing: the one place that appends to the database. It implements the log's [`Sink`].

use std::sync::Arc;

use alphorn_model::{Record, Seq, Sink, SinkError};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _};

use crate::{Reader, Result, StoreError, index, pool::Shared, schema};

/// Extended result codes by which SQLite says that a file could not grow: nothing was written, and a
/// later attempt may succeed. A failed fsync is none of them: after that the file must not be trusted.
const OUT_OF_SPACE: [i32; 3] = [
    rusqlite::ffi::SQLITE_IOERR_WRITE,
    rusqlite::ffi::SQLITE_IOERR_SHMSIZE,
    rusqlite::ffi::SQLITE_IOERR_TRUNCATE,
];

/// Is told of records as soon as they are durable and readable, in order. Must be quick.
pub trait Observer: Send + Sync + 'static {
    /// These records are applied.
    fn applied(&self, records: &[(Seq, Arc<Record>)]);
}

impl Observer for () {
    fn applied(&self, _: &[(Seq, Arc<Record>)]) {}
}

/// The store's writer: one, in one thread.
pub struct Writer {
    connection: Connection,
    shared: Arc<Shared>,
    observer: Arc<dyn Observer>,
    applied: Seq,
    broken: Option<String>,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        shared: Arc<Shared>,
        observer: Arc<dyn Observer>,
    ) -> Result<Self> {
        let applied = Reader::new(&connection, None).applied()?;
        Ok(Self { connection, shared, observer, applied, broken: None })
    }

    /// Runs `work` in one transaction; on an error nothing of it stays.
    fn transaction<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Seq) -> Result<T>,
    ) -> std::result::Result<T, SinkError> {
        if let Some(why) = &self.broken {
            return Err(SinkError::Broken(why.clone()));
        }
        let mut applied = self.applied;
        let outcome = (|| {
            self.connection.execute_batch("BEGIN IMMEDIATE")?;
            let value = work(&self.connection, &mut applied)?;
            self.connection.execute_batch("COMMIT")?;
            Ok(value)
        })();
        match outcome {
            Ok(value) => {
                self.applied = applied;
                Ok(value)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Rolls back and says what the failure means for later writes.
    fn failed(&mut self, error: &StoreError) -> SinkError {
        if !self.connection.is_autocommit() {
            // A failure of the rollback itself leaves the connection in its transaction: seen by the next BEGIN.
            if let Err(rollback) = self.connection.execute_batch("ROLLBACK") {
                tracing::error!(%rollback, "rolling back failed");
            }
        }
        if let StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) = error
            && (failure.code == ErrorCode::DiskFull || OUT_OF_SPACE.contains(&failure.extended_code))
        {
            return SinkError::Full;
        }
        let why = error.to_string();
        tracing::error!(error = %why, "the store cannot take a record; writes stop");
        self.broken = Some(why.clone());
        SinkError::Broken(why)
    }

    fn finished(&mut self, records: Vec<(Seq, Arc<Record>, usize)>) {
        let records: Vec<_> = records
            .into_iter()
            .map(|(seq, record, bytes)| {
                self.shared.records.put(seq, Arc::clone(&record), bytes);
                (seq, record)
            })
            .collect();
        self.observer.applied(&records);
    }

    /// A snapshot for maintenance through the writing connection.
    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Sets a value of the `meta` table.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", (key, value))?;
        Ok(())
    }

    /// Drops and remakes every derived table from the log, telling how far it is.
    ///
    /// # Errors
    /// When the database refuses or a record cannot be read.
    pub fn rebuild(&mut self, progress: impl FnMut(Seq, Seq)) -> Result<()> {
        crate::maintenance::rebuild(self.connection(), progress)
    }
}

/// Whether a record may count: its precondition holds.
fn holds(connection: &Connection, record: &Record) -> Result<bool> {
    let Some(expected) = record.prev else { return Ok(true) };
    let last: Option<Seq> = connection
        .prepare_cached("SELECT seq FROM aggregates WHERE key = ?1")?
        .query_row([record.aggregate.key()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0) == expected)
}

/// Puts a record's body on the log table.
fn store_body(connection: &Connection, seq: Seq, record: &Record) -> Result<usize> {
    let body =
        serde_json::to_vec(record).map_err(|error| StoreError::Record { seq, why: error.to_string() })?;
    connection.prepare_cached("INSERT INTO log (seq, body) VALUES (?1, ?2)")?.execute((seq, &body))?;
    Ok(body.len())
}

/// Derives everything from one record that counts.
pub(crate) fn derive(connection: &Connection, seq: Seq, record: &Record) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO aggregates VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq",
        )?
        .execute((record.aggregate.key(), seq))?;
    index::apply(connection, seq, record)
}

/// Applies a record of the log table again; void records are passed over as they were the first time.
pub(crate) fn replay(connection: &Connection, seq: Seq, record: &Record) -> Result<()> {
    if holds(connection, record)? { derive(connection, seq, record) } else { Ok(()) }
}

impl Sink for Writer {
    fn applied(&self) -> Seq {
        self.applied
    }

    fn propose(&mut self, records: Vec<Record>) -> std::result::Result<Vec<Option<Seq>>, SinkError> {
        let (answers, kept) = self.transaction(|connection, applied| {
            let mut answers = Vec::with_capacity(records.len());
            let mut kept = Vec::with_capacity(records.len());
            for record in records {
                if !holds(connection, &record)? {
                    answers.push(None);
                    continue;
                }
                *applied += 1;
                let bytes = store_body(connection, *applied, &record)?;
                derive(connection, *applied, &record)?;
                answers.push(Some(*applied));
                kept.push((*applied, Arc::new(record), bytes));
            }
            Ok((answers, kept))
        })?;
        self.finished(kept);
        Ok(answers)
    }

    fn apply(&mut self, records: Vec<(Seq, Record)>) -> std::result::Result<Vec<bool>, SinkError> {
        let (answers, kept) = self.transaction(|connection, applied| {
            let mut answers = Vec::with_capacity(records.len());
            let mut kept = Vec::with_capacity(records.len());
            for (seq, record) in records {
                if seq <= *applied {
                    continue;
                }
                if seq != *applied + 1 {
                    return Err(StoreError::Inconsistent(format!(
                        "record {seq} came after record {applied}"
                    )));
                }
                let counts = holds(connection, &record)?;
                *applied = seq;
                let bytes = store_body(connection, seq, &record)?;
                if counts {
                    derive(connection, seq, &record)?;
                    kept.push((seq, Arc::new(record), bytes));
                }
                answers.push(counts);
            }
            Ok((answers, kept))
        })?;
        self.finished(kept);
        Ok(answers)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // An orderly end leaves no write-ahead log behind; a crash is recovered from it.
        let _unused = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// Opens the database for maintenance, without a running server.
pub(crate) fn open_for_maintenance(path: &std::path::Path) -> Result<Connection> {
    schema::open_writer(path, true)
}
