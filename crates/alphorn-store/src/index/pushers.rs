//! Pushers. Specification: Client-Server API, "Push Notifications".

use alphorn_model::RawJson;

use super::{Write, raw};
use crate::{Reader, Result};

/// A pusher of a member of a room.
#[derive(Debug, Clone)]
pub struct RoomPusher {
    /// Whose it is.
    pub user: String,
    /// The application's id.
    pub app_id: String,
    /// The push key.
    pub pushkey: String,
    /// The pusher as the client set it.
    pub pusher: RawJson,
    /// Where it was set.
    pub position: i64,
}

impl Reader<'_> {
    /// Pushers of the members of a room, and of one more user, by user.
    pub fn pushers_of_room(&self, room: i64, invited: Option<&str>) -> Result<Vec<RoomPusher>> {
        let rows = self.all(
            "SELECT p.user, p.app_id, p.pushkey, p.pusher, p.pos FROM pushers p JOIN members m ON m.user = p.user \
             WHERE m.room = ?1 AND (m.membership = 0 OR m.user = ?2) ORDER BY p.user",
            (room, invited),
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?, row.get(4)?)),
        )?;
        rows.into_iter()
            .map(|(user, app_id, pushkey, pusher, position)| {
                Ok(RoomPusher { user, app_id, pushkey, pusher: raw(pusher)?, position })
            })
            .collect()
    }

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
