//! `GET /rooms/{room_id}` and its members, and what lists show of a room.

use alphorn_http::{
    Json, Result,
    engine::ReadError,
    model::{Position, Refusal},
    store::{Member, Membership, Purge, Reader, RoomRow},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    api::Call,
    page::{self, Page, bad_cursor},
};

/// Events counted at most.
const EVENTS_COUNTED_MAX: u64 = 10_000;

/// Events that are still to be removed, counted at most.
const PURGE_COUNTED_MAX: usize = 10_000;

/// Users with power shown at most.
const POWERFUL_MAX: usize = 100;

/// A room as lists show one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Room")]
pub(super) struct RoomState {
    /// Its id.
    room_id: String,
    /// Its name.
    name: Option<String>,
    /// Its main alias.
    canonical_alias: Option<String>,
    /// Its version.
    version: String,
    /// How many are in it.
    joined: u64,
    /// How many are invited.
    invited: u64,
    /// Whether the public directory lists it.
    public: bool,
    /// Whether it is encrypted.
    encrypted: bool,
    /// Whether it is closed.
    closed: bool,
    /// Whether everything in it is being removed, or was.
    purge: PurgeState,
    /// Whether it is a space.
    space: bool,
    /// When it was made, in milliseconds since the epoch.
    created_at_ms: u64,
}

/// How far the removal of everything in a room is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PurgeState {
    /// Nobody wants it.
    None,
    /// It goes on.
    UnderWay,
    /// It is done: what stays is that the room was there, and who was in it when.
    Done,
}

impl From<Purge> for PurgeState {
    fn from(purge: Purge) -> Self {
        match purge {
            Purge::None => Self::None,
            Purge::UnderWay => Self::UnderWay,
            Purge::Done => Self::Done,
        }
    }
}

/// A room in full.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RoomDetails {
    /// What lists show.
    room: RoomState,
    /// What it is about.
    topic: Option<String>,
    /// Its picture's `mxc:` address.
    avatar_url: Option<String>,
    /// Who made it.
    creator: Option<String>,
    /// Who can join: `public`, `invite`, ...
    join_rule: Option<String>,
    /// Who can read what was written before: `shared`, `joined`, ...
    history_visibility: Option<String>,
    /// How it is encrypted; null: it is not.
    encryption: Option<String>,
    /// Aliases on this server.
    aliases: Vec<String>,
    /// How many events it has; counted up to 10,000.
    events: u64,
    /// How many events a purge that goes on has still to look at; counted up to 10,000. Null: none goes on.
    purge_left: Option<u64>,
    /// How long messages live as the room says, in milliseconds; null: it says nothing.
    message_lifetime_ms: Option<u64>,
    /// Who has a power level of their own, the highest first; up to 100.
    powerful: Vec<Powerful>,
}

/// A user with a power level of their own.
#[derive(Debug, Serialize, JsonSchema)]
struct Powerful {
    /// The user.
    user_id: String,
    /// The level.
    level: i64,
}

/// A member of a room.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RoomMember {
    /// The user.
    user_id: String,
    /// The name in this room.
    display_name: Option<String>,
    /// The power level; null: above all levels, as the room's creator.
    power_level: Option<i64>,
}

/// A content of the current state.
fn content(reader: &Reader<'_>, room: i64, kind: &str) -> std::result::Result<Value, ReadError> {
    let Some(event) = reader.state_event(room, kind, "")? else { return Ok(Value::Null) };
    let mut event: Value = serde_json::from_str(event.pdu.get()).unwrap_or_default();
    Ok(event.get_mut("content").map(Value::take).unwrap_or_default())
}

fn text(content: &Value, key: &str) -> Option<String> {
    content.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// What lists show of a room.
pub(super) fn state_of(reader: &Reader<'_>, row: RoomRow) -> std::result::Result<RoomState, ReadError> {
    let create = content(reader, row.nid, "m.room.create")?;
    Ok(RoomState {
        name: text(&content(reader, row.nid, "m.room.name")?, "name"),
        canonical_alias: text(&content(reader, row.nid, "m.room.canonical_alias")?, "alias"),
        encrypted: reader.state_position(row.nid, "m.room.encryption", "")?.is_some(),
        space: create.get("type").and_then(Value::as_str) == Some("m.space"),
        room_id: row.room_id,
        version: row.version,
        joined: row.joined,
        invited: row.invited,
        public: row.public,
        closed: row.closed,
        purge: row.purge.into(),
        created_at_ms: row.created_at,
    })
}

/// The room of a path.
pub(super) fn find(reader: &Reader<'_>, room: &str) -> std::result::Result<RoomRow, ReadError> {
    Ok(reader.room(room)?.ok_or_else(|| Refusal::not_found("there is no such room here"))?)
}

pub(super) async fn show(call: Call<String>) -> Result<Json<RoomDetails>> {
    let room = call.path;
    Ok(Json(call.app.engine().read(move |reader| details(reader, &room)).await?))
}

fn details(reader: &Reader<'_>, room: &str) -> std::result::Result<RoomDetails, ReadError> {
    let row = find(reader, room)?;
    let nid = row.nid;
    let read = |kind: &str, key: &str| Ok::<_, ReadError>(text(&content(reader, nid, kind)?, key));
    let create = reader.state_event(nid, "m.room.create", "")?;
    let create: Value =
        create.and_then(|event| serde_json::from_str(event.pdu.get()).ok()).unwrap_or_default();
    Ok(RoomDetails {
        topic: read("m.room.topic", "topic")?,
        avatar_url: read("m.room.avatar", "url")?,
        creator: text(&create, "sender"),
        join_rule: read("m.room.join_rules", "join_rule")?,
        history_visibility: read("m.room.history_visibility", "history_visibility")?,
        encryption: read("m.room.encryption", "algorithm")?,
        aliases: reader.aliases_of(room)?,
        events: reader.events_count(nid, EVENTS_COUNTED_MAX)?,
        purge_left: match row.purge {
            Purge::UnderWay => Some(reader.purge_left(nid, PURGE_COUNTED_MAX)?),
            Purge::None | Purge::Done => None,
        },
        message_lifetime_ms: row.lifetime,
        powerful: powerful(&content(reader, nid, "m.room.power_levels")?),
        room: state_of(reader, row)?,
    })
}

fn powerful(levels: &Value) -> Vec<Powerful> {
    let users = levels.get("users").and_then(Value::as_object).into_iter().flatten();
    let level =
        |(user, level): (&String, &Value)| Some(Powerful { user_id: user.clone(), level: level.as_i64()? });
    let mut found: Vec<_> = users.filter_map(level).collect();
    found.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.user_id.cmp(&b.user_id)));
    found.truncate(POWERFUL_MAX);
    found
}

/// How members stand in a room.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum Standing {
    /// In the room.
    #[default]
    Join,
    /// Invited.
    Invite,
    /// Asking to be let in.
    Knock,
    /// Kept out.
    Ban,
}

/// Which members, and which page of them.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct WantedMembers {
    /// How they stand in the room; those who are in it unless given.
    #[serde(default)]
    membership: Standing,
    /// `next` of the page before this one.
    from: Option<String>,
    /// How many at most: 1 to 200, 50 unless given.
    limit: Option<usize>,
}

pub(super) async fn members(call: Call<String, WantedMembers>) -> Result<Json<Page<RoomMember>>> {
    let WantedMembers { membership, from, limit } = call.query;
    let after = from.map_or(Ok(0), |from| from.parse::<i64>().map_err(|_| bad_cursor()))?;
    let (room, limit) = (call.path, page::limit(limit));
    let standing = match membership {
        Standing::Join => Membership::Join,
        Standing::Invite => Membership::Invite,
        Standing::Knock => Membership::Knock,
        Standing::Ban => Membership::Ban,
    };
    let page = call.app.engine().read(move |reader| {
        let row = find(reader, &room)?;
        let found = reader.members_after(row.nid, standing, Position(after), limit + 1)?;
        let page = Page::cut(found, limit, |member| member.position.0.to_string());
        let levels = Levels::of(reader, row.nid, &row.version)?;
        let entries = page.entries.into_iter().map(|member| member_of(reader, &levels, member));
        Ok(Page { entries: entries.collect::<std::result::Result<_, ReadError>>()?, next: page.next })
    });
    Ok(Json(page.await?))
}

/// The power levels of a room as lists show them.
struct Levels {
    content: Value,
    /// Those above all levels. Specification: room version 12.
    creators: Vec<String>,
}

impl Levels {
    fn of(reader: &Reader<'_>, nid: i64, version: &str) -> std::result::Result<Self, ReadError> {
        let mut creators = Vec::new();
        if version.parse::<u32>().is_ok_and(|version| version >= 12)
            && let Some(event) = reader.state_event(nid, "m.room.create", "")?
        {
            let event: Value = serde_json::from_str(event.pdu.get()).unwrap_or_default();
            let further = event.pointer("/content/additional_creators").and_then(Value::as_array);
            let all = event.get("sender").into_iter().chain(further.into_iter().flatten());
            creators.extend(all.filter_map(Value::as_str).map(str::to_owned));
        }
        Ok(Self { content: content(reader, nid, "m.room.power_levels")?, creators })
    }

    fn of_user(&self, user: &str) -> Option<i64> {
        if self.creators.iter().any(|creator| creator == user) {
            return None;
        }
        let own = self.content.get("users").and_then(|users| users.get(user)).and_then(Value::as_i64);
        Some(own.or_else(|| self.content.get("users_default").and_then(Value::as_i64)).unwrap_or(0))
    }
}

fn member_of(
    reader: &Reader<'_>,
    levels: &Levels,
    member: Member,
) -> std::result::Result<RoomMember, ReadError> {
    let event = reader.event_at(member.position)?;
    let event: Value = event.and_then(|event| serde_json::from_str(event.pdu.get()).ok()).unwrap_or_default();
    Ok(RoomMember {
        display_name: event.get("content").and_then(|content| text(content, "displayname")),
        power_level: levels.of_user(&member.user),
        user_id: member.user,
    })
}
