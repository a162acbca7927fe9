//! Pushers. Specification: Client-Server API, "Push Notifications".

use alphorn_model::RawJson;

use super::{Write, raw};
use crate::{Reader, Result};

impl Reader<'_> {
    /// A user's pushers: `(app id, push key, definition, position of the last change)`.
    pub fn pushers(&self, user: &str) -> Result<Vec<(String, String, RawJson, i64)>> {
        let rows = self.all(
            "SELECT app_id, pushkey, pusher, pos FROM pushers WHERE user = ?1 ORDER BY app_id, pushkey",
            [user],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?)),
        )?;
        rows.into_iter().map(|(app, key, pusher, pos)| Ok((app, key, raw(pusher)?, pos))).collect()
    }

    /// Users who have a pusher with this app id and push key.
    pub fn pusher_owners(&self, app_id: &str, pushkey: &str) -> Result<Vec<String>> {
        self.all(
            "SELECT user FROM pushers WHERE app_id = ?1 AND pushkey = ?2 LIMIT 100",
            (app_id, pushkey),
            |row| row.get(0),
        )
    }
}

pub(super) fn set(
    write: &Write<'_>,
    app_id: &str,
    pushkey: &str,
    pusher: &RawJson,
    device: &str,
) -> Result<()> {
    write.run(
        "INSERT OR REPLACE INTO pushers VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (write.subject, app_id, pushkey, pusher.get(), device, write.pos.0),
    )?;
    Ok(())
}

pub(super) fn remove(write: &Write<'_>, app_id: &str, pushkey: &str) -> Result<()> {
    write.run(
        "DELETE FROM pushers WHERE user = ?1 AND app_id = ?2 AND pushkey = ?3",
        (write.subject, app_id, pushkey),
    )?;
    Ok(())
}
