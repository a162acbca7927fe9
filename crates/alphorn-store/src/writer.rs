//! Writing: the one place that appends to the database. It implements the log's [`Sink`].

use std::sync::Arc;

use alphorn_model::{
    Aggregate, Delivered, Digest, Fact, Record, Seq, Sink, SinkError, Verdict, fact::RoomFact,
};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use crate::{
    Reader, Result, StoreError,
    filling::Filling,
    index,
    pool::Shared,
    schema::{self, Pace},
};

/// Extended result codes by which SQLite says that a file could not grow: nothing was written, and a
/// later attempt may succeed. A failed fsync is none of them: after that the file must not be trusted.
const OUT_OF_SPACE: [i32; 3] = [
    rusqlite::ffi::SQLITE_IOERR_WRITE,
    rusqlite::ffi::SQLITE_IOERR_SHMSIZE,
    rusqlite::ffi::SQLITE_IOERR_TRUNCATE,
];

/// Is told of records as soon as they are durable and readable, in order. Must be quick.
pub trait Observer: Send + Sync + 'static {
    /// These records are applied, and all up to `upto`: those between that are not told lost their race.
    fn applied(&self, records: &[(Seq, Arc<Record>)], upto: Seq);
}

impl Observer for () {
    fn applied(&self, _: &[(Seq, Arc<Record>)], _: Seq) {}
}

/// The store's writer: one, in one thread.
pub struct Writer {
    connection: Connection,
    shared: Arc<Shared>,
    observer: Arc<dyn Observer>,
    applied: Seq,
    /// The digest up to `applied`, where this store follows a log elsewhere.
    digest: Option<Digest>,
    open: Option<Open>,
    pace: Pace,
    /// Set until this store has a log elsewhere for the first time.
    filling: Option<Filling>,
    /// Whether all of that log was read.
    whole: bool,
    broken: Option<String>,
}

/// What was applied in the transaction that is open.
struct Open {
    reached: Seq,
    digest: Digest,
    records: Vec<(Seq, Arc<Record>, usize)>,
    bytes: usize,
}

/// So many records in one go are no conversation any more.
const BULK_RECORDS: usize = 300;

/// Bytes of records in one transaction of a bulk load: pages that all records touch are written once for them all.
const OPEN_BYTES_MAX: usize = 32 << 20;

/// Where the `meta` table keeps the digest.
pub(crate) const DIGEST: &str = "digest_of_hashes";

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        shared: Arc<Shared>,
        observer: Arc<dyn Observer>,
        filling: Option<Filling>,
    ) -> Result<Self> {
        let applied = Reader::new(&connection, None).applied()?;
        Ok(Self {
            connection,
            shared,
            observer,
            applied,
            digest: None,
            open: None,
            pace: Pace::Steady,
            filling,
            whole: false,
            broken: None,
        })
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
            // Without a journal nothing can be taken back.
            && self.filling.is_none()
        {
            return SinkError::Full;
        }
        let why = error.to_string();
        tracing::error!(error = %why, "the store cannot take a record; writes stop");
        self.broken = Some(why.clone());
        SinkError::Broken(why)
    }

    /// Applies records of a log elsewhere; with `more`, the transaction may stay open for those that follow.
    fn take(&mut self, records: &[Delivered], more: bool) -> std::result::Result<Vec<Verdict>, SinkError> {
        if let Some(why) = &self.broken {
            return Err(SinkError::Broken(why.clone()));
        }
        if records.is_empty() && self.open.is_none() {
            return Ok(Vec::new());
        }
        self.keep_pace(records.len(), more);
        let outcome = self.write(records, more).and_then(|verdicts| {
            // A reader was in the way when it was whole.
            if self.pace == Pace::Steady && self.whole {
                self.made()?;
            }
            Ok(verdicts)
        });
        outcome.map_err(|error| self.failed(&error))
    }

    /// Whether this store has nothing yet that would have to outlive anything, and nobody reads it.
    const fn is_filling(&self) -> bool {
        self.filling.is_some() && !self.whole
    }

    /// A store that was being made is whole.
    fn made(&mut self) -> Result<()> {
        if let Some(filling) = self.filling.take() {
            self.filling = filling.finish(&self.connection)?;
        }
        Ok(())
    }

    fn write(&mut self, records: &[Delivered], more: bool) -> Result<Vec<Verdict>> {
        // Taken out, so that nothing is left of it when this fails.
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin()?,
        };
        let mut verdicts = Vec::with_capacity(records.len());
        for delivered in records {
            verdicts.extend(open.add(&self.connection, delivered)?);
        }
        if more && self.is_filling() {
            // Pages are written when there is no more room for them, and not all of them with every transaction.
            self.applied = open.reached;
            open.records.clear();
            self.open = Some(open);
            return Ok(verdicts);
        }
        if more && open.bytes < OPEN_BYTES_MAX {
            self.open = Some(open);
            return Ok(verdicts);
        }
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?
            .execute((DIGEST, encode_hex(&open.digest)))?;
        self.connection.execute_batch("COMMIT")?;
        self.applied = open.reached;
        self.digest = Some(open.digest);
        self.finished(open.records);
        Ok(verdicts)
    }

    fn begin(&self) -> Result<Open> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let digest = self.digest.map_or_else(|| kept_digest(&self.connection), Ok)?;
        Ok(Open { reached: self.applied, digest, records: Vec::new(), bytes: 0 })
    }

    /// Many records at once come from a log that is read from far back.
    fn keep_pace(&mut self, records: usize, more: bool) {
        let pace = if more || records >= BULK_RECORDS { Pace::Bulk } else { Pace::Steady };
        if pace != self.pace {
            // Slower without it, and nothing else.
            if let Err(error) = schema::set_pace(&self.connection, pace) {
                tracing::warn!(%error, "the store's cache cannot be changed");
            }
            self.pace = pace;
        }
    }

    fn finished(&mut self, records: Vec<(Seq, Arc<Record>, usize)>) {
        // Those of a bulk load are of no more use to readers than any others.
        let recent = records.len() < BULK_RECORDS;
        let records: Vec<_> = records
            .into_iter()
            .map(|(seq, record, bytes)| {
                if recent {
                    self.shared.records.put(seq, Arc::clone(&record), bytes);
                }
                for fact in &record.facts {
                    if let Fact::Room(RoomFact::Expired { upto, .. }) = fact {
                        self.shared.records.forget(&record.aggregate, upto.seq());
                    }
                }
                (seq, record)
            })
            .collect();
        self.observer.applied(&records, self.applied);
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

impl Open {
    /// Applies a record, unless that was done before.
    fn add(&mut self, connection: &Connection, delivered: &Delivered) -> Result<Option<Verdict>> {
        let Delivered { seq, record, body } = delivered;
        let seq = *seq;
        if seq <= self.reached {
            return Ok(None);
        }
        if seq != self.reached + 1 {
            return Err(StoreError::Inconsistent(format!("record {seq} came after record {}", self.reached)));
        }
        let counts = holds(connection, record)?;
        self.reached = seq;
        store_body(connection, seq, body)?;
        self.digest = chain(&self.digest, seq, body);
        if counts {
            derive(connection, seq, record)?;
            self.records.push((seq, Arc::clone(record), body.len()));
        } else {
            void(connection, seq)?;
        }
        self.bytes += body.len();
        Ok(Some(Verdict { seq, counts, digest: self.digest }))
    }
}

/// The last record of an aggregate that counted.
fn head(connection: &Connection, aggregate: &Aggregate) -> Result<Seq> {
    let last: Option<Seq> = connection
        .prepare_cached("SELECT seq FROM aggregates WHERE key = ?1")?
        .query_row([aggregate.key()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// Whether a record may count: its precondition holds.
fn holds(connection: &Connection, record: &Record) -> Result<bool> {
    record.prev.map_or(Ok(true), |expected| Ok(head(connection, &record.aggregate)? == expected))
}

/// A record's bytes on the log.
fn encode(seq: Seq, record: &Record) -> Result<Vec<u8>> {
    serde_json::to_vec(record).map_err(|error| StoreError::Record { seq, why: error.to_string() })
}

/// Puts a record's body on the log table.
fn store_body(connection: &Connection, seq: Seq, body: &[u8]) -> Result<()> {
    connection.prepare_cached("INSERT INTO log (seq, body) VALUES (?1, ?2)")?.execute((seq, body))?;
    Ok(())
}

/// The digest of a log with one more record. Of the record it takes the hash: that stays when contents expire.
#[must_use]
pub fn chain(before: &Digest, seq: Seq, body: &[u8]) -> Digest {
    chain_hash(before, seq, &Sha256::digest(body))
}

fn chain_hash(before: &Digest, seq: Seq, hash: &[u8]) -> Digest {
    Sha256::new().chain_update(before).chain_update(seq.to_be_bytes()).chain_update(hash).finalize().into()
}

/// The digest of everything on the log table.
pub(crate) fn digest_of(connection: &Connection) -> Result<Digest> {
    let mut digest = Digest::default();
    let mut statement = connection.prepare(
        "SELECT l.seq, l.body, s.hash FROM log l LEFT JOIN spent s ON s.seq = l.seq ORDER BY l.seq",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        digest = match row.get_ref(2)?.as_blob_or_null().map_err(rusqlite::Error::from)? {
            Some(hash) => chain_hash(&digest, seq, hash),
            None => chain(&digest, seq, row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?),
        };
    }
    Ok(digest)
}

/// The digest that was kept with the tables; made anew for a store that was a log itself until now.
pub(crate) fn kept_digest(connection: &Connection) -> Result<Digest> {
    let kept = Reader::new(connection, None).meta(DIGEST)?;
    kept.and_then(|text| decode_hex(&text)).map_or_else(|| digest_of(connection), Ok)
}

/// Whether the records on the log table are those of which the digest was kept, if one was.
pub(crate) fn digest_agrees(connection: &Connection) -> Result<bool> {
    let kept = Reader::new(connection, None).meta(DIGEST)?.and_then(|text| decode_hex(&text));
    kept.map_or(Ok(true), |kept| Ok(digest_of(connection)? == kept))
}

fn encode_hex(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode_hex(text: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if text.len() != digest.len() * 2 {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(digest)
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

/// Remembers that a record counts for nothing.
fn void(connection: &Connection, seq: Seq) -> Result<()> {
    connection.prepare_cached("INSERT INTO voids VALUES (?1)")?.execute([seq])?;
    Ok(())
}

/// Applies a record of the log table again; void records are passed over as they were the first time.
pub(crate) fn replay(connection: &Connection, seq: Seq, record: &Record) -> Result<()> {
    if holds(connection, record)? { derive(connection, seq, record) } else { void(connection, seq) }
}

impl Sink for Writer {
    fn applied(&self) -> Seq {
        self.applied
    }

    fn propose(&mut self, records: Vec<Record>) -> std::result::Result<Vec<Option<Seq>>, SinkError> {
        // A store that is the log has nothing to be made from.
        self.made().map_err(|error| self.failed(&error))?;
        let (answers, kept) = self.transaction(|connection, applied| {
            let mut answers = Vec::with_capacity(records.len());
            let mut kept = Vec::with_capacity(records.len());
            for record in records {
                if !holds(connection, &record)? {
                    answers.push(None);
                    continue;
                }
                *applied += 1;
                let body = encode(*applied, &record)?;
                store_body(connection, *applied, &body)?;
                derive(connection, *applied, &record)?;
                answers.push(Some(*applied));
                kept.push((*applied, Arc::new(record), body.len()));
            }
            Ok((answers, kept))
        })?;
        self.finished(kept);
        Ok(answers)
    }

    fn apply(&mut self, records: &[Delivered]) -> std::result::Result<Vec<Verdict>, SinkError> {
        self.take(records, false)
    }

    fn apply_ahead(&mut self, records: &[Delivered]) -> std::result::Result<Vec<Verdict>, SinkError> {
        self.take(records, true)
    }

    fn caught_up(&mut self) -> std::result::Result<(), SinkError> {
        self.whole = true;
        self.take(&[], false)?;
        self.made().map_err(|error| self.failed(&error))
    }

    fn head(&self, aggregate: &Aggregate) -> std::result::Result<Seq, SinkError> {
        head(&self.connection, aggregate).map_err(|error| SinkError::Broken(error.to_string()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // One that has nothing is whole, too. Otherwise it is begun anew.
        if self.applied == 0
            && self.open.is_none()
            && let Err(error) = self.made()
        {
            tracing::debug!(%error, "an empty store could not be closed in order");
        }
        // An orderly end leaves no write-ahead log behind; a crash is recovered from it.
        let _unused = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// Opens the database for maintenance, without a running server.
pub(crate) fn open_for_maintenance(path: &std::path::Path) -> Result<Connection> {
    schema::open_writer(path, schema::Keep::Everything)
}

#[cfg(test)]
mod tests;
