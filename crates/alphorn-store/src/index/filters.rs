//! Stored filters. Specification: Client-Server API, "Filtering".

use alphorn_model::RawJson;

use super::{Write, raw};
use crate::{Reader, Result};

impl Reader<'_> {
    /// How many filters a user has, counted up to `limit`.
    pub fn filters_count(&self, user: &str, limit: u64) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM filters WHERE user = ?1 LIMIT ?2)";
        Ok(self.one(sql, (user, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// A stored filter.
    pub fn filter(&self, user: &str, filter: &str) -> Result<Option<RawJson>> {
        self.one("SELECT definition FROM filters WHERE user = ?1 AND filter = ?2", (user, filter), |row| {
            row.get(0)
        })?
        .map(raw)
        .transpose()
    }
}

pub(super) fn store(write: &Write<'_>, filter: &str, definition: &RawJson) -> Result<()> {
    write.run(
        "INSERT OR REPLACE INTO filters VALUES (?1, ?2, ?3)",
        (write.subject, filter, definition.get()),
    )?;
    Ok(())
}
