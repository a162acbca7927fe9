//! Which event a client's transaction made, for as long as clients try again. Specification:
//! Client-Server API, "Transaction identifiers".

use alphorn_model::{EventId, TimestampMs, fact::Transaction};

use super::Write;
use crate::{Reader, Result};

/// How long a transaction is remembered: a client that was offline over a night or two sends again.
const KEPT_MS: TimestampMs = 48 * 60 * 60_000;

/// Old transactions that give way to a new one at most. More than one, so that there come to be fewer.
const FORGOTTEN_AT_ONCE: usize = 4;

const DUE: &str = "SELECT 1 FROM transactions WHERE time < ?1 LIMIT 1";

const FORGET: &str = "DELETE FROM transactions WHERE (user, device, room, id, what) IN \
     (SELECT user, device, room, id, what FROM transactions WHERE time < ?1 \
     ORDER BY time, user, device, room, id, what LIMIT ?2)";

impl Reader<'_> {
    /// The event that a client's transaction made in a room, if any. `what` tells requests of one id apart, as
    /// their paths do: the event's type, or the event that was redacted.
    pub fn transaction(&self, transaction: &Transaction, room: i64, what: &str) -> Result<Option<String>> {
        let (user, device) = (transaction.user.as_str(), &transaction.device);
        self.one(
            "SELECT event_id FROM transactions WHERE user = ?1 AND device = ?2 AND room = ?3 AND id = ?4 \
             AND what = ?5",
            (user, device, room, &transaction.id, what),
            |row| row.get(0),
        )
    }
}

/// Remembers a transaction. The oldest ones give way, by the times of the records: every node, and every
/// rebuild, forgets the same ones at the same place of the log.
pub(super) fn remember(
    write: &Write<'_>,
    room: i64,
    transaction: &Transaction,
    event_id: &EventId,
    what: &str,
) -> Result<()> {
    let (user, device) = (transaction.user.as_str(), &transaction.device);
    write.run(
        "INSERT OR REPLACE INTO transactions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (user, device, room, &transaction.id, what, event_id.as_str(), write.time),
    )?;
    let before = write.time.saturating_sub(KEPT_MS);
    // Nearly always there is none that old, and forgetting costs more than all else here.
    if write.reader().one(DUE, [before], |_| Ok(()))?.is_some() {
        write.run(FORGET, (before, FORGOTTEN_AT_ONCE))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
