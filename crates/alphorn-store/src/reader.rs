//! Reading: one snapshot of the database with typed questions. The questions themselves stand in
//! `index/`, beside the code that keeps their tables.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    sync::Arc,
};

use alphorn_model::{Record, Seq, TimestampMs};
use bytes::Bytes;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Params, Row};

use crate::{Result, StoreError, cache::RecordCache, index::retention::Lifetimes};

/// One consistent snapshot of the store.
pub struct Reader<'a> {
    connection: &'a Connection,
    shared: Option<&'a RecordCache>,
    /// The record read last: neighbours in a timeline often share one.
    last: RefCell<Option<(Seq, Arc<Record>)>>,
    /// When is read: messages that a room does not keep for so long are passed over.
    pub(crate) now: Option<TimestampMs>,
    pub(crate) lifetimes: OnceCell<Lifetimes>,
    /// By room, the time up to which messages are too old.
    pub(crate) cutoffs: RefCell<HashMap<i64, i64>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(connection: &'a Connection, shared: Option<&'a RecordCache>) -> Self {
        Self {
            connection,
            shared,
            last: RefCell::new(None),
            now: None,
            lifetimes: OnceCell::new(),
            cutoffs: RefCell::default(),
        }
    }

    /// The same as of a time: what is too old by then is not there.
    pub(crate) fn at(self, now: TimestampMs) -> Self {
        Self { now: Some(now), ..self }
    }

    pub(crate) fn statement(&self, sql: &str) -> Result<CachedStatement<'_>> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// One row or nothing.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.statement(sql)?.query_row(params, map).optional()?)
    }

    /// All rows; the SQL bounds how many.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        Ok(self.statement(sql)?.query_map(params, map)?.collect::<rusqlite::Result<_>>()?)
    }

    /// The last record that this snapshot has.
    pub fn applied(&self) -> Result<Seq> {
        self.one("SELECT max(seq) FROM log", [], |row| row.get::<_, Option<Seq>>(0))
            .map(|seq| seq.flatten().unwrap_or(0))
    }

    /// The sequence number of an aggregate's last record; 0: it has none.
    pub fn aggregate_seq(&self, key: &str) -> Result<Seq> {
        Ok(self.one("SELECT seq FROM aggregates WHERE key = ?1", [key], |row| row.get(0))?.unwrap_or(0))
    }

    /// A record of the log.
    pub fn record(&self, seq: Seq) -> Result<Option<Arc<Record>>> {
        if let Some((held, record)) = &*self.last.borrow()
            && *held == seq
        {
            return Ok(Some(Arc::clone(record)));
        }
        let found = match self.shared.and_then(|cache| cache.get(seq)) {
            Some(record) => Some(record),
            None => self.load_record(seq)?,
        };
        if let Some(record) = &found {
            *self.last.borrow_mut() = Some((seq, Arc::clone(record)));
        }
        Ok(found)
    }

    fn load_record(&self, seq: Seq) -> Result<Option<Arc<Record>>> {
        let body = self.one("SELECT body FROM log WHERE seq = ?1", [seq], |row| row.get::<_, Vec<u8>>(0))?;
        let Some(body) = body else { return Ok(None) };
        let record = Arc::new(decode(seq, &body)?);
        if let Some(cache) = self.shared {
            cache.put(seq, Arc::clone(&record), body.len());
        }
        Ok(Some(record))
    }

    /// Records after `after`, at most `limit`, in order.
    pub fn records_after(&self, after: Seq, limit: usize) -> Result<Vec<(Seq, Record)>> {
        Ok(self.bodies_after(after, limit)?.into_iter().map(|(seq, record, _)| (seq, record)).collect())
    }

    /// Like [`Reader::records_after`], with each record's bytes as they are on the log.
    pub fn bodies_after(&self, after: Seq, limit: usize) -> Result<Vec<(Seq, Record, Bytes)>> {
        let rows = self.all(
            "SELECT seq, body FROM log WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            (after, limit),
            |row| Ok((row.get::<_, Seq>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )?;
        rows.into_iter().map(|(seq, body)| Ok((seq, decode(seq, &body)?, body.into()))).collect()
    }

    /// Like [`Reader::records_after`], but without those that lost their race: what followers of the log act on.
    /// With them comes how far was looked, for all of them may be void.
    pub fn counted_after(&self, after: Seq, limit: usize) -> Result<(Vec<(Seq, Record)>, Seq)> {
        let mut records = self.records_after(after, limit)?;
        let upto = records.last().map_or(after, |(seq, _)| *seq);
        let voids = self.all("SELECT seq FROM voids WHERE seq > ?1 AND seq <= ?2", (after, upto), |row| {
            row.get::<_, Seq>(0)
        })?;
        records.retain(|(seq, _)| !voids.contains(seq));
        Ok((records, upto))
    }

    /// A value of the `meta` table.
    pub fn meta(&self, key: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
    }
}

pub(crate) fn decode(seq: Seq, body: &[u8]) -> Result<Record> {
    let record: Record =
        serde_json::from_slice(body).map_err(|error| StoreError::Record { seq, why: error.to_string() })?;
    if record.v > alphorn_model::record::RECORD_VERSION {
        return Err(StoreError::Record { seq, why: format!("it has version {}", record.v) });
    }
    Ok(record)
}
