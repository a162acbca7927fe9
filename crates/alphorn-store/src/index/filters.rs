//! Stored filters. Specification: Client-Server API, "Filtering".

use alphorn_model::RawJson;

use super::{Write, raw};
use crate::{Reader, Result};

impl Reader<'_> {
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
