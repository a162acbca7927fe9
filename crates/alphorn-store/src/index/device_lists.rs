//! Whose devices a user has to look at again, and whose no longer.
//! Specification: Client-Server API, "Tracking the device list for a user".

use alphorn_model::{Position, Seq};

use super::Write;
use crate::{Reader, Result};

/// What changed between two positions for one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceLists {
    /// Users whose keys are to be fetched again.
    pub changed: Vec<String>,
    /// Users with whom no room is shared any more.
    pub left: Vec<String>,
}

/// The viewer's standing in rooms: joined ones (`0`), and those left or barred from in the interval.
const JOINED_TO_MINE: &str = "
SELECT DISTINCT m.user FROM members mine INDEXED BY members_by_user
CROSS JOIN members m INDEXED BY members_by_kind
WHERE mine.user = ?1 AND mine.membership = 0 AND m.room = mine.room AND m.membership = 0 AND m.user <> ?1
  AND m.pos > (CASE WHEN mine.since > ?2 THEN 0 ELSE ?2 END)
  AND (m.since > ?2 OR mine.since > ?2) AND m.since <= ?3 AND mine.since <= ?3
  AND NOT EXISTS (
    SELECT 1 FROM members a INDEXED BY members_by_user JOIN members b ON b.room = a.room AND b.user = ?1
    WHERE a.user = m.user AND a.membership = 0 AND b.membership = 0 AND a.since <= ?2 AND b.since <= ?2)";

const LEFT_MINE: &str = "
SELECT m.user FROM members mine INDEXED BY members_by_user
CROSS JOIN members m INDEXED BY members_by_kind
WHERE mine.user = ?1 AND mine.membership = 0 AND m.room = mine.room AND m.membership IN (3, 4) AND m.user <> ?1
  AND m.pos > ?2 AND m.since > ?2 AND m.since <= ?3
UNION
SELECT m.user FROM members mine INDEXED BY members_by_user
CROSS JOIN members m INDEXED BY members_by_kind
WHERE mine.user = ?1 AND mine.membership IN (3, 4) AND mine.since > ?2 AND mine.since <= ?3
  AND m.room = mine.room AND m.user <> ?1
  AND (m.membership = 0 OR (m.membership IN (3, 4) AND m.pos > ?2 AND m.since > ?2))";

impl Reader<'_> {
    /// Users whose devices, keys or signatures changed in `(after, upto]` and who share a room with
    /// `viewer`, are the viewer, or were signed by the viewer. Of each user only the last change is known, so
    /// that `upto` must not lie before what the snapshot has.
    pub fn device_list_changes(&self, viewer: &str, after: Seq, upto: Seq) -> Result<Vec<String>> {
        self.all(
            "SELECT c.user FROM device_list_changes c WHERE c.seq > ?2 AND c.seq <= ?3 AND EXISTS ( \
             SELECT 1 FROM members a JOIN members b ON b.room = a.room AND b.user = ?1 AND b.membership = 0 \
             WHERE a.user = c.user AND a.membership = 0) \
             UNION SELECT user FROM device_list_changes WHERE user = ?1 AND own > ?2 AND own <= ?3 \
             UNION SELECT target_user FROM key_signatures WHERE signer = ?1 AND seq > ?2 AND seq <= ?3",
            (viewer, after, upto),
            |row| row.get(0),
        )
    }

    /// All that `viewer` needs to know of device lists from records in `(after, upto]`: changed ones, users
    /// who came into a shared room, and users who share none any more. Costs grow with what changed
    /// and with the number of the viewer's rooms, not with the rooms' sizes.
    pub fn device_lists(&self, viewer: &str, after: Seq, upto: Seq) -> Result<DeviceLists> {
        let bounds = (viewer, Position::end_of(after).0, Position::end_of(upto).0);
        let mut changed = self.device_list_changes(viewer, after, upto)?;
        changed.extend(self.all(JOINED_TO_MINE, bounds, |row| row.get::<_, String>(0))?);
        changed.sort_unstable();
        changed.dedup();
        let mut left = Vec::new();
        for user in self.all(LEFT_MINE, bounds, |row| row.get::<_, String>(0))? {
            if !self.share_room(viewer, &user)? {
                left.push(user);
            }
        }
        Ok(DeviceLists { changed, left })
    }
}

/// Others have to ask for this user's keys again.
pub(super) fn mark_changed(write: &Write<'_>, user: &str) -> Result<()> {
    write.run("INSERT OR REPLACE INTO device_list_changes VALUES (?1, ?2, ?2)", (user, write.seq))?;
    Ok(())
}

/// Only the user has to ask for the own keys again: others do not see what changed.
pub(super) fn mark_own_changed(write: &Write<'_>, user: &str) -> Result<()> {
    write.run(
        "INSERT INTO device_list_changes VALUES (?1, 0, ?2) ON CONFLICT (user) DO UPDATE SET own = excluded.own",
        (user, write.seq),
    )?;
    Ok(())
}
