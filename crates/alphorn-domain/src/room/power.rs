//! Who may do what: power levels and creators of a room, parsed once.
//! Specification: Client-Server API, `m.room.power_levels`; room version 12, creators.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alphorn_model::{OwnedUserId, UserId};
use ruma_common::room_version_rules::AuthorizationRules;
use ruma_state_res::events::{RoomCreateEvent, RoomPowerLevelsEvent, RoomPowerLevelsIntField as Field};

use crate::Pdu;

/// How much a user may do. Creators of rooms of version 12 stand above every level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UserPower {
    /// A power level.
    Level(i64),
    /// More than any level.
    Infinite,
}

impl UserPower {
    /// Whether it reaches `level`.
    #[must_use]
    pub fn reaches(self, level: i64) -> bool {
        self.cmp(&Self::Level(level)) != Ordering::Less
    }
}

/// The levels of a room: of its users, and those that actions need.
#[derive(Debug, Clone)]
pub struct Power {
    /// Of single users.
    pub users: BTreeMap<OwnedUserId, i64>,
    /// Of everyone else.
    pub users_default: i64,
    /// Needed to send single types of events.
    pub events: BTreeMap<String, i64>,
    /// Needed to send other message events.
    pub events_default: i64,
    /// Needed to send other state events.
    pub state_default: i64,
    /// Needed to ban and unban.
    pub ban: i64,
    /// Needed to kick.
    pub kick: i64,
    /// Needed to redact others' events.
    pub redact: i64,
    /// Needed to invite.
    pub invite: i64,
    /// Needed to notify (`room`).
    pub notifications: BTreeMap<String, i64>,
    /// The room's creators.
    pub creators: BTreeSet<OwnedUserId>,
    /// Whether the creators stand above all levels (version 12 and later).
    pub creators_are_privileged: bool,
    /// Whether servers other than the creator's may take part.
    pub federate: bool,
}

impl Power {
    /// Reads the levels of a room from its creation event and its power levels event.
    ///
    /// # Errors
    /// The words of the authorisation rules where one of them is malformed.
    pub(crate) fn read(
        create: &Arc<Pdu>,
        levels: Option<&Arc<Pdu>>,
        rules: &AuthorizationRules,
    ) -> Result<Self, String> {
        let create_event = RoomCreateEvent::new(Arc::clone(create));
        let creators: BTreeSet<OwnedUserId> = create_event.creators(rules)?.into_iter().collect();
        let mut power = Self {
            users: BTreeMap::new(),
            users_default: 0,
            events: BTreeMap::new(),
            events_default: 0,
            state_default: 0,
            ban: default_of(Field::Ban),
            kick: default_of(Field::Kick),
            redact: default_of(Field::Redact),
            invite: default_of(Field::Invite),
            notifications: BTreeMap::new(),
            creators_are_privileged: rules.explicitly_privilege_room_creators,
            federate: create_event.federate()?,
            creators,
        };
        match levels {
            Some(event) => power.read_levels(&RoomPowerLevelsEvent::new(Arc::clone(event)), rules)?,
            None => power.assume_levels(),
        }
        Ok(power)
    }

    /// Without a power levels event only the creator has power.
    fn assume_levels(&mut self) {
        self.state_default = default_of(Field::StateDefault);
        if !self.creators_are_privileged {
            self.users = self.creators.iter().map(|creator| (creator.clone(), 100)).collect();
        }
    }

    fn read_levels(
        &mut self,
        event: &RoomPowerLevelsEvent<Arc<Pdu>>,
        rules: &AuthorizationRules,
    ) -> Result<(), String> {
        let level = |field| event.get_as_int_or_default(field, rules).map(i64::from);
        self.users_default = level(Field::UsersDefault)?;
        self.events_default = level(Field::EventsDefault)?;
        self.state_default = level(Field::StateDefault)?;
        self.ban = level(Field::Ban)?;
        self.kick = level(Field::Kick)?;
        self.redact = level(Field::Redact)?;
        self.invite = level(Field::Invite)?;
        if let Some(users) = event.users(rules)? {
            self.users = users.iter().map(|(user, level)| (user.clone(), i64::from(*level))).collect();
        }
        if let Some(events) = event.events(rules)? {
            self.events =
                events.into_iter().map(|(kind, level)| (kind.to_string(), i64::from(level))).collect();
        }
        if let Some(notifications) = event.notifications(rules)? {
            self.notifications =
                notifications.into_iter().map(|(key, level)| (key, i64::from(level))).collect();
        }
        Ok(())
    }

    /// A user's power.
    #[must_use]
    pub fn of_user(&self, user: &UserId) -> UserPower {
        if self.creators_are_privileged && self.creators.contains(user) {
            return UserPower::Infinite;
        }
        UserPower::Level(self.users.get(user).copied().unwrap_or(self.users_default))
    }

    /// The level needed to send an event of this type.
    #[must_use]
    pub fn required_level(&self, kind: &str, is_state: bool) -> i64 {
        let default = if is_state { self.state_default } else { self.events_default };
        self.events.get(kind).copied().unwrap_or(default)
    }

    /// Whether a user reaches the level of a notification key such as `room`.
    #[must_use]
    pub fn may_notify(&self, user: &UserId, key: &str) -> bool {
        self.of_user(user).reaches(self.notifications.get(key).copied().unwrap_or(50))
    }
}

fn default_of(field: Field) -> i64 {
    i64::from(field.default_value())
}
