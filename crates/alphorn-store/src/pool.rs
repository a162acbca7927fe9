//! The store as a whole: one database file, one writer, a bounded pool of reading connections.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use alphorn_model::TimestampMs;
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;

use crate::{
    Observer, Reader, Result, StoreError, Writer,
    cache::RecordCache,
    filling::{self, Filling},
    schema::{self, Keep},
};

/// Reading connections at most. More than cores, because some wait for the disk.
const READERS_MAX: usize = 4;

struct Pool {
    idle: Vec<Connection>,
    open: usize,
}

pub(crate) struct Shared {
    pub(crate) path: PathBuf,
    pub(crate) records: RecordCache,
    pool: Mutex<Pool>,
    returned: Condvar,
}

/// A handle on the store for reading. Cheap to clone.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Shared>);

impl Store {
    /// Opens the database at `path`, making it when it is not there, and gives the handle for
    /// reading and the one writer. With `durable` an answered write survives a power cut (the
    /// database is the log); without, the newest writes may be lost with the power and come again
    /// from the log elsewhere.
    ///
    /// # Errors
    /// When the database cannot be opened, is of a newer format, or was never made to its end.
    pub fn open(path: &Path, durable: bool, observer: Arc<dyn Observer>) -> Result<(Self, Writer)> {
        if filling::is_unfinished(path) {
            let why = "it was being made from a cluster's log, and was not finished";
            return Err(StoreError::Inconsistent(why.to_owned()));
        }
        let filling = if durable || path.exists() { None } else { Some(Filling::begin(path)?) };
        let keep = match (durable, &filling) {
            (true, _) => Keep::Everything,
            (false, None) => Keep::Sound,
            (false, Some(_)) => Keep::Nothing,
        };
        let connection = schema::open_writer(path, keep)?;
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            records: RecordCache::new(),
            pool: Mutex::new(Pool { idle: Vec::new(), open: 0 }),
            returned: Condvar::new(),
        });
        let writer = Writer::new(connection, Arc::clone(&shared), observer, filling)?;
        Ok((Self(shared), writer))
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Reads from one consistent snapshot, messages that are too old to be shown among the rest. Blocks: call it
    /// where blocking is allowed.
    ///
    /// # Errors
    /// What `read` gives, or a failure to open a connection.
    pub fn read<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce(&Reader<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.read_as_of(None, read)
    }

    /// Like [`Store::read`], without what is too old to be shown at this time.
    ///
    /// # Errors
    /// What `read` gives, or a failure to open a connection.
    pub fn read_at<T, E: From<StoreError>>(
        &self,
        now: TimestampMs,
        read: impl FnOnce(&Reader<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.read_as_of(Some(now), read)
    }

    fn read_as_of<T, E: From<StoreError>>(
        &self,
        now: Option<TimestampMs>,
        read: impl FnOnce(&Reader<'_>) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let connection = self.take()?;
        let outcome = (|| {
            connection.execute_batch("BEGIN").map_err(StoreError::from)?;
            let reader = Reader::new(&connection, Some(&self.0.records));
            read(&match now {
                Some(now) => reader.at(now),
                None => reader,
            })
        })();
        if !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err() {
            self.0.pool.lock().open -= 1;
            self.0.returned.notify_one();
            return outcome;
        }
        self.0.pool.lock().idle.push(connection);
        self.0.returned.notify_one();
        outcome
    }

    fn take(&self) -> Result<Connection> {
        let mut pool = self.0.pool.lock();
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Ok(connection);
            }
            if pool.open < READERS_MAX {
                pool.open += 1;
                drop(pool);
                return schema::open_reader(&self.0.path).inspect_err(|_| self.0.pool.lock().open -= 1);
            }
            self.0.returned.wait(&mut pool);
        }
    }
}
