//! Push rules: whether an event notifies a user. Specification: Client-Server API, "Push Rules".

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};

use alphorn_model::{OwnedRoomId, UserId};
use js_int::{Int, UInt};
use ruma_common::power_levels::NotificationPowerLevels;
use ruma_common::push::{
    Action, FlattenedJson, PushConditionPowerLevelsCtx, PushConditionRoomCtx, Ruleset, Tweak,
};
use ruma_common::room_version_rules::{AuthorizationRules, RoomPowerLevelsRules};
use ruma_common::serde::Raw;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::RoomState;

/// The rules that every user begins with.
#[must_use]
pub fn default_ruleset(user: &UserId) -> Ruleset {
    Ruleset::server_default(user)
}

/// A user's rules out of the account data `m.push_rules`. Clients put much into their rules: a rule that
/// cannot be read matches nothing, and the others count all the same. Without any account data, and for
/// rules of the server that are newer than it, the rules are those that every user begins with.
#[must_use]
pub fn read_ruleset(user: &UserId, content: Option<&RawValue>) -> Ruleset {
    #[derive(Deserialize)]
    struct Content {
        global: BTreeMap<String, Vec<Value>>,
    }
    let defaults = default_ruleset(user);
    let Some(content) = content.and_then(|content| serde_json::from_str::<Content>(content.get()).ok())
    else {
        return defaults;
    };
    let mut rules = Ruleset::new();
    for (kind, list) in content.global {
        match kind.as_str() {
            "override" => rules.override_.extend(list.into_iter().filter_map(readable)),
            "content" => rules.content.extend(list.into_iter().filter_map(readable)),
            "room" => rules.room.extend(list.into_iter().filter_map(readable)),
            "sender" => rules.sender.extend(list.into_iter().filter_map(readable)),
            "underride" => rules.underride.extend(list.into_iter().filter_map(readable)),
            _ => {}
        }
    }
    // What is there already stays as it is: these only fill up.
    rules.override_.extend(defaults.override_);
    rules.content.extend(defaults.content);
    rules.underride.extend(defaults.underride);
    rules
}

fn readable<T: DeserializeOwned>(rule: Value) -> Option<T> {
    serde_json::from_value(rule).ok()
}

/// An event in the format for clients, prepared once for the rules of many users.
#[derive(Debug, Clone)]
pub struct PushEvent(FlattenedJson);

impl PushEvent {
    /// Prepares an event.
    #[must_use]
    pub fn new(client_event: &RawValue) -> Self {
        Self(FlattenedJson::from_raw(&Raw::<()>::from_json(client_event.to_owned())))
    }
}

/// What the rules look at besides the event: prepared once for a room, then turned to one user after
/// another.
#[derive(Debug, Clone)]
pub struct PushContext(PushConditionRoomCtx);

impl PushContext {
    /// The context of a room with so many joined members.
    #[must_use]
    pub fn new(state: &RoomState, member_count: u64, user: &UserId) -> Self {
        let room_id: OwnedRoomId = state.room_id().to_owned();
        let count = UInt::new_saturating(member_count);
        let context = PushConditionRoomCtx::new(room_id, count, user.to_owned(), String::new());
        Self(match power_levels(state) {
            Some(levels) => context.with_power_levels(levels),
            None => context,
        })
    }

    /// The same for another user with this display name in the room.
    pub fn turn_to(&mut self, user: &UserId, display_name: &str) {
        self.0.user_id = user.to_owned();
        display_name.clone_into(&mut self.0.user_display_name);
    }
}

fn power_levels(state: &RoomState) -> Option<PushConditionPowerLevelsCtx> {
    let power = state.power()?;
    let rules: &AuthorizationRules = &state.rules().authorization;
    let mut notifications = NotificationPowerLevels::new();
    if let Some(level) = power.notifications.get("room") {
        notifications.room = integer(*level);
    }
    Some(PushConditionPowerLevelsCtx::new(
        power.users.iter().map(|(user, level)| (user.clone(), integer(*level))).collect(),
        integer(power.users_default),
        notifications,
        RoomPowerLevelsRules::new(rules, power.creators.iter().cloned()),
    ))
}

/// Levels were read from canonical JSON, so none is out of range.
fn integer(level: i64) -> Int {
    Int::new_saturating(level)
}

/// What the rules say.
#[derive(Debug, Clone, Default)]
pub struct PushOutcome {
    /// Whether the user is notified.
    pub notify: bool,
    /// Whether the event is highlighted.
    pub highlight: bool,
    /// What pushers are told (`sound`, `highlight`).
    pub tweaks: Vec<Tweak>,
    /// The actions of the rule that matched, as they stand in it.
    pub actions: Vec<Action>,
}

/// Applies a user's rules to an event: the first rule that matches decides.
#[must_use]
pub fn push_outcome(rules: &Ruleset, event: &PushEvent, context: &PushContext) -> PushOutcome {
    let matching = rules.iter().find(|rule| ready(rule.applies(&event.0, &context.0)).unwrap_or(false));
    let Some(rule) = matching else { return PushOutcome::default() };
    let actions = rule.actions();
    PushOutcome {
        notify: actions.iter().any(Action::should_notify),
        highlight: actions.iter().any(Action::is_highlight),
        tweaks: actions
            .iter()
            .filter_map(|action| match action {
                Action::SetTweak(tweak) => Some(tweak.clone()),
                _ => None,
            })
            .collect(),
        actions: actions.to_vec(),
    }
}

/// The answer of a future that never waits. Conditions are asynchronous only for thread
/// subscriptions, which are not asked for here.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}
