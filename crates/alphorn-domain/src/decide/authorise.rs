//! Which events authorise a new one, and whether they do.
//! Specification: Server-Server API, "Auth events selection", "Authorization rules".

#[cfg(test)]
mod tests;

use std::sync::Arc;

use alphorn_model::{EventId, OwnedEventId, OwnedUserId, Refusal, UserId};
use ruma_events::{StateEventType, TimelineEventType as Kind};
use ruma_state_res::{
    auth_types_for_event, check_state_dependent_auth_rules, check_state_independent_auth_rules,
};

use super::assemble::Draft;
use super::{Decision, NewEvent, Step};
use crate::{Member, Pdu, RoomState};

/// The membership events that the rules look at must be loaded.
pub(super) fn require_members(state: &RoomState, event: &NewEvent, kind: &Kind) -> Step<()> {
    if *kind != Kind::RoomMember {
        return match state.member(&event.sender) {
            Member::Unknown => Err(Decision::Missing(vec![event.sender.clone()])),
            Member::Absent | Member::Present(_) => Ok(()),
        };
    }
    let types = auth_types(state, event, kind)?;
    let users = types
        .iter()
        .filter(|(kind, _)| *kind == StateEventType::RoomMember)
        .filter_map(|(_, key)| UserId::parse(key).ok());
    require(state, users)
}

/// These users' membership events must be loaded.
pub(super) fn require(state: &RoomState, users: impl Iterator<Item = OwnedUserId>) -> Step<()> {
    let missing: Vec<_> = users.filter(|user| matches!(state.member(user), Member::Unknown)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Decision::Missing(missing)) }
}

/// The events of the current state that authorise the new one.
pub(super) fn select(state: &RoomState, event: &NewEvent, kind: &Kind) -> Result<Vec<Arc<Pdu>>, Refusal> {
    match kind {
        Kind::RoomCreate => Ok(Vec::new()),
        Kind::RoomMember => Ok(auth_types(state, event, kind)?
            .iter()
            .filter_map(|(kind, key)| fetch(state, kind, key).cloned())
            .collect()),
        _ => {
            let create = (!state.rules().authorization.room_create_event_id_as_room_id)
                .then(|| state.state("m.room.create", ""))
                .flatten();
            let levels = state.state("m.room.power_levels", "");
            let sender = state.member(&event.sender).event();
            Ok([create, levels, sender].into_iter().flatten().cloned().collect())
        }
    }
}

fn auth_types(
    state: &RoomState,
    event: &NewEvent,
    kind: &Kind,
) -> Result<Vec<(StateEventType, String)>, Refusal> {
    let rules = &state.rules().authorization;
    auth_types_for_event(kind, &event.sender, event.state_key.as_deref(), &event.content, rules)
        .map_err(Refusal::bad_json)
}

/// Whether the rules let the event pass.
pub(super) fn check(state: &RoomState, draft: &Draft) -> Result<(), Refusal> {
    if let Some(answer) = check_plain(state, draft) {
        return answer;
    }
    check_fully(state, draft).map_err(|words| Refusal::forbidden(readable(&words)))
}

/// What the rules come to for events that none of them treats specially, on the parsed power levels.
/// Most events are such, and parsing all levels of a large room for each would be slow. None: ask
/// the full rules.
fn check_plain(state: &RoomState, draft: &Draft) -> Option<Result<(), Refusal>> {
    let special = matches!(draft.kind, Kind::RoomCreate | Kind::RoomMember | Kind::RoomPowerLevels)
        || matches!(draft.kind, Kind::RoomThirdPartyInvite | Kind::RoomRedaction)
        || draft.kind_text == "m.room.aliases";
    if special {
        return None;
    }
    let power = state.power()?;
    let create = state.state("m.room.create", "")?;
    if !power.federate && create.sender.server_name() != draft.sender.server_name() {
        return None;
    }
    if state.member(&draft.sender).membership() != Some("join") {
        return Some(Err(not_joined(&draft.sender)));
    }
    let needed = power.required_level(&draft.kind_text, draft.state_key.is_some());
    if !power.of_user(&draft.sender).reaches(needed) {
        return Some(Err(Refusal::forbidden(format!(
            "you do not have the power level {needed} that {} needs in this room",
            draft.kind_text
        ))));
    }
    if draft.state_key.as_deref().is_some_and(|key| key.starts_with('@') && key != draft.sender.as_str()) {
        return Some(Err(Refusal::forbidden("the state key is the id of another user")));
    }
    Some(Ok(()))
}

/// The rules themselves.
pub(super) fn check_fully(state: &RoomState, draft: &Draft) -> Result<(), String> {
    let rules = &state.rules().authorization;
    let id = provisional_id(draft)?;
    let event = draft.to_pdu(id);
    let create = state.state("m.room.create", "");
    check_state_independent_auth_rules(rules, &event, |event_id| {
        draft.auth.iter().chain(create).find(|event| event.event_id == event_id)
    })?;
    check_state_dependent_auth_rules(rules, &event, |kind, key| fetch(state, kind, key))
}

/// In versions 1 and 2 redactions are judged by the server name of the event's id, which will be the
/// sender's.
fn provisional_id(draft: &Draft) -> Result<OwnedEventId, String> {
    EventId::parse(format!("$draft:{}", draft.sender.server_name())).map_err(|error| error.to_string())
}

fn fetch<'a>(state: &'a RoomState, kind: &StateEventType, key: &str) -> Option<&'a Arc<Pdu>> {
    match kind {
        StateEventType::RoomMember => state.state("m.room.member", key),
        StateEventType::RoomPowerLevels => state.state("m.room.power_levels", key),
        StateEventType::RoomCreate => state.state("m.room.create", key),
        StateEventType::RoomJoinRules => state.state("m.room.join_rules", key),
        other => state.state(&other.to_string(), key),
    }
}

pub(super) fn not_joined(user: &UserId) -> Refusal {
    Refusal::forbidden(format!("user {user} is not joined to this room"))
}

/// The rules' words speak of events; people sent a request.
fn readable(words: &str) -> String {
    match words {
        "sender's membership is not `join`" => "you are not joined to this room".to_owned(),
        "cannot join a room that is not `public`" => "you are not invited to this room".to_owned(),
        other => match other.strip_prefix("sender does not") {
            Some(rest) => format!("you do not{rest}"),
            None => other.to_owned(),
        },
    }
}
