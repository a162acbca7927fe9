//! Power levels of an upgraded room and of its replacement. Specification: Client-Server API, "Room
//! Upgrades", server behaviour; room version 12, creators.

use alphorn_http::domain::{NewRoom, Power};
use alphorn_http::model::{OwnedUserId, Refusal};
use serde_json::{Map, Value, json};

use super::raw;

type Levels = Map<String, Value>;

fn level(levels: &Levels, key: &str, default: i64) -> i64 {
    levels.get(key).and_then(Value::as_i64).unwrap_or(default)
}

/// The levels that keep people from going on in the old room; none: it keeps them out already.
pub(super) fn closed(levels: &Levels) -> Option<Levels> {
    let wall = level(levels, "users_default", 0).saturating_add(1).max(50);
    let mut closed = levels.clone();
    for (key, default) in [("events_default", 0), ("invite", 0)] {
        if level(levels, key, default) < wall {
            closed.insert(key.to_owned(), json!(wall));
        }
    }
    (closed != *levels).then_some(closed)
}

/// Gives the new room the levels of the old one. Its creator may need more to set everything up, and
/// in that case ends with what it had. From version 12 on creators have no level.
pub(super) fn transfer(room: &mut NewRoom, power: &Power, mut levels: Levels) -> Result<(), Refusal> {
    let privileged =
        room.version.rules().is_some_and(|rules| rules.authorization.explicitly_privilege_room_creators);
    let mut users = match levels.remove("users") {
        Some(Value::Object(users)) => users,
        _ => Map::new(),
    };
    if privileged {
        let also = room.creation_content.get("additional_creators").and_then(Value::as_array);
        let also = also.into_iter().flatten().filter_map(Value::as_str);
        for creator in also.chain([room.creator.as_str()]) {
            users.remove(creator);
        }
    } else if power.creators_are_privileged {
        // Creators of the old room stood above all levels: here the highest usual one must do.
        for creator in &power.creators {
            users.insert(creator.to_string(), json!(100));
        }
    }
    levels.insert("users".to_owned(), Value::Object(users.clone()));
    let creator = room.creator.clone();
    let needed = highest(&levels).max(100);
    let own = own_level(&users, &levels, &creator);
    if !privileged && own < needed {
        room.final_power_levels = Some(raw(&levels)?);
        users.insert(creator.to_string(), json!(needed));
        levels.insert("users".to_owned(), Value::Object(users));
    }
    room.initial_state.push(("m.room.power_levels".to_owned(), String::new(), raw(&levels)?));
    Ok(())
}

fn own_level(users: &Map<String, Value>, levels: &Levels, user: &OwnedUserId) -> i64 {
    users.get(user.as_str()).and_then(Value::as_i64).unwrap_or_else(|| level(levels, "users_default", 0))
}

/// The highest level that any action needs.
fn highest(levels: &Levels) -> i64 {
    let single = ["events_default", "state_default", "ban", "kick", "redact", "invite"]
        .into_iter()
        .map(|key| level(levels, key, 50));
    let events = levels.get("events").and_then(Value::as_object);
    let events = events.into_iter().flat_map(Map::values).filter_map(Value::as_i64);
    single.chain(events).max().unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Levels {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn the_old_room_is_closed_to_ordinary_users_and_never_opened() {
        for (levels, expected) in [
            (json!({}), Some((50, 50))),
            (json!({ "users_default": 80 }), Some((81, 81))),
            (json!({ "events_default": 60, "invite": 0 }), Some((60, 50))),
            (json!({ "events_default": 50, "invite": 100 }), None),
        ] {
            let closed = closed(&object(levels.clone()));
            let told =
                closed.map(|closed| (level(&closed, "events_default", 0), level(&closed, "invite", 0)));
            assert_eq!(told, expected, "{levels}");
        }
    }

    #[test]
    fn the_highest_level_counts_actions_and_events() {
        assert_eq!(highest(&object(json!({}))), 50);
        assert_eq!(highest(&object(json!({ "ban": 70, "events": { "m.room.name": 120 } }))), 120);
    }
}
