//! Read receipts. Specification: Client-Server API, "Receipts".

use alphorn_model::{EventId, Position, RoomId, Seq};

use super::Write;
use crate::{Reader, Result};

/// A read receipt.
#[derive(Debug, Clone)]
pub struct StoredReceipt {
    /// Whose it is.
    pub user: String,
    /// `m.read` or `m.read.private`.
    pub kind: String,
    /// `main`, a thread root, or empty for unthreaded.
    pub thread: String,
    /// The event up to which was read.
    pub event_id: String,
    /// Where that event stands.
    pub position: Position,
    /// When it was read, in milliseconds since the epoch.
    pub ts: u64,
    /// The record that moved it.
    pub seq: Seq,
}

const COLUMNS: &str = "user, kind, thread, event_id, pos, ts, seq";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredReceipt> {
    Ok(StoredReceipt {
        user: row.get(0)?,
        kind: row.get(1)?,
        thread: row.get(2)?,
        event_id: row.get(3)?,
        position: Position(row.get(4)?),
        ts: row.get(5)?,
        seq: row.get(6)?,
    })
}

impl Reader<'_> {
    /// A user's receipts in a room.
    pub fn receipts_of(&self, room: i64, user: &str) -> Result<Vec<StoredReceipt>> {
        self.all(&format!("SELECT {COLUMNS} FROM receipts WHERE room = ?1 AND user = ?2"), (room, user), row)
    }

    /// Receipts of a room moved in `(after, upto]`, newest first, at most `limit`.
    pub fn receipt_changes(
        &self,
        room: i64,
        after: Seq,
        upto: Seq,
        limit: usize,
    ) -> Result<Vec<StoredReceipt>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM receipts INDEXED BY receipts_by_seq WHERE room = ?1 AND seq > ?2 AND seq <= ?3 \
                 ORDER BY seq DESC LIMIT ?4"
            ),
            (room, after, upto, limit),
            row,
        )
    }
}

/// Moves a receipt; it never goes back. Specification: "Receipts", server behaviour.
pub(super) fn set(
    write: &Write<'_>,
    room: &RoomId,
    kind: &str,
    thread: Option<&str>,
    event: &EventId,
    ts: u64,
) -> Result<()> {
    let Some((nid, pos)) = write.reader().event_position(event.as_str())? else { return Ok(()) };
    if write.reader().room(room.as_str())?.is_none_or(|row| row.nid != nid) {
        return Ok(());
    }
    write.run(
        "INSERT INTO receipts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (room, user, kind, thread) \
         DO UPDATE SET event_id = excluded.event_id, pos = excluded.pos, ts = excluded.ts, seq = excluded.seq \
         WHERE excluded.pos >= pos",
        (nid, write.subject, kind, thread.unwrap_or(""), event.as_str(), pos.0, ts, write.seq),
    )?;
    Ok(())
}
