//! Telling what was found: results, their surroundings, groups, the rooms' state.

use std::collections::{BTreeMap, BTreeSet};

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::{EventHead, View};
use alphorn_http::model::RawJson;
use alphorn_http::store::StoredEvent;
use serde_json::{Map, Value, json};

use super::find::{Found, Hit};
use super::{CONTEXT, CONTEXT_MAX, Context, Wanted};
use crate::history::context::around;
use crate::look::Room;

/// Members of a room up to which its state is told with all of them.
const MEMBERS_MAX: u64 = 500;

pub(super) fn answer(
    view: &View<'_>,
    wanted: &Wanted,
    found: Found,
) -> Result<Map<String, Value>, ReadError> {
    let mut results = Vec::new();
    for hit in &found.hits {
        let mut result = json!({ "rank": hit.rank, "result": value(&view.event(&hit.event)?) });
        if let (Some(context), Some(room)) = (&wanted.context, found.rooms.get(&hit.event.room)) {
            result["context"] = surroundings(view, room, &hit.event, context, wanted)?;
        }
        results.push(result);
    }
    let mut answer = Map::new();
    answer.insert("results".to_owned(), json!(results));
    answer.insert("count".to_owned(), json!(found.count));
    answer.insert("highlights".to_owned(), json!(found.words));
    if let Some(next) = found.next {
        answer.insert("next_batch".to_owned(), json!(next.token()));
    }
    let mut groups = Map::new();
    for group in &wanted.groups {
        groups.insert(group.clone(), grouped(&found, group)?);
    }
    if !groups.is_empty() {
        answer.insert("groups".to_owned(), Value::Object(groups));
    }
    if wanted.include_state {
        answer.insert("state".to_owned(), state(view, &found)?);
    }
    Ok(answer)
}

fn value(event: &RawJson) -> Value {
    serde_json::from_str(event.get()).unwrap_or_default()
}

fn values<'e>(
    view: &View<'_>,
    events: impl IntoIterator<Item = &'e StoredEvent>,
) -> Result<Vec<Value>, ReadError> {
    events.into_iter().map(|event| Ok(value(&view.event(event)?))).collect()
}

fn surroundings(
    view: &View<'_>,
    room: &Room,
    event: &StoredEvent,
    context: &Context,
    wanted: &Wanted,
) -> Result<Value, ReadError> {
    let limit = |asked: Option<usize>| asked.unwrap_or(CONTEXT).min(CONTEXT_MAX);
    let (before, after) =
        around(view, room, event, limit(context.before_limit), limit(context.after_limit), &wanted.filter)?;
    let mut told = json!({
        "start": before.edge.to_token(),
        "end": after.edge.to_token(),
        "events_before": values(view, &before.events)?,
        "events_after": values(view, &after.events)?,
    });
    if context.include_profile {
        let events = before.events.iter().chain([event]).chain(&after.events);
        told["profile_info"] = profiles(view, room, event, events)?;
    }
    Ok(told)
}

/// The names and avatars that senders had when the result was sent.
fn profiles<'e>(
    view: &View<'_>,
    room: &Room,
    at: &StoredEvent,
    events: impl Iterator<Item = &'e StoredEvent>,
) -> Result<Value, ReadError> {
    let mut senders = BTreeSet::new();
    for event in events {
        senders.insert(EventHead::of(event)?.sender.into_owned());
    }
    let mut profiles = Map::new();
    for sender in senders {
        let Some(member) = view.reader.state_event_at(room.row.nid, "m.room.member", &sender, at.position)?
        else {
            continue;
        };
        let content: Map<String, Value> =
            serde_json::from_str(view.content(&member)?.get()).unwrap_or_default();
        let known =
            content.into_iter().filter(|(key, _)| matches!(key.as_str(), "displayname" | "avatar_url"));
        profiles.insert(sender, Value::Object(known.collect()));
    }
    Ok(Value::Object(profiles))
}

fn grouped(found: &Found, group: &str) -> Result<Value, ReadError> {
    let mut members: BTreeMap<String, (usize, Vec<&Hit>)> = BTreeMap::new();
    for (order, hit) in found.hits.iter().enumerate() {
        let name = if group == "sender" {
            EventHead::of(&hit.event)?.sender.into_owned()
        } else {
            found.rooms.get(&hit.event.room).map(|room| room.row.room_id.clone()).unwrap_or_default()
        };
        members.entry(name).or_insert((order, Vec::new())).1.push(hit);
    }
    let groups = members.into_iter().map(|(name, (order, hits))| {
        let ids: Vec<_> = hits.iter().map(|hit| hit.event.event_id.as_str()).collect();
        (name, json!({ "order": order, "results": ids }))
    });
    Ok(Value::Object(groups.collect()))
}

fn state(view: &View<'_>, found: &Found) -> Result<Value, ReadError> {
    let mut rooms = Map::new();
    for hit in &found.hits {
        let Some(room) = found.rooms.get(&hit.event.room) else { continue };
        if rooms.contains_key(&room.row.room_id) {
            continue;
        }
        let members = room.row.joined <= MEMBERS_MAX;
        let positions = room.state(view.reader, members)?.into_iter().map(|(_, _, position)| position);
        rooms.insert(room.row.room_id.clone(), json!(values(view, &view.events_at(positions)?)?));
    }
    Ok(Value::Object(rooms))
}
