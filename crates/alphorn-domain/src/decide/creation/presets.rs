//! What a new room begins with. Specification: Client-Server API, `POST /createRoom` (presets,
//! `power_level_content_override`); room version 12, creators.

use std::collections::BTreeSet;

use alphorn_model::{OwnedUserId, RawJson, Refusal, UserId};
use ruma_common::room_version_rules::RoomVersionRules;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

use super::NewRoom;

/// A set of rules to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Only who is invited may join.
    PrivateChat,
    /// The same, and who is invited is as powerful as the creator.
    TrustedPrivateChat,
    /// Everyone may join.
    PublicChat,
}

/// The state events of a preset. Guests are kept out where no event says otherwise, so that the presets
/// which keep them out need none.
pub(super) fn state(preset: Preset) -> Vec<(&'static str, Value)> {
    let (join_rule, guests) = match preset {
        Preset::PrivateChat | Preset::TrustedPrivateChat => ("invite", true),
        Preset::PublicChat => ("public", false),
    };
    let mut state = vec![
        ("m.room.join_rules", json!({ "join_rule": join_rule })),
        ("m.room.history_visibility", json!({ "history_visibility": "shared" })),
    ];
    if guests {
        state.push(("m.room.guest_access", json!({ "guest_access": "can_join" })));
    }
    state
}

/// The content of the power levels event: as initial state says, or the defaults with what the
/// request overrides.
pub(super) fn power_levels(
    room: &NewRoom,
    rules: &RoomVersionRules,
    creators: BTreeSet<OwnedUserId>,
) -> Result<RawJson, Refusal> {
    let given = room
        .initial_state
        .iter()
        .rev()
        .find(|(kind, key, _)| kind == "m.room.power_levels" && key.is_empty());
    if let Some((_, _, content)) = given {
        return Ok(content.clone());
    }
    let privileged = rules.authorization.explicitly_privilege_room_creators;
    let mut users = Map::new();
    if !privileged {
        users.extend(creators.iter().map(|creator| (creator.to_string(), json!(100))));
        if room.preset() == Preset::TrustedPrivateChat {
            users.extend(room.invite.iter().map(|(user, _)| (user.to_string(), json!(100))));
        }
    }
    let mut content = json!({
        "users": users,
        "users_default": 0,
        "events": {
            "m.room.name": 50,
            "m.room.power_levels": 100,
            "m.room.history_visibility": 100,
            "m.room.canonical_alias": 50,
            "m.room.avatar": 50,
            "m.room.tombstone": if privileged { 150 } else { 100 },
            "m.room.server_acl": 100,
            "m.room.encryption": 100,
        },
        "events_default": 0,
        "state_default": 50,
        "ban": 50,
        "kick": 50,
        "redact": 50,
        "invite": if room.preset() == Preset::PublicChat { 50 } else { 0 },
    });
    if let Some(object) = content.as_object_mut() {
        object.extend(room.power_level_content_override.clone());
    }
    to_raw_value(&content).map_err(|_| Refusal::internal())
}

/// Adds those who are to stand beside the creator: in a trusted chat, everyone who is invited.
pub(super) fn add_creators(room: &NewRoom, content: &mut Map<String, Value>) -> Result<(), Refusal> {
    let given = content.remove("additional_creators");
    let given: Vec<String> = match given {
        None => Vec::new(),
        Some(value) => serde_json::from_value(value)
            .map_err(|_| Refusal::invalid_param("'additional_creators' must be an array of user ids"))?,
    };
    if let Some(bad) = given.iter().find(|user| UserId::parse(user.as_str()).is_err()) {
        return Err(Refusal::invalid_param(format!("'{bad}' in 'additional_creators' is not a user id")));
    }
    let mut creators: BTreeSet<String> = given.into_iter().collect();
    if room.preset() == Preset::TrustedPrivateChat {
        creators.extend(room.invite.iter().map(|(user, _)| user.to_string()));
    }
    creators.remove(room.creator.as_str());
    if !creators.is_empty() {
        content.insert("additional_creators".to_owned(), json!(creators));
    }
    Ok(())
}
