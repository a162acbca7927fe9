//! What an event may contain before it is made. Specification: Client-Server API, "Size limits",
//! appendices, "Canonical JSON", and the schemas of the event types.

use alphorn_model::ids::ID_BYTES_MAX;
use alphorn_model::{ErrorCode, OwnedEventId, RawJson, Refusal, RoomAliasId, UserId};
use ruma_common::{CanonicalJsonObject as Object, CanonicalJsonValue as Json};

use super::assemble::Draft;
use crate::RoomState;

/// Checks the type and state key.
pub(super) fn check_names(kind: &str, state_key: Option<&str>) -> Result<(), Refusal> {
    if kind.is_empty() {
        return Err(Refusal::invalid_param("the event type is empty"));
    }
    for (name, value) in [("type", kind), ("state_key", state_key.unwrap_or_default())] {
        if value.len() > ID_BYTES_MAX {
            let words = format!("'{name}' is longer than {ID_BYTES_MAX} bytes");
            return Err(Refusal::new(ErrorCode::TooLarge, words));
        }
    }
    Ok(())
}

/// Reads the content as canonical JSON: no fractions and no integers beyond 2^53 - 1. Versions before
/// 6 do not demand this of others' events; we never make such events in any version.
pub(super) fn parse(content: &RawJson) -> Result<Object, Refusal> {
    serde_json::from_str(content.get()).map_err(|error| {
        Refusal::bad_json(format!("the content is not an object of canonical JSON: {error}"))
    })
}

/// Checks contents whose errors would harm the room.
pub(super) fn check(kind: &str, is_state: bool, content: &Object) -> Result<(), Refusal> {
    if !is_state {
        return Ok(());
    }
    match kind {
        "m.room.power_levels" => check_power_levels(content),
        "m.room.canonical_alias" => check_canonical_alias(content),
        "m.room.join_rules" => check_text(content, "join_rule"),
        "m.room.history_visibility" => check_text(content, "history_visibility"),
        "m.room.guest_access" => check_text(content, "guest_access"),
        "m.room.encryption" => check_text(content, "algorithm"),
        "m.room.member" => check_member(content),
        "m.room.server_acl" => check_server_acl(content),
        _ => Ok(()),
    }
}

fn check_text(content: &Object, key: &str) -> Result<(), Refusal> {
    match content.get(key) {
        Some(Json::String(_)) => Ok(()),
        _ => Err(Refusal::bad_json(format!("'{key}' must be a string"))),
    }
}

fn check_member(content: &Object) -> Result<(), Refusal> {
    for key in ["displayname", "avatar_url", "reason"] {
        if !matches!(content.get(key), None | Some(Json::Null | Json::String(_))) {
            return Err(Refusal::bad_json(format!("'{key}' must be a string")));
        }
    }
    Ok(())
}

fn check_power_levels(content: &Object) -> Result<(), Refusal> {
    for key in ["users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"] {
        if content.get(key).is_some_and(|level| !level.is_integer()) {
            return Err(Refusal::bad_json(format!("'{key}' must be an integer")));
        }
    }
    for key in ["users", "events", "notifications"] {
        let levels = match content.get(key) {
            None => continue,
            Some(Json::Object(levels)) => levels,
            Some(_) => return Err(Refusal::bad_json(format!("'{key}' must be an object"))),
        };
        if let Some((name, _)) = levels.iter().find(|(_, level)| !level.is_integer()) {
            return Err(Refusal::bad_json(format!("the level of '{name}' in '{key}' must be an integer")));
        }
        if key == "users"
            && let Some(user) = levels.keys().find(|user| UserId::parse(user.as_str()).is_err())
        {
            return Err(Refusal::bad_json(format!("'{user}' in 'users' is not a user id")));
        }
    }
    Ok(())
}

fn check_canonical_alias(content: &Object) -> Result<(), Refusal> {
    match content.get("alias") {
        None | Some(Json::Null) => {}
        Some(Json::String(alias)) if alias.is_empty() => {}
        Some(alias) => check_alias(alias)?,
    }
    match content.get("alt_aliases") {
        None => Ok(()),
        Some(Json::Array(aliases)) => aliases.iter().try_for_each(check_alias),
        Some(_) => Err(Refusal::invalid_param("'alt_aliases' must be an array of room aliases")),
    }
}

fn check_alias(alias: &Json) -> Result<(), Refusal> {
    let valid = alias.as_str().is_some_and(|alias| RoomAliasId::parse(alias).is_ok());
    if valid { Ok(()) } else { Err(Refusal::invalid_param(format!("{alias} is not a room alias"))) }
}

fn check_server_acl(content: &Object) -> Result<(), Refusal> {
    for key in ["allow", "deny"] {
        let valid = match content.get(key) {
            None => true,
            Some(Json::Array(patterns)) => patterns.iter().all(Json::is_string),
            Some(_) => false,
        };
        if !valid {
            return Err(Refusal::bad_json(format!("'{key}' must be an array of strings")));
        }
    }
    Ok(())
}

/// The current state event that says the same already, sent by the same user.
pub(super) fn identical(state: &RoomState, draft: &Draft) -> Option<OwnedEventId> {
    let current = state.state(&draft.kind_text, draft.state_key.as_deref()?)?;
    if current.sender != draft.sender {
        return None;
    }
    let existing: Object = serde_json::from_str(current.content.get()).ok()?;
    (existing == draft.object).then(|| current.event_id.clone())
}
