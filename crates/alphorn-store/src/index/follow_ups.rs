//! What still has to be done in rooms after changes of accounts.

use alphorn_model::{Position, fact::FollowUp};

use super::Write;
use crate::{Reader, Result};

const ALL: [FollowUp; 2] = [FollowUp::ShowProfile, FollowUp::LeaveRooms];

const fn name(what: FollowUp) -> &'static str {
    match what {
        FollowUp::ShowProfile => "show_profile",
        FollowUp::LeaveRooms => "leave_rooms",
    }
}

impl Reader<'_> {
    /// What is to be done, longest due first, at most `limit`: for which user, what, and the position of
    /// the last change that asks for it.
    pub fn follow_ups(&self, limit: usize) -> Result<Vec<(String, FollowUp, Position)>> {
        let rows =
            self.all("SELECT user, what, pos FROM follow_ups ORDER BY pos LIMIT ?1", [limit], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, Position(row.get(2)?)))
            })?;
        Ok(rows
            .into_iter()
            .filter_map(|(user, what, pos)| {
                ALL.into_iter().find(|known| name(*known) == what).map(|what| (user, what, pos))
            })
            .collect())
    }
}

/// The fact that is applied asks for something.
pub(super) fn due(write: &Write<'_>, what: FollowUp) -> Result<()> {
    write.run(
        "INSERT OR REPLACE INTO follow_ups VALUES (?1, ?2, ?3)",
        (write.subject, name(what), write.pos.0),
    )?;
    Ok(())
}

/// It was done; what was asked for later is still due.
pub(super) fn done(write: &Write<'_>, what: FollowUp, upto: Position) -> Result<()> {
    write.run(
        "DELETE FROM follow_ups WHERE user = ?1 AND what = ?2 AND pos <= ?3",
        (write.subject, name(what), upto.0),
    )?;
    Ok(())
}
