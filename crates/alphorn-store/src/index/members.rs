//! Members: who stands how in which room, by room and by user, and the counters of each room.

use std::borrow::Borrow;

use alphorn_model::Position;

use super::{Write, timeline::Head};
use crate::{Reader, Result};

/// How a user stands in a room. Specification: Client-Server API, `m.room.member`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// In the room.
    Join,
    /// Invited.
    Invite,
    /// Asked to be let in.
    Knock,
    /// Not in the room any more.
    Leave,
    /// Kept out.
    Ban,
}

impl Membership {
    const ALL: [Self; 5] = [Self::Join, Self::Invite, Self::Knock, Self::Leave, Self::Ban];

    /// The word in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Invite => "invite",
            Self::Knock => "knock",
            Self::Leave => "leave",
            Self::Ban => "ban",
        }
    }

    /// From the word in events.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|membership| membership.as_str() == word)
    }

    const fn number(self) -> i64 {
        self as i64
    }

    fn from_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|membership| membership.number() == number).unwrap_or(Self::Leave)
    }
}

/// A user's standing in a room.
#[derive(Debug, Clone)]
pub struct Member {
    /// The room's number.
    pub room: i64,
    /// The user.
    pub user: String,
    /// How they stand.
    pub membership: Membership,
    /// The membership event's position.
    pub position: Position,
    /// Since when they stand so: the first of the membership events that say the same.
    pub since: Position,
    /// Whether the user forgot the room.
    pub forgotten: bool,
}

/// A room in a user's list of rooms.
#[derive(Debug, Clone)]
pub struct ListedRoom {
    /// The room's number.
    pub nid: i64,
    /// Its id.
    pub room_id: String,
    /// How the user stands in it.
    pub membership: Membership,
    /// The membership event's position.
    pub position: Position,
    /// Since when the user stands so.
    pub since: Position,
    /// Whether the user forgot the room.
    pub forgotten: bool,
    /// Whether somebody else put the user out of it (kick, ban).
    pub put_out: bool,
    /// The newest thing in it.
    pub head: Position,
    /// The newest event in it that moves it up in lists of rooms.
    pub bumped: Position,
}

const COLUMNS: &str = "room, user, membership, pos, since, forgotten";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Member> {
    Ok(Member {
        room: row.get(0)?,
        user: row.get(1)?,
        membership: Membership::from_number(row.get(2)?),
        position: Position(row.get(3)?),
        since: Position(row.get(4)?),
        forgotten: row.get(5)?,
    })
}

impl Reader<'_> {
    /// A user's standing in a room.
    pub fn member(&self, room: i64, user: &str) -> Result<Option<Member>> {
        self.one(&format!("SELECT {COLUMNS} FROM members WHERE room = ?1 AND user = ?2"), (room, user), row)
    }

    /// All rooms that a user has a standing in, forgotten ones included.
    pub fn rooms_of(&self, user: &str) -> Result<Vec<Member>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM members INDEXED BY members_by_user WHERE user = ?1"),
            [user],
            row,
        )
    }

    /// All rooms that a user has a standing in with what lists of rooms need, in no order.
    pub fn room_list(&self, user: &str) -> Result<Vec<ListedRoom>> {
        self.all(
            "SELECT r.nid, r.room_id, m.membership, m.pos, m.since, m.forgotten, m.put_out, r.head, r.bumped \
             FROM members m INDEXED BY members_by_user JOIN rooms r ON r.nid = m.room WHERE m.user = ?1",
            [user],
            |row| {
                Ok(ListedRoom {
                    nid: row.get(0)?,
                    room_id: row.get(1)?,
                    membership: Membership::from_number(row.get(2)?),
                    position: Position(row.get(3)?),
                    since: Position(row.get(4)?),
                    forgotten: row.get(5)?,
                    put_out: row.get(6)?,
                    head: Position(row.get(7)?),
                    bumped: Position(row.get(8)?),
                })
            },
        )
    }

    /// Rooms in which a user stands in one way.
    pub fn rooms_of_as(&self, user: &str, membership: Membership) -> Result<Vec<Member>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM members INDEXED BY members_by_user WHERE user = ?1 AND membership = ?2"
            ),
            (user, membership.number()),
            row,
        )
    }

    /// Members of a room who stand in one way, in the order they came to, at most `limit`.
    pub fn members_as(&self, room: i64, membership: Membership, limit: usize) -> Result<Vec<Member>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM members INDEXED BY members_by_kind WHERE room = ?1 AND membership = ?2 \
                 ORDER BY pos LIMIT ?3"
            ),
            (room, membership.number(), limit),
            row,
        )
    }

    /// Members of a room who stand in one way, in the order they came to, after a position, at most `limit`.
    pub fn members_after(
        &self,
        room: i64,
        membership: Membership,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Member>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM members INDEXED BY members_by_kind WHERE room = ?1 AND membership = ?2 \
                 AND pos > ?3 ORDER BY pos LIMIT ?4"
            ),
            (room, membership.number(), after.0, limit),
            row,
        )
    }

    /// Ids of the rooms in which a user stands in one way.
    pub fn room_ids_of(&self, user: &str, membership: Membership) -> Result<Vec<String>> {
        self.all(
            "SELECT r.room_id FROM members m INDEXED BY members_by_user JOIN rooms r ON r.nid = m.room \
             WHERE m.user = ?1 AND m.membership = ?2",
            (user, membership.number()),
            |row| row.get(0),
        )
    }

    /// How many rooms a user is joined to, counted up to `limit`.
    pub fn joined_count(&self, user: &str, limit: u64) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM members INDEXED BY members_by_user WHERE user = ?1 \
                   AND membership = 0 LIMIT ?2)";
        Ok(self.one(sql, (user, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// Users whose standing in a room changed in `(after, upto]`, and whether they are joined now.
    pub fn membership_changes(
        &self,
        room: i64,
        after: Position,
        upto: Position,
    ) -> Result<Vec<(String, bool)>> {
        self.all(
            "SELECT m.user, m.membership = 0 FROM state_history s INDEXED BY state_by_pos \
             JOIN members m ON m.room = s.room AND m.user = s.state_key \
             WHERE s.room = ?1 AND s.pos > ?2 AND s.pos <= ?3 AND s.kind = 'm.room.member' AND m.since > ?2",
            (room, after.0, upto.0),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// Guests of this server who are joined to a room, at most `limit`.
    pub fn joined_guests(&self, room: i64, limit: usize) -> Result<Vec<String>> {
        self.all(
            "SELECT m.user FROM members m INDEXED BY members_by_kind JOIN accounts a ON a.user = m.user \
             WHERE m.room = ?1 AND m.membership = 0 AND a.guest = 1 LIMIT ?2",
            (room, limit),
            |row| row.get(0),
        )
    }

    /// Whether two users are joined to a common room.
    pub fn share_room(&self, one: &str, other: &str) -> Result<bool> {
        self.one(
            "SELECT 1 FROM members a JOIN members b ON b.room = a.room AND b.user = ?2 AND b.membership = 0 \
             WHERE a.user = ?1 AND a.membership = 0 LIMIT 1",
            (one, other),
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    /// Rooms to which both users are joined.
    pub fn common_rooms(&self, one: &str, other: &str) -> Result<Vec<i64>> {
        self.all(
            "SELECT a.room FROM members a JOIN members b ON b.room = a.room AND b.user = ?2 AND b.membership = 0 \
             WHERE a.user = ?1 AND a.membership = 0 ORDER BY a.room",
            (one, other),
            |row| row.get(0),
        )
    }

    /// A user's membership at a position, from the membership event that counted then.
    pub fn membership_at(&self, room: i64, user: &str, at: Position) -> Result<Option<Membership>> {
        let Some(event) = self.state_event_at(room, "m.room.member", user, at)? else { return Ok(None) };
        #[derive(serde::Deserialize)]
        struct Event {
            content: super::timeline::ContentHead,
        }
        let parsed: Option<Event> = serde_json::from_str(event.pdu.get()).ok();
        Ok(parsed.and_then(|event| event.content.membership).as_deref().and_then(Membership::parse))
    }
}

/// A membership event became the current one.
pub(super) fn apply(write: &Write<'_>, nid: i64, user: &str, head: &Head<'_>) -> Result<()> {
    let word = head.content().membership;
    let membership = word.as_deref().and_then(Membership::parse).unwrap_or(Membership::Leave);
    change(write, nid, user, membership, head.sender != user)
}

/// State resolution chose another membership event.
pub(super) fn resolve(write: &Write<'_>, nid: i64, user: &str, event: Option<Position>) -> Result<()> {
    let membership = match event {
        Some(_) => write.reader().membership_at(nid, user, write.pos)?.unwrap_or(Membership::Leave),
        None => Membership::Leave,
    };
    change(write, nid, user, membership, true)
}

/// Moves a user to another standing. `by_others`: the user did not do it.
fn change(write: &Write<'_>, nid: i64, user: &str, membership: Membership, by_others: bool) -> Result<()> {
    let before = write.reader().member(nid, user)?.map(|member| member.membership);
    let gone = matches!(membership, Membership::Leave | Membership::Ban);
    let put_out = gone && by_others && before == Some(Membership::Join);
    write.run(
        "INSERT INTO members (room, user, membership, pos, since, put_out) VALUES (?1, ?2, ?3, ?4, ?4, ?5) \
         ON CONFLICT (room, user) DO UPDATE SET forgotten = 0, pos = excluded.pos, \
         put_out = excluded.put_out OR (put_out AND excluded.membership IN (3, 4)), \
         since = CASE membership WHEN excluded.membership THEN since ELSE excluded.since END, \
         membership = excluded.membership",
        (nid, user, membership.number(), write.pos.0, put_out),
    )?;
    let step = |kind: Membership| i64::from(membership == kind) - i64::from(before == Some(kind));
    let (joined, invited) = (step(Membership::Join), step(Membership::Invite));
    if joined != 0 || invited != 0 {
        write.run(
            "UPDATE rooms SET joined = joined + ?2, invited = invited + ?3 WHERE nid = ?1",
            (nid, joined, invited),
        )?;
    }
    Ok(())
}

/// The aggregate's user forgot a room they are not in.
pub(super) fn forget(write: &Write<'_>, room: impl Borrow<str>) -> Result<()> {
    write.run(
        "UPDATE members SET forgotten = 1 WHERE user = ?1 AND room = (SELECT nid FROM rooms WHERE room_id = ?2) \
         AND membership IN (3, 4)",
        (write.subject, room.borrow()),
    )?;
    Ok(())
}
