//! A user's own settings for a room go over to its replacement. Specification: Client-Server API, "Room
//! Upgrades", server behaviour (what happens when a user joins the new room).

use alphorn_http::App;
use alphorn_http::engine::ReadError;
use alphorn_http::model::fact::{AccountFact, Fact};
use alphorn_http::model::{Aggregate, OwnedRoomId, OwnedUserId, RawJson, Refusal, RoomId};
use alphorn_http::store::{Reader, RoomRow};
use serde_json::{Map, Value};

use super::raw;
use crate::content;

/// The room that this one replaces: it must say so itself too.
pub(crate) fn predecessor(reader: &Reader<'_>, room: &RoomRow) -> Result<Option<OwnedRoomId>, ReadError> {
    let create = content::content(reader, room, "m.room.create", "")?.unwrap_or_default();
    let named = create.get("predecessor").and_then(|named| named.get("room_id")).and_then(Value::as_str);
    let Some(old) = named.and_then(|named| RoomId::parse(named).ok()) else { return Ok(None) };
    let Some(row) = reader.room(old.as_str())? else { return Ok(None) };
    let tombstone = content::text(reader, &row, "m.room.tombstone", "replacement_room")?;
    Ok((tombstone.as_deref() == Some(room.room_id.as_str())).then_some(old))
}

/// Copies push rules, tags and the mark of a direct chat. What the new room has already stays.
pub(crate) async fn inherit(
    app: &App,
    user: &OwnedUserId,
    old: &OwnedRoomId,
    new: &OwnedRoomId,
) -> Result<(), Refusal> {
    let (name, old, new) = (user.to_string(), old.clone(), new.clone());
    app.engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let mut facts = Vec::new();
            let mut set = |room: Option<&OwnedRoomId>, kind: &str, content: RawJson| {
                let (room, kind) = (room.cloned(), kind.to_owned());
                facts.push(Fact::Account(AccountFact::AccountDataSet { room, kind, content }));
            };
            if let Some(rules) =
                changed(reader, &name, "m.push_rules", |rules| copy_rules(rules, &old, &new))?
            {
                set(None, "m.push_rules", rules);
            }
            if let Some(direct) =
                changed(reader, &name, "m.direct", |direct| copy_direct(direct, &old, &new))?
            {
                set(None, "m.direct", direct);
            }
            if reader.account_datum(&name, new.as_str(), "m.tag")?.is_none()
                && let Some(tags) = reader.account_datum(&name, old.as_str(), "m.tag")?
            {
                set(Some(&new), "m.tag", tags);
            }
            Ok((facts, ()))
        })
        .await
}

fn changed(
    reader: &Reader<'_>,
    user: &str,
    kind: &str,
    change: impl Fn(&mut Map<String, Value>) -> bool,
) -> Result<Option<RawJson>, ReadError> {
    let Some(stored) = reader.account_datum(user, "", kind)? else { return Ok(None) };
    let Ok(mut content) = serde_json::from_str(stored.get()) else { return Ok(None) };
    Ok(if change(&mut content) { Some(raw(&content)?) } else { None })
}

/// Rules that name the old room, by their id or in a condition, get a twin for the new one.
fn copy_rules(content: &mut Map<String, Value>, old: &RoomId, new: &RoomId) -> bool {
    let mut copied = false;
    let Some(Value::Object(kinds)) = content.get_mut("global") else { return false };
    for rules in kinds.values_mut().filter_map(Value::as_array_mut) {
        let twins: Vec<Value> =
            rules.iter().filter(|rule| names(rule, old)).map(|rule| twin(rule, old, new)).collect();
        for twin in twins {
            if !rules.iter().any(|rule| rule["rule_id"] == twin["rule_id"]) {
                rules.insert(0, twin);
                copied = true;
            }
        }
    }
    copied
}

fn names(rule: &Value, room: &RoomId) -> bool {
    let conditions = rule["conditions"].as_array();
    rule["rule_id"] == room.as_str()
        || conditions.into_iter().flatten().any(|condition| {
            condition["kind"] == "event_match"
                && condition["key"] == "room_id"
                && condition["pattern"] == room.as_str()
        })
}

fn twin(rule: &Value, old: &RoomId, new: &RoomId) -> Value {
    let mut twin = rule.clone();
    if let Some(id) = rule["rule_id"].as_str() {
        let id = if id.contains(old.as_str()) {
            id.replace(old.as_str(), new.as_str())
        } else {
            format!("{id}_{new}")
        };
        twin["rule_id"] = Value::String(id);
    }
    if let Some(conditions) = twin.get_mut("conditions").and_then(Value::as_array_mut) {
        for condition in conditions.iter_mut().filter(|condition| condition["pattern"] == old.as_str()) {
            condition["pattern"] = Value::String(new.to_string());
        }
    }
    twin
}

fn copy_direct(content: &mut Map<String, Value>, old: &RoomId, new: &RoomId) -> bool {
    let mut copied = false;
    for rooms in content.values_mut().filter_map(Value::as_array_mut) {
        let has = |room: &RoomId| rooms.iter().any(|one| one == room.as_str());
        if has(old) && !has(new) {
            rooms.push(Value::String(new.to_string()));
            copied = true;
        }
    }
    copied
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn rules_that_name_the_old_room_get_a_twin_once() {
        let (old, new) = (RoomId::parse("!old:x").unwrap(), RoomId::parse("!new:x").unwrap());
        let mute = json!({ "kind": "event_match", "key": "room_id", "pattern": "!old:x" });
        let mut content = object(json!({ "global": {
            "room": [{ "rule_id": "!old:x", "actions": ["notify"] }],
            "override": [{ "rule_id": "mine", "conditions": [mute], "actions": [] }],
            "content": [{ "rule_id": "word", "pattern": "!old:x" }],
        }}));
        assert!(copy_rules(&mut content, &old, &new));
        let global = &content["global"];
        assert_eq!(global["room"][0]["rule_id"], "!new:x");
        assert_eq!(global["override"][0]["conditions"][0]["pattern"], "!new:x");
        assert_eq!(global["override"][1]["conditions"][0]["pattern"], "!old:x");
        assert_eq!(global["content"].as_array().unwrap().len(), 1);
        assert!(!copy_rules(&mut content, &old, &new), "a second time there is nothing to do");
    }

    #[test]
    fn direct_chats_stay_direct() {
        let (old, new) = (RoomId::parse("!old:x").unwrap(), RoomId::parse("!new:x").unwrap());
        let mut content = object(json!({ "@a:x": ["!old:x"], "@b:x": ["!other:x"], "@c:x": 5 }));
        assert!(copy_direct(&mut content, &old, &new));
        assert_eq!(content["@a:x"], json!(["!old:x", "!new:x"]));
        assert_eq!(content["@b:x"], json!(["!other:x"]));
        assert!(!copy_direct(&mut content, &old, &new));
    }
}
