//! Account data, global and per room. Specification: Client-Server API, "Client Config".

use alphorn_model::{RawJson, Seq};

use super::{Write, raw};
use crate::{Reader, Result};

/// One piece of account data.
#[derive(Debug, Clone)]
pub struct AccountDatum {
    /// The room it is for; empty: global.
    pub room: String,
    /// Its type.
    pub kind: String,
    /// Its content.
    pub content: RawJson,
    /// The record that set it.
    pub seq: Seq,
}

impl Reader<'_> {
    /// One piece of account data; `room` empty: global.
    pub fn account_datum(&self, user: &str, room: &str, kind: &str) -> Result<Option<RawJson>> {
        self.one(
            "SELECT content FROM account_data WHERE user = ?1 AND room = ?2 AND kind = ?3",
            (user, room, kind),
            |row| row.get(0),
        )?
        .map(raw)
        .transpose()
    }

    /// The record that set one piece of account data; 0: it is not set.
    pub fn account_datum_seq(&self, user: &str, room: &str, kind: &str) -> Result<Seq> {
        let sql = "SELECT seq FROM account_data WHERE user = ?1 AND room = ?2 AND kind = ?3";
        Ok(self.one(sql, (user, room, kind), |row| row.get(0))?.unwrap_or(0))
    }

    /// All account data of a user set in `(after, upto]`; `after` 0: all there is.
    pub fn account_data_changes(&self, user: &str, after: Seq, upto: Seq) -> Result<Vec<AccountDatum>> {
        let rows = self.all(
            "SELECT room, kind, content, seq FROM account_data WHERE user = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
            (user, after, upto),
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?)),
        )?;
        rows.into_iter()
            .map(|(room, kind, content, seq)| Ok(AccountDatum { room, kind, content: raw(content)?, seq }))
            .collect()
    }

    /// How many pieces of account data a user has, counted up to `limit`.
    pub fn account_data_count(&self, user: &str, limit: u64) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM account_data WHERE user = ?1 LIMIT ?2)";
        Ok(self.one(sql, (user, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// All account data of a user in one room (empty: global).
    pub fn account_data_of_room(&self, user: &str, room: &str) -> Result<Vec<AccountDatum>> {
        let rows = self.all(
            "SELECT kind, content, seq FROM account_data WHERE user = ?1 AND room = ?2 ORDER BY kind",
            (user, room),
            |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)),
        )?;
        rows.into_iter()
            .map(|(kind, content, seq)| {
                Ok(AccountDatum { room: room.to_owned(), kind, content: raw(content)?, seq })
            })
            .collect()
    }
}

pub(super) fn set(write: &Write<'_>, room: Option<&str>, kind: &str, content: &RawJson) -> Result<()> {
    write.run(
        "INSERT OR REPLACE INTO account_data VALUES (?1, ?2, ?3, ?4, ?5)",
        (write.subject, room.unwrap_or(""), kind, content.get(), write.seq),
    )?;
    Ok(())
}
