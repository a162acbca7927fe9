//! Rooms: the row that each room has, and the entry point of everything that happens in one.

use alphorn_model::{
    Position,
    fact::{EventFact, Placement, RoomFact},
};

use super::{Write, media, members, people, relations, retention, search, state, timeline, transactions};
use crate::{Reader, Result, StoreError};

/// A room's row.
#[derive(Debug, Clone)]
pub struct RoomRow {
    /// The number under which other tables know it. Local to this store.
    pub nid: i64,
    /// The room's id.
    pub room_id: String,
    /// Its version.
    pub version: String,
    /// The position of the newest thing in it.
    pub head: i64,
    /// Members who are joined.
    pub joined: u64,
    /// Members who are invited.
    pub invited: u64,
    /// Whether the public directory lists it.
    pub public: bool,
    /// When it came to be here.
    pub created_at: u64,
    /// Whether an administrator closed it.
    pub closed: bool,
    /// How long messages live by its own word, in milliseconds; nothing: it says nothing.
    pub lifetime: Option<u64>,
    /// Up to here, what the room does not keep was taken out.
    pub expired: Position,
    /// Whether an administrator has everything in it removed.
    pub purge: Purge,
}

/// How far the removal of everything in a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purge {
    /// Nobody wants it.
    None,
    /// It goes on.
    UnderWay,
    /// It is done.
    Done,
}

/// What sets rooms apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomMark {
    /// The public directory lists it.
    Public,
    /// An administrator closed it.
    Closed,
}

const COLUMNS: &str =
    "nid, room_id, version, head, joined, invited, public, created_at, closed, lifetime, expired, purge";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<RoomRow> {
    Ok(RoomRow {
        nid: row.get(0)?,
        room_id: row.get(1)?,
        version: row.get(2)?,
        head: row.get(3)?,
        joined: row.get(4)?,
        invited: row.get(5)?,
        public: row.get(6)?,
        created_at: row.get(7)?,
        closed: row.get::<_, i64>(8)? > 0,
        lifetime: row.get(9)?,
        expired: Position(row.get(10)?),
        purge: match row.get(11)? {
            0 => Purge::None,
            1 => Purge::UnderWay,
            _ => Purge::Done,
        },
    })
}

impl Reader<'_> {
    /// A room by its id.
    pub fn room(&self, room_id: &str) -> Result<Option<RoomRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM rooms WHERE room_id = ?1"), [room_id], row)
    }

    /// A room by its number.
    pub fn room_by_nid(&self, nid: i64) -> Result<Option<RoomRow>> {
        self.one(&format!("SELECT {COLUMNS} FROM rooms WHERE nid = ?1"), [nid], row)
    }

    /// Rooms of the public directory, most members first: those after `(joined, nid)`, at most `limit`.
    pub fn public_rooms(&self, after: Option<(u64, i64)>, limit: usize) -> Result<Vec<RoomRow>> {
        let (joined, nid) = after.unwrap_or((i64::MAX as u64, -1));
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM rooms WHERE public = 1 AND (joined < ?1 OR (joined = ?1 AND nid > ?2)) \
                 ORDER BY joined DESC, nid LIMIT ?3"
            ),
            (joined, nid, limit),
            row,
        )
    }

    /// Rooms of the public directory before `(joined, nid)`, the nearest first, at most `limit`.
    pub fn public_rooms_before(&self, before: Option<(u64, i64)>, limit: usize) -> Result<Vec<RoomRow>> {
        let (joined, nid) = before.unwrap_or((0, i64::MAX));
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM rooms WHERE public = 1 AND (joined > ?1 OR (joined = ?1 AND nid < ?2)) \
                 ORDER BY joined, nid DESC LIMIT ?3"
            ),
            (joined, nid, limit),
            row,
        )
    }

    /// How many rooms the public directory lists.
    pub fn public_rooms_count(&self) -> Result<u64> {
        Ok(self.one("SELECT count(*) FROM rooms WHERE public = 1", [], |row| row.get(0))?.unwrap_or(0))
    }

    /// All rooms in the order they came, for administrators: those after `nid`, at most `limit`.
    pub fn rooms_after(&self, nid: i64, limit: usize) -> Result<Vec<RoomRow>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM rooms WHERE nid > ?1 ORDER BY nid LIMIT ?2"),
            (nid, limit),
            row,
        )
    }

    /// Rooms that are listed in the public directory, or those that are closed, in the order they came, after `nid`.
    pub fn rooms_marked(&self, mark: RoomMark, nid: i64, limit: usize) -> Result<Vec<RoomRow>> {
        let source = match mark {
            RoomMark::Public => "INDEXED BY rooms_public_by_nid WHERE public = 1",
            RoomMark::Closed => "INDEXED BY rooms_shut WHERE closed > 0",
        };
        self.all(
            &format!("SELECT {COLUMNS} FROM rooms {source} AND nid > ?1 ORDER BY nid LIMIT ?2"),
            (nid, limit),
            row,
        )
    }

    /// Closed rooms whose members are to leave and have not all left, at most `limit`.
    pub fn rooms_to_empty(&self, limit: usize) -> Result<Vec<RoomRow>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM rooms INDEXED BY rooms_to_empty WHERE closed = 2 \
                 AND (joined > 0 OR invited > 0) ORDER BY nid LIMIT ?1"
            ),
            [limit],
            row,
        )
    }

    /// How many events a room has, counted up to `limit`.
    pub fn events_count(&self, nid: i64, limit: u64) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM timeline WHERE room = ?1 LIMIT ?2)";
        Ok(self.one(sql, (nid, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// Rooms by words of their names and main aliases that begin with `prefix` (lower case), after a word and room,
    /// at most `limit`: each room with the first of the words that fit.
    pub fn rooms_named(
        &self,
        prefix: &str,
        (word, room): (&str, i64),
        limit: usize,
    ) -> Result<Vec<(String, i64)>> {
        self.all(
            "SELECT w.word, w.room FROM room_words w WHERE w.word >= ?1 AND w.word < ?2 \
             AND (w.word, w.room) > (?3, ?4) AND NOT EXISTS (SELECT 1 FROM room_words o \
             INDEXED BY room_words_by_room WHERE o.room = w.room AND o.word >= ?1 AND o.word < w.word) \
             ORDER BY w.word, w.room LIMIT ?5",
            (prefix, format!("{prefix}\u{10FFFF}"), word, room, limit),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// The words by which a room is found.
    pub fn words_of_room(&self, nid: i64) -> Result<Vec<String>> {
        self.all("SELECT word FROM room_words WHERE room = ?1", [nid], |row| row.get(0))
    }

    /// The forward extremities of a room: event ids with their depths.
    pub fn extremities(&self, nid: i64) -> Result<Vec<(String, u64)>> {
        self.all("SELECT event_id, depth FROM extremities WHERE room = ?1", [nid], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

/// The room's number; an opened room gets the next one.
pub(super) fn nid_for_write(write: &Write<'_>, fact: &RoomFact) -> Result<i64> {
    if let RoomFact::Opened { version } = fact {
        write.run(
            "INSERT INTO rooms (room_id, version, head, created_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (write.subject, version, write.pos.0, write.time),
        )?;
    }
    let nid =
        write.reader().one("SELECT nid FROM rooms WHERE room_id = ?1", [write.subject], |row| row.get(0))?;
    nid.ok_or_else(|| StoreError::Inconsistent(format!("a fact of the unknown room {}", write.subject)))
}

/// Types of events that move a room up in lists of rooms: somebody said or did something.
const BUMPING: [&str; 9] = [
    "m.room.create",
    "m.room.message",
    "m.room.encrypted",
    "m.sticker",
    "m.call.invite",
    "m.poll.start",
    "org.matrix.msc3381.poll.start",
    "m.beacon_info",
    "org.matrix.msc3672.beacon_info",
];

/// Applies a fact of a room; tells whether it moves the room up in lists of rooms.
pub(super) fn apply(write: &Write<'_>, nid: i64, fact: &RoomFact) -> Result<bool> {
    match fact {
        RoomFact::Opened { .. } => Ok(false),
        RoomFact::DirectoryVisibility { public } => {
            write.run("UPDATE rooms SET public = ?2 WHERE nid = ?1", (nid, public))?;
            Ok(false)
        }
        RoomFact::ClosureChanged { closed, remove_members } => {
            let number = i64::from(*closed) + i64::from(*closed && *remove_members);
            write.run("UPDATE rooms SET closed = ?2 WHERE nid = ?1", (nid, number))?;
            Ok(false)
        }
        RoomFact::Expired { upto, state } => {
            retention::expire(write, nid, *upto, *state)?;
            Ok(false)
        }
        RoomFact::PurgeBegan {} => {
            retention::begin_purge(write, nid)?;
            Ok(false)
        }
        RoomFact::PurgeEnded {} => {
            retention::end_purge(write, nid)?;
            Ok(false)
        }
        RoomFact::Event(event) => apply_event(write, nid, event),
    }
}

fn apply_event(write: &Write<'_>, nid: i64, fact: &EventFact) -> Result<bool> {
    let head = timeline::Head::parse(fact).map_err(|why| StoreError::Record { seq: write.seq, why })?;
    let known = write.run(
        "INSERT INTO events (event_id, room, pos, placement) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        (fact.event_id.as_str(), nid, write.pos.0, placement_number(fact.placement)),
    )? == 0;
    if known {
        return Ok(false);
    }
    if let Some(transaction) = &fact.transaction {
        let what = head.redacted_event().unwrap_or_else(|| head.kind.to_string());
        transactions::remember(write, nid, transaction, &fact.event_id, &what)?;
    }
    if fact.placement != Placement::Timeline {
        return Ok(false);
    }
    move_extremities(write, nid, fact, &head)?;
    timeline::append(write, nid, fact, &head)?;
    if let Some(state_key) = &head.state_key {
        state::set(write, nid, &head.kind, state_key, Some(write.pos))?;
        if head.kind == "m.room.member" {
            members::apply(write, nid, state_key, &head)?;
        }
    } else {
        retention::message_came(write, nid)?;
    }
    for (kind, state_key, event) in &fact.resolved {
        state::resolve(write, nid, kind, state_key, event.as_deref())?;
    }
    let opens = |kind: &str| kind == "m.room.join_rules" || kind == "m.room.history_visibility";
    if (head.state_key.is_some() && opens(&head.kind)) || fact.resolved.iter().any(|(kind, ..)| opens(kind)) {
        people::refresh_open(write, nid)?;
    }
    let named = |kind: &str| kind == "m.room.name" || kind == "m.room.canonical_alias";
    if (head.state_key.is_some() && named(&head.kind)) || fact.resolved.iter().any(|(kind, ..)| named(kind)) {
        refresh_words(write, nid)?;
    }
    let lives = retention::says_lifetime;
    if (head.state_key.is_some() && lives(&head.kind)) || fact.resolved.iter().any(|(kind, ..)| lives(kind)) {
        retention::refresh(write, nid)?;
    }
    relations::apply(write, nid, &head)?;
    search::apply(write, nid, &head)?;
    media::note_uses(write, &head)?;
    Ok(BUMPING.contains(&&*head.kind))
}

/// The room's name or main alias changed: finds its words anew.
fn refresh_words(write: &Write<'_>, nid: i64) -> Result<()> {
    write.run("DELETE FROM room_words WHERE room = ?1", [nid])?;
    for (kind, field) in [("m.room.name", "name"), ("m.room.canonical_alias", "alias")] {
        let Some(event) = write.reader().state_event(nid, kind, "")? else { continue };
        let event: serde_json::Value = serde_json::from_str(event.pdu.get()).unwrap_or_default();
        let text = event.pointer(&format!("/content/{field}")).and_then(|value| value.as_str());
        let text = text.unwrap_or_default();
        // Of an alias the part before the server's name.
        let text = if field == "alias" { text.split(':').next().unwrap_or_default() } else { text };
        for word in people::words(text) {
            write.run("INSERT OR IGNORE INTO room_words VALUES (?1, ?2)", (word, nid))?;
        }
    }
    Ok(())
}

const fn placement_number(placement: Placement) -> i64 {
    match placement {
        Placement::Timeline => 0,
        Placement::Outlier => 1,
        Placement::Rejected => 2,
        Placement::SoftFailed => 3,
    }
}

/// The new event takes the place of the ones it builds on.
fn move_extremities(write: &Write<'_>, nid: i64, fact: &EventFact, head: &timeline::Head<'_>) -> Result<()> {
    for previous in head.previous() {
        write.run("DELETE FROM extremities WHERE room = ?1 AND event_id = ?2", (nid, previous))?;
    }
    write.run(
        "INSERT OR REPLACE INTO extremities VALUES (?1, ?2, ?3)",
        (nid, fact.event_id.as_str(), head.depth),
    )?;
    Ok(())
}
