//! New rooms: a sequence of events, each decided on top of those before it.
//! Specification: Client-Server API, "Creation" (`POST /createRoom`); room version 12, "Room IDs".

mod presets;

use std::collections::BTreeSet;

use alphorn_model::fact::RoomFact;
use alphorn_model::{
    ErrorCode, Fact, OwnedEventId, OwnedRoomAliasId, OwnedRoomId, OwnedUserId, RawJson, Refusal, RoomId,
    RoomVersionId,
};
use ruma_common::room_version_rules::{RoomIdFormatVersion, RoomVersionRules};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

pub use self::presets::Preset;

use super::assemble::random_letters;
use super::{Context, Decision, MemberDetails, MembershipChange, NewEvent, decide_membership, place, settle};
use crate::RoomState;

/// A room that a user here wants to create.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Who creates it.
    pub creator: OwnedUserId,
    /// The creator's profile for its membership event.
    pub creator_profile: MemberDetails,
    /// The room version.
    pub version: RoomVersionId,
    /// Which set of rules to begin with; absent: by `public`.
    pub preset: Option<Preset>,
    /// Whether it is listed in the directory.
    pub public: bool,
    /// Further content of the creation event.
    pub creation_content: Map<String, Value>,
    /// The room that this one replaces, and its last event.
    pub predecessor: Option<(OwnedRoomId, Option<OwnedEventId>)>,
    /// State to begin with: type, state key, content.
    pub initial_state: Vec<(String, String, RawJson)>,
    /// Replaces fields of the power levels.
    pub power_level_content_override: Map<String, Value>,
    /// Its name.
    pub name: Option<String>,
    /// Its topic.
    pub topic: Option<String>,
    /// Its canonical alias.
    pub alias: Option<OwnedRoomAliasId>,
    /// Who is invited, with their profiles.
    pub invite: Vec<(OwnedUserId, MemberDetails)>,
    /// Whether the invites are to a direct chat.
    pub is_direct: bool,
    /// Its id, where that was chosen before ([`choose_room_id`]). Not in versions in which the id follows
    /// from the creation event.
    pub room_id: Option<OwnedRoomId>,
    /// Power levels to end with, where the creator needs more than that to begin with (upgrades).
    pub final_power_levels: Option<RawJson>,
}

impl NewRoom {
    /// A private room without anything special.
    #[must_use]
    pub fn new(creator: OwnedUserId, version: RoomVersionId) -> Self {
        Self {
            creator,
            creator_profile: MemberDetails::default(),
            version,
            preset: None,
            public: false,
            creation_content: Map::new(),
            predecessor: None,
            initial_state: Vec::new(),
            power_level_content_override: Map::new(),
            name: None,
            topic: None,
            alias: None,
            invite: Vec::new(),
            is_direct: false,
            room_id: None,
            final_power_levels: None,
        }
    }

    fn preset(&self) -> Preset {
        self.preset.unwrap_or(if self.public { Preset::PublicChat } else { Preset::PrivateChat })
    }

    fn sets(&self, kind: &str) -> bool {
        self.initial_state.iter().any(|(other, key, _)| other == kind && key.is_empty())
    }
}

/// Decides a whole room: its id, and the facts that make it, [`RoomFact::Opened`] first.
///
/// # Errors
/// The refusal of the first event that the rules do not allow.
pub fn decide_creation(room: NewRoom, ctx: &Context<'_>) -> Result<(OwnedRoomId, Vec<Fact>), Refusal> {
    let Some(rules) = room.version.rules() else {
        let words = format!("this server does not support room version {}", room.version);
        return Err(Refusal::new(ErrorCode::UnsupportedRoomVersion, words));
    };
    let mut site = Site::open(&room, &rules, ctx)?;
    let join = MembershipChange::Join {
        user: room.creator.clone(),
        details: room.creator_profile.clone(),
        allowed_by_rooms: false,
    };
    site.change(join)?;
    let levels = presets::power_levels(&room, &rules, site.creators());
    site.put_content("m.room.power_levels", levels)?;
    if let Some(alias) = room.alias.as_ref().filter(|_| !room.sets("m.room.canonical_alias")) {
        site.put("m.room.canonical_alias", json!({ "alias": alias }))?;
    }
    for (kind, content) in presets::state(room.preset()) {
        if !room.sets(kind) {
            site.put(kind, content)?;
        }
    }
    for (kind, key, content) in &room.initial_state {
        if kind != "m.room.power_levels" || !key.is_empty() {
            site.put_raw(kind, key, content.clone())?;
        }
    }
    if let Some(name) = &room.name {
        site.put("m.room.name", json!({ "name": name }))?;
    }
    if let Some(topic) = &room.topic {
        site.put("m.room.topic", json!({ "topic": topic, "m.topic": { "m.text": [{ "body": topic }] } }))?;
    }
    for (target, details) in room.invite {
        let details = MemberDetails { is_direct: room.is_direct, ..details };
        site.change(MembershipChange::Invite { sender: room.creator.clone(), target, details })?;
    }
    if let Some(levels) = room.final_power_levels {
        site.put_raw("m.room.power_levels", "", levels)?;
    }
    if room.public {
        site.facts.push(Fact::Room(RoomFact::DirectoryVisibility { public: true }));
    }
    Ok((site.state.room_id().to_owned(), site.facts))
}

/// A room id that nobody has, for versions in which it does not follow from the creation event.
///
/// # Errors
/// When the server's name does not suit a room id.
pub fn choose_room_id(ctx: &Context<'_>) -> Result<OwnedRoomId, Refusal> {
    let id = format!("!{}:{}", random_letters(ctx.entropy, 18), ctx.signer.server_name());
    RoomId::parse(id).map_err(|_| Refusal::internal())
}

/// A room under construction.
struct Site<'a> {
    state: RoomState,
    facts: Vec<Fact>,
    creator: OwnedUserId,
    ctx: &'a Context<'a>,
}

impl<'a> Site<'a> {
    /// Begins with the creation event. Its hash is the room's id from version 12 on.
    fn open(room: &NewRoom, rules: &RoomVersionRules, ctx: &'a Context<'a>) -> Result<Self, Refusal> {
        let id = match &room.room_id {
            Some(id) => id.clone(),
            None => choose_room_id(ctx)?,
        };
        let mut site = Self::begin(id, room, ctx);
        let content = creation_content(room, rules)?;
        site.put("m.room.create", Value::Object(content))?;
        if rules.room_id_format == RoomIdFormatVersion::V1 {
            return Ok(site);
        }
        let create = site.state.state("m.room.create", "").ok_or_else(Refusal::internal)?;
        let id = format!("!{}", create.event_id.as_str().trim_start_matches('$'));
        let id = RoomId::parse(id).map_err(|_| Refusal::internal())?;
        let facts = site.facts;
        let mut site = Self::begin(id, room, ctx);
        for fact in facts.into_iter().skip(1) {
            site.take(fact);
        }
        Ok(site)
    }

    fn begin(id: OwnedRoomId, room: &NewRoom, ctx: &'a Context<'a>) -> Self {
        let mut site =
            Self { state: RoomState::empty(id), facts: Vec::new(), creator: room.creator.clone(), ctx };
        site.take(Fact::Room(RoomFact::Opened { version: room.version.as_str().to_owned() }));
        site
    }

    fn take(&mut self, fact: Fact) {
        if let Fact::Room(fact) = &fact {
            self.state.apply(fact);
        }
        self.facts.push(fact);
    }

    fn creators(&self) -> BTreeSet<OwnedUserId> {
        self.state.power().map(|power| power.creators.clone()).unwrap_or_default()
    }

    fn put(&mut self, kind: &str, content: Value) -> Result<(), Refusal> {
        let content = to_raw_value(&content).map_err(|_| Refusal::internal())?;
        self.put_raw(kind, "", content)
    }

    fn put_content(&mut self, kind: &str, content: Result<RawJson, Refusal>) -> Result<(), Refusal> {
        self.put_raw(kind, "", content?)
    }

    fn put_raw(&mut self, kind: &str, key: &str, content: RawJson) -> Result<(), Refusal> {
        let event = NewEvent::new(self.creator.clone(), kind, Some(key.to_owned()), content);
        let decision = if kind == "m.room.member" {
            super::decide_event(&self.state, event, self.ctx)
        } else {
            settle(place(&self.state, event, self.ctx))
        };
        self.accept(decision)
    }

    fn change(&mut self, change: MembershipChange) -> Result<(), Refusal> {
        let decision = decide_membership(&self.state, change, self.ctx);
        self.accept(decision)
    }

    fn accept(&mut self, decision: Decision) -> Result<(), Refusal> {
        match decision {
            Decision::Accept(facts, _) => facts.into_iter().for_each(|fact| self.take(fact)),
            Decision::Existing(_) => {}
            Decision::Refuse(refusal) if refusal.code == ErrorCode::Forbidden => {
                return Err(Refusal::new(ErrorCode::InvalidRoomState, refusal.message));
            }
            Decision::Refuse(refusal) => return Err(refusal),
            Decision::Missing(_) => return Err(Refusal::internal()),
        }
        Ok(())
    }
}

/// The content of the creation event.
fn creation_content(room: &NewRoom, rules: &RoomVersionRules) -> Result<Map<String, Value>, Refusal> {
    let mut content = room.creation_content.clone();
    content.remove("creator");
    if !rules.authorization.use_room_create_sender {
        content.insert("creator".to_owned(), Value::String(room.creator.to_string()));
    }
    content.insert("room_version".to_owned(), Value::String(room.version.as_str().to_owned()));
    if let Some((old_room, last_event)) = &room.predecessor {
        let mut predecessor = json!({ "room_id": old_room });
        if let (Some(event_id), Some(object)) = (last_event, predecessor.as_object_mut()) {
            object.insert("event_id".to_owned(), Value::String(event_id.to_string()));
        }
        content.insert("predecessor".to_owned(), predecessor);
    }
    if rules.authorization.additional_room_creators {
        presets::add_creators(room, &mut content)?;
    }
    Ok(content)
}
