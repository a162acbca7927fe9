//! Settings that administrators change while the server runs.

use serde_json::{Map, Value};

use super::Write;
use crate::{Reader, Result};

impl Reader<'_> {
    /// All settings that were changed, by name.
    pub fn settings(&self) -> Result<Map<String, Value>> {
        let rows = self.all("SELECT name, value FROM settings ORDER BY name", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        Ok(rows
            .into_iter()
            .filter_map(|(name, value)| Some((name, serde_json::from_str(&value).ok()?)))
            .collect())
    }
}

pub(super) fn change(write: &Write<'_>, changes: &Map<String, Value>) -> Result<()> {
    for (name, value) in changes {
        if value.is_null() {
            write.run("DELETE FROM settings WHERE name = ?1", [name])?;
        } else {
            write.run("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", (name, value.to_string()))?;
        }
    }
    Ok(())
}
