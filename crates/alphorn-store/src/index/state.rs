//! Room state: what it is now, and what it was at any position. Each change is one row, so a state
//! of the past costs no copy of the whole.

use alphorn_model::Position;

use super::Write;
use crate::{Reader, Result, StoredEvent};

impl Reader<'_> {
    /// The current state event of a type and key.
    pub fn state_event(&self, room: i64, kind: &str, key: &str) -> Result<Option<StoredEvent>> {
        match self.state_position(room, kind, key)? {
            Some(position) => self.event_at(position),
            None => Ok(None),
        }
    }

    /// Where the current state event of a type and key stands.
    pub fn state_position(&self, room: i64, kind: &str, key: &str) -> Result<Option<Position>> {
        self.one(
            "SELECT event FROM current_state WHERE room = ?1 AND kind = ?2 AND state_key = ?3",
            (room, kind, key),
            |row| Ok(Position(row.get(0)?)),
        )
    }

    /// The current state: `(type, state key, position)`. With `members` off, without memberships.
    pub fn current_state(&self, room: i64, members: bool) -> Result<Vec<(String, String, Position)>> {
        let sql = if members {
            "SELECT kind, state_key, event FROM current_state WHERE room = ?1"
        } else {
            "SELECT kind, state_key, event FROM current_state WHERE room = ?1 AND kind < 'm.room.member' UNION ALL \
             SELECT kind, state_key, event FROM current_state WHERE room = ?1 AND kind > 'm.room.member'"
        };
        self.all(sql, [room], map_entry)
    }

    /// Current state events of one type.
    pub fn current_state_of(&self, room: i64, kind: &str) -> Result<Vec<(String, Position)>> {
        self.all(
            "SELECT state_key, event FROM current_state WHERE room = ?1 AND kind = ?2",
            (room, kind),
            |row| Ok((row.get(0)?, Position(row.get(1)?))),
        )
    }

    /// Where the state event of a type and key stood at a position (that position's own event counts).
    pub fn state_position_at(
        &self,
        room: i64,
        kind: &str,
        key: &str,
        at: Position,
    ) -> Result<Option<Position>> {
        self.one(
            "SELECT event FROM state_history WHERE room = ?1 AND kind = ?2 AND state_key = ?3 AND pos <= ?4 \
             ORDER BY pos DESC LIMIT 1",
            (room, kind, key, at.0),
            |row| row.get::<_, i64>(0),
        )
        .map(|found| found.filter(|event| *event != 0).map(Position))
    }

    /// The state event of a type and key at a position.
    pub fn state_event_at(
        &self,
        room: i64,
        kind: &str,
        key: &str,
        at: Position,
    ) -> Result<Option<StoredEvent>> {
        match self.state_position_at(room, kind, key, at)? {
            Some(position) => self.event_at(position),
            None => Ok(None),
        }
    }

    /// The whole state at a position. With `members` off, without memberships.
    pub fn state_at(
        &self,
        room: i64,
        at: Position,
        members: bool,
    ) -> Result<Vec<(String, String, Position)>> {
        let mut entries = self.all(
            "SELECT kind, state_key, event, max(pos) FROM state_history WHERE room = ?1 AND pos <= ?2 \
             AND (?3 OR kind <> 'm.room.member') GROUP BY kind, state_key",
            (room, at.0, members),
            map_entry,
        )?;
        entries.retain(|(_, _, event)| event.0 != 0);
        Ok(entries)
    }

    /// State events of one type at a position: `(state key, position)`.
    pub fn state_of_at(&self, room: i64, kind: &str, at: Position) -> Result<Vec<(String, Position)>> {
        let mut entries = self.all(
            "SELECT state_key, event, max(pos) FROM state_history WHERE room = ?1 AND kind = ?2 AND pos <= ?3 \
             GROUP BY state_key",
            (room, kind, at.0),
            |row| Ok((row.get(0)?, Position(row.get(1)?))),
        )?;
        entries.retain(|(_, event)| event.0 != 0);
        Ok(entries)
    }

    /// What changed in the state in `(after, upto]`: the last change of each entry. An entry that state
    /// resolution removed has position 0.
    pub fn state_changes(
        &self,
        room: i64,
        after: Position,
        upto: Position,
    ) -> Result<Vec<(String, String, Position)>> {
        self.all(
            "SELECT kind, state_key, event, max(pos) FROM state_history INDEXED BY state_by_pos \
             WHERE room = ?1 AND pos > ?2 AND pos <= ?3 GROUP BY kind, state_key",
            (room, after.0, upto.0),
            map_entry,
        )
    }

    /// How one entry changed over time, oldest first: from which position on which event counted
    /// (position 0: none). The newest 10,000 changes.
    pub fn state_entry_history(&self, room: i64, kind: &str, key: &str) -> Result<Vec<(Position, Position)>> {
        let mut changes = self.all(
            "SELECT pos, event FROM state_history WHERE room = ?1 AND kind = ?2 AND state_key = ?3 \
             ORDER BY pos DESC LIMIT 10000",
            (room, kind, key),
            |row| Ok((Position(row.get(0)?), Position(row.get(1)?))),
        )?;
        changes.reverse();
        Ok(changes)
    }

    /// The state event that an event at `position` replaced.
    pub fn state_before(
        &self,
        room: i64,
        kind: &str,
        key: &str,
        position: Position,
    ) -> Result<Option<StoredEvent>> {
        self.state_event_at(room, kind, key, Position(position.0 - 1))
    }
}

fn map_entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<(String, String, Position)> {
    Ok((row.get(0)?, row.get(1)?, Position(row.get(2)?)))
}

/// Moves an entry of the current state to an event, or to nothing.
pub(super) fn set(
    write: &Write<'_>,
    room: i64,
    kind: &str,
    key: &str,
    event: Option<Position>,
) -> Result<()> {
    let number = event.map_or(0, |position| position.0);
    write.run(
        "INSERT OR REPLACE INTO state_history VALUES (?1, ?2, ?3, ?4, ?5)",
        (room, kind, key, write.pos.0, number),
    )?;
    if event.is_some() {
        write
            .run("INSERT OR REPLACE INTO current_state VALUES (?1, ?2, ?3, ?4)", (room, kind, key, number))?;
    } else {
        write.run(
            "DELETE FROM current_state WHERE room = ?1 AND kind = ?2 AND state_key = ?3",
            (room, kind, key),
        )?;
    }
    Ok(())
}

/// State resolution moved an entry to an event that is known already.
pub(super) fn resolve(
    write: &Write<'_>,
    room: i64,
    kind: &str,
    key: &str,
    event: Option<&alphorn_model::EventId>,
) -> Result<()> {
    let position = match event {
        Some(id) => {
            write.reader().one("SELECT pos FROM events WHERE event_id = ?1", [id.as_str()], |row| {
                row.get(0).map(Position)
            })?
        }
        None => None,
    };
    set(write, room, kind, key, position)?;
    if kind == "m.room.member" {
        super::members::resolve(write, room, key, position)?;
    }
    Ok(())
}
