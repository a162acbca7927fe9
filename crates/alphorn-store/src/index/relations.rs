//! Relations: which events refer to which by `m.relates_to`, and threads by their latest reply.
//! Specification: Client-Server API, "Forming relationships between events", "Threading".

use alphorn_model::Position;

use super::{Write, timeline::Head};
use crate::{Reader, Result};

/// One event that refers to another.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Where the referring event stands.
    pub position: Position,
    /// `m.annotation`, `m.replace`, `m.thread`, `m.reference`, ...
    pub rel_type: String,
    /// The referring event's type.
    pub kind: String,
    /// Who sent it.
    pub sender: String,
    /// The annotation's key.
    pub key: Option<String>,
}

/// A thread.
#[derive(Debug, Clone)]
pub struct ThreadSummary {
    /// The root's event id.
    pub root: String,
    /// Where its latest reply stands.
    pub latest: Position,
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Relation> {
    Ok(Relation {
        position: Position(row.get(0)?),
        rel_type: row.get(1)?,
        kind: row.get(2)?,
        sender: row.get(3)?,
        key: row.get(4)?,
    })
}

impl Reader<'_> {
    /// Events that refer to `parent` at positions in `(after, upto]`, oldest first, at most `limit`.
    pub fn relations_forwards(
        &self,
        parent: &str,
        after: Position,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<Relation>> {
        self.all(
            "SELECT pos, rel_type, kind, sender, key FROM relations WHERE parent = ?1 AND pos > ?2 AND pos <= ?3 \
             ORDER BY pos LIMIT ?4",
            (parent, after.0, upto.0, limit),
            row,
        )
    }

    /// Events that refer to `parent` at positions in `(after, upto]`, newest first, at most `limit`.
    pub fn relations_backwards(
        &self,
        parent: &str,
        after: Position,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<Relation>> {
        self.all(
            "SELECT pos, rel_type, kind, sender, key FROM relations WHERE parent = ?1 AND pos > ?2 AND pos <= ?3 \
             ORDER BY pos DESC LIMIT ?4",
            (parent, after.0, upto.0, limit),
            row,
        )
    }

    /// Events that refer to `parent` in one way, newest first, at most `limit`.
    pub fn relations_of_type(&self, parent: &str, rel_type: &str, limit: usize) -> Result<Vec<Relation>> {
        self.all(
            "SELECT pos, rel_type, kind, sender, key FROM relations WHERE parent = ?1 AND rel_type = ?2 \
             ORDER BY pos DESC LIMIT ?3",
            (parent, rel_type, limit),
            row,
        )
    }

    /// How many events refer to `parent` in one way, counting no further than `limit`.
    pub fn relations_count(&self, parent: &str, rel_type: &str, limit: usize) -> Result<u64> {
        let sql =
            "SELECT count(*) FROM (SELECT 1 FROM relations WHERE parent = ?1 AND rel_type = ?2 LIMIT ?3)";
        Ok(self.one(sql, (parent, rel_type, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// Whether anything refers to `parent`: a quick no for most events.
    pub fn has_relations(&self, parent: &str) -> Result<bool> {
        self.one("SELECT 1 FROM relations WHERE parent = ?1 LIMIT 1", [parent], |_| Ok(()))
            .map(|found| found.is_some())
    }

    /// Whether `user` sent an event that refers to `parent` in one way.
    pub fn has_related(
        &self,
        parent: &str,
        rel_type: &str,
        user: &str,
        key: Option<&str>,
        kind: Option<&str>,
    ) -> Result<bool> {
        self.one(
            "SELECT 1 FROM relations WHERE parent = ?1 AND rel_type = ?2 AND sender = ?3 \
             AND (?4 IS NULL OR key = ?4) AND (?5 IS NULL OR kind = ?5) LIMIT 1",
            (parent, rel_type, user, key, kind),
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    /// Threads of a room whose latest reply stands before `before`, latest first, at most `limit`.
    pub fn threads(&self, room: i64, before: Position, limit: usize) -> Result<Vec<ThreadSummary>> {
        self.all(
            "SELECT root, latest FROM threads WHERE room = ?1 AND latest < ?2 ORDER BY latest DESC LIMIT ?3",
            (room, before.0, limit),
            |row| Ok(ThreadSummary { root: row.get(0)?, latest: Position(row.get(1)?) }),
        )
    }
}

/// Takes up what an event refers to. State events relate to nothing.
pub(super) fn apply(write: &Write<'_>, nid: i64, head: &Head<'_>) -> Result<()> {
    if head.state_key.is_some() {
        return Ok(());
    }
    // Most events refer to nothing. A key may be written with escapes.
    if !head.raw_content().contains("m.relates_to") && !head.raw_content().contains('\\') {
        return Ok(());
    }
    let Some(relation) = head.content().relates_to else { return Ok(()) };
    let (Some(rel_type), Some(parent)) = (relation.rel_type, relation.event_id) else { return Ok(()) };
    if rel_type.len() > 255 || parent.len() > 255 {
        return Ok(());
    }
    write.run(
        "INSERT OR REPLACE INTO relations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (&parent, &rel_type, write.pos.0, nid, &*head.kind, &*head.sender, relation.key),
    )?;
    if rel_type == "m.thread" {
        write.run("INSERT OR REPLACE INTO threads VALUES (?1, ?2, ?3)", (nid, &parent, write.pos.0))?;
    }
    Ok(())
}

/// A redacted event refers to nothing any more.
pub(super) fn forget(write: &Write<'_>, nid: i64, event_id: &str, pos: Position) -> Result<()> {
    let Some(event) = write.reader().event(event_id)? else { return Ok(()) };
    let fact = alphorn_model::fact::EventFact {
        event_id: event.event_id,
        pdu: event.pdu,
        placement: alphorn_model::fact::Placement::Timeline,
        transaction: None,
        resolved: Vec::new(),
    };
    let Ok(head) = Head::parse(&fact) else { return Ok(()) };
    let Some(relation) = head.content().relates_to else { return Ok(()) };
    let (Some(rel_type), Some(parent)) = (relation.rel_type, relation.event_id) else { return Ok(()) };
    write.run(
        "DELETE FROM relations WHERE parent = ?1 AND rel_type = ?2 AND pos = ?3",
        (&parent, &rel_type, pos.0),
    )?;
    if rel_type == "m.thread" {
        let latest = write.reader().relations_of_type(&parent, "m.thread", 1)?;
        match latest.first() {
            Some(reply) => write.run(
                "UPDATE threads SET latest = ?3 WHERE room = ?1 AND root = ?2",
                (nid, &parent, reply.position.0),
            )?,
            None => write.run("DELETE FROM threads WHERE room = ?1 AND root = ?2", (nid, &parent))?,
        };
    }
    Ok(())
}
