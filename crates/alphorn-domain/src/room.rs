//! The current state of one room in memory: what facts about it are decided against.
//! Specification: Server-Server API, "PDUs", "Room State Resolution".

mod extremities;
mod power;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use alphorn_model::fact::{EventFact, Placement, RoomFact};
use alphorn_model::{EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, RoomVersionId, UserId};
use ruma_common::room_version_rules::RoomVersionRules;

pub use self::power::{Power, UserPower};

use self::extremities::Extremities;
use crate::Pdu;

/// Why a room cannot be rebuilt from what is stored.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// This program does not know the version.
    #[error("unsupported room version {0}")]
    UnsupportedVersion(String),
    /// Something that every room has is not there.
    #[error("the stored state of the room has no {0}")]
    Incomplete(&'static str),
}

/// What is known about a user's membership event.
#[derive(Debug, Clone, Copy)]
pub enum Member<'a> {
    /// Not loaded: ask the store and [`RoomState::supply_member`].
    Unknown,
    /// The user has no membership event.
    Absent,
    /// The user's membership event.
    Present(&'a Arc<Pdu>),
}

impl<'a> Member<'a> {
    /// The membership; none for a user without membership event or one that is not loaded.
    #[must_use]
    pub fn membership(self) -> Option<&'a str> {
        match self {
            Self::Present(event) => event.membership(),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// The event, if there is one and it is loaded.
    #[must_use]
    pub const fn event(self) -> Option<&'a Arc<Pdu>> {
        match self {
            Self::Present(event) => Some(event),
            Self::Absent | Self::Unknown => None,
        }
    }
}

/// The current state of one room. State other than memberships is complete; memberships are loaded
/// as decisions need them.
#[derive(Debug, Clone)]
pub struct RoomState {
    room_id: OwnedRoomId,
    version: RoomVersionId,
    rules: Arc<RoomVersionRules>,
    open: bool,
    supported: bool,
    state: HashMap<Box<str>, HashMap<Box<str>, Arc<Pdu>>>,
    members: HashMap<OwnedUserId, Option<Arc<Pdu>>>,
    /// Whether `members` holds all there are, so that who is not in it has no membership event.
    members_complete: bool,
    extremities: Extremities,
    power: Option<Arc<Power>>,
    published: bool,
    closed: bool,
    reload: bool,
}

impl RoomState {
    /// The room before its first fact.
    #[must_use]
    pub fn empty(room_id: OwnedRoomId) -> Self {
        Self {
            room_id,
            version: RoomVersionId::V1,
            rules: Arc::new(RoomVersionRules::V1),
            open: false,
            supported: false,
            state: HashMap::new(),
            members: HashMap::new(),
            members_complete: true,
            extremities: Extremities::default(),
            power: None,
            published: false,
            closed: false,
            reload: false,
        }
    }

    /// Rebuilds a room from what is stored: its version, its current state other than memberships,
    /// and the events that have no successor yet with their depths. Membership events among `state`
    /// are taken as loaded.
    ///
    /// # Errors
    /// [`LoadError`] where this cannot be a room that this program wrote.
    pub fn load(
        room_id: OwnedRoomId,
        version: &str,
        state: Vec<Arc<Pdu>>,
        extremities: Vec<(OwnedEventId, u64)>,
    ) -> Result<Self, LoadError> {
        let mut room = Self::empty(room_id);
        room.set_version(version);
        if !room.supported {
            return Err(LoadError::UnsupportedVersion(version.to_owned()));
        }
        if extremities.is_empty() {
            return Err(LoadError::Incomplete("forward extremity"));
        }
        room.members_complete = false;
        room.extremities = Extremities::load(extremities);
        for event in state {
            room.extremities.supply(&event);
            room.put_state(event);
        }
        if room.state("m.room.create", "").is_none() {
            return Err(LoadError::Incomplete("creation event"));
        }
        room.read_power();
        Ok(room)
    }

    /// Gives a user's membership event that a decision found missing; none: there is none.
    pub fn supply_member(&mut self, user: &UserId, event: Option<Arc<Pdu>>) {
        self.members.entry(user.to_owned()).or_insert(event);
    }

    /// Gives an event without successor, so that rooms of versions 1 and 2 can refer to it by hash.
    pub fn supply_extremity(&mut self, event: &Pdu) {
        self.extremities.supply(event);
    }

    /// Forgets loaded memberships when there are more than `keep`, to bound memory.
    pub fn shed_members(&mut self, keep: usize) {
        if self.members.len() > keep {
            self.members.clear();
            self.members_complete = false;
        }
    }

    /// The room's id.
    #[must_use]
    pub fn room_id(&self) -> &RoomId {
        &self.room_id
    }

    /// The room's version; version 1 before it is open.
    #[must_use]
    pub const fn version(&self) -> &RoomVersionId {
        &self.version
    }

    /// The rules of its version.
    #[must_use]
    pub fn rules(&self) -> &RoomVersionRules {
        &self.rules
    }

    /// Whether the room exists.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Whether this program knows the room's version.
    #[must_use]
    pub const fn is_supported(&self) -> bool {
        self.supported
    }

    /// Whether a fact was applied that only the stored state can tell the whole effect of: load again.
    #[must_use]
    pub const fn needs_reload(&self) -> bool {
        self.reload
    }

    /// Whether the last fact about it listed the room in the directory. Not known after `load`.
    #[must_use]
    pub const fn is_published(&self) -> bool {
        self.published
    }

    /// Whether an administrator of the server closed it.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Says whether it is closed: that stands in no event.
    pub const fn set_closed(&mut self, closed: bool) {
        self.closed = closed;
    }

    /// The current state event of a type and key. Memberships only when loaded.
    #[must_use]
    pub fn state(&self, kind: &str, key: &str) -> Option<&Arc<Pdu>> {
        if kind == "m.room.member" {
            return <&UserId>::try_from(key).ok().and_then(|user| self.member(user).event());
        }
        self.state.get(kind)?.get(key)
    }

    /// All current state events other than memberships.
    pub fn state_events(&self) -> impl Iterator<Item = &Arc<Pdu>> {
        self.state.values().flat_map(HashMap::values)
    }

    /// What is known of a user's membership.
    #[must_use]
    pub fn member(&self, user: &UserId) -> Member<'_> {
        match self.members.get(user) {
            Some(Some(event)) => Member::Present(event),
            Some(None) => Member::Absent,
            None if self.members_complete => Member::Absent,
            None => Member::Unknown,
        }
    }

    /// The memberships that are loaded.
    pub fn loaded_members(&self) -> impl Iterator<Item = (&OwnedUserId, &Arc<Pdu>)> {
        self.members.iter().filter_map(|(user, event)| event.as_ref().map(|event| (user, event)))
    }

    /// The room's power levels, unless its creation or power levels event is malformed.
    #[must_use]
    pub fn power(&self) -> Option<&Power> {
        self.power.as_deref()
    }

    /// The events without successor and their depths, the newest first.
    #[must_use]
    pub fn extremities(&self) -> Vec<(&EventId, u64)> {
        self.extremities.iter().collect()
    }

    pub(crate) const fn extremity_set(&self) -> &Extremities {
        &self.extremities
    }

    /// Takes a fact in. Total: what cannot be understood asks for a reload instead of failing.
    pub fn apply(&mut self, fact: &RoomFact) {
        match fact {
            RoomFact::Opened { version } => self.set_version(version),
            RoomFact::Event(event) => self.apply_event(event),
            RoomFact::DirectoryVisibility { public } => self.published = *public,
            RoomFact::ClosureChanged { closed, .. } => self.closed = *closed,
            // Nothing is decided on what was said.
            RoomFact::Expired { .. } | RoomFact::PurgeBegan {} | RoomFact::PurgeEnded {} => {}
        }
    }

    fn set_version(&mut self, version: &str) {
        self.open = true;
        self.version = RoomVersionId::try_from(version).unwrap_or(RoomVersionId::V1);
        let rules = RoomVersionId::try_from(version).ok().and_then(|version| version.rules());
        self.supported = rules.is_some();
        self.rules = Arc::new(rules.unwrap_or(RoomVersionRules::V1));
    }

    fn apply_event(&mut self, fact: &EventFact) {
        if fact.placement == Placement::Timeline {
            match Pdu::parse(fact.event_id.clone(), self.room_id.clone(), &fact.pdu, false) {
                Ok(event) => self.append(event),
                Err(_) => self.reload = true,
            }
        }
        for (kind, key, event_id) in &fact.resolved {
            self.apply_resolved(kind, key, event_id.as_deref());
        }
    }

    fn append(&mut self, event: Pdu) {
        self.extremities.append(&event);
        if event.state_key.is_none() {
            return;
        }
        let levels = matches!(event.kind_str(), "m.room.create" | "m.room.power_levels");
        self.put_state(Arc::new(event));
        if levels {
            self.read_power();
        }
    }

    fn put_state(&mut self, event: Arc<Pdu>) {
        let Some(key) = event.state_key.as_deref() else { return };
        if event.kind_str() == "m.room.member" {
            if let Ok(user) = UserId::parse(key) {
                self.members.insert(user, Some(event));
            }
            return;
        }
        let key: Box<str> = key.into();
        self.state.entry(event.kind_str().into()).or_default().insert(key, event);
    }

    /// State resolution chose `event_id`; the event itself may not be in memory.
    fn apply_resolved(&mut self, kind: &str, key: &str, event_id: Option<&EventId>) {
        if self.state(kind, key).map(|event| &*event.event_id) == event_id && kind != "m.room.member" {
            return;
        }
        if kind == "m.room.member" {
            let Ok(user) = UserId::parse(key) else { return };
            if event_id.is_none() {
                self.members.insert(user, None);
            } else if self.member(&user).event().map(|event| &*event.event_id) != event_id {
                self.members.remove(&user);
                self.members_complete = false;
            }
        } else if event_id.is_none() {
            if let Some(keys) = self.state.get_mut(kind) {
                keys.remove(key);
            }
            self.read_power();
        } else {
            self.reload = true;
        }
    }

    fn read_power(&mut self) {
        let levels = self.state("m.room.power_levels", "");
        self.power = self
            .state("m.room.create", "")
            .and_then(|create| Power::read(create, levels, &self.rules.authorization).ok())
            .map(Arc::new);
    }
}
