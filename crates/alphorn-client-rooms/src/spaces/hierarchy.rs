//! `GET /_matrix/client/v1/rooms/{roomId}/hierarchy`. Specification: Client-Server API, "Discovering
//! rooms within spaces", "Ordering of children within a space".

use std::collections::HashSet;

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::{EventHead, View};
use alphorn_http::model::{OwnedRoomId, Refusal};
use alphorn_http::store::RoomRow;
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{is_visible, summary_of};
use crate::{content, look};

/// Rooms in one answer, and where the query does not say.
const LIMIT: usize = 50;

/// Levels below the room that was asked for.
const DEPTH_MAX: u32 = 20;

/// Rooms of one space tree that are gone through, on all pages together.
const ROOMS_MAX: usize = 2_000;

/// Children of one space.
const CHILDREN_MAX: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Params {
    suggested_only: Option<bool>,
    limit: Option<usize>,
    max_depth: Option<u32>,
    from: Option<String>,
}

/// A walk through a space tree.
struct Walk {
    suggested_only: bool,
    depth_max: u32,
    /// Rooms that earlier pages had.
    skip: usize,
    limit: usize,
}

impl Walk {
    fn new(params: &Params) -> Result<Self, Refusal> {
        let limit = params.limit.unwrap_or(LIMIT);
        if limit == 0 {
            return Err(Refusal::invalid_param("'limit' must be greater than zero"));
        }
        let mut walk = Self {
            suggested_only: params.suggested_only.unwrap_or(false),
            depth_max: params.max_depth.unwrap_or(DEPTH_MAX).min(DEPTH_MAX),
            skip: 0,
            limit: limit.min(LIMIT),
        };
        let Some(token) = params.from.as_deref().filter(|token| !token.is_empty()) else { return Ok(walk) };
        let parts: Option<Vec<usize>> = token
            .strip_prefix('h')
            .and_then(|numbers| numbers.split('.').map(|number| number.parse().ok()).collect());
        let Some([skip, depth, suggested]) = parts.as_deref() else {
            return Err(Refusal::invalid_param("'from' is not a token of this endpoint"));
        };
        let same = *depth == walk.depth_max as usize && *suggested == usize::from(walk.suggested_only);
        if !same {
            return Err(Refusal::invalid_param(
                "'suggested_only' and 'max_depth' must stay the same on all pages",
            ));
        }
        walk.skip = (*skip).min(ROOMS_MAX);
        Ok(walk)
    }

    fn token(&self) -> String {
        format!("h{}.{}.{}", self.skip + self.limit, self.depth_max, u8::from(self.suggested_only))
    }
}

pub(super) async fn hierarchy(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    Query(params): Query<Params>,
) -> Result {
    client.no_guest()?;
    let walk = Walk::new(&params)?;
    let answer = look::look(&app, &client, move |view| {
        let forbidden = || Refusal::forbidden("you may not look into this room");
        let root = view.reader.room(room.as_str())?.ok_or_else(forbidden)?;
        if !is_visible(view.reader, &root, Some(view.user()))? {
            return Err(forbidden().into());
        }
        through(view, root, &walk)
    })
    .await?;
    RawAnswer::of(&answer)
}

/// Goes down first, then on; every room once.
fn through(view: &View<'_>, root: RoomRow, walk: &Walk) -> Result<Value, ReadError> {
    let mut rooms = Vec::new();
    let mut seen = HashSet::from([root.nid]);
    let mut stack = vec![(root, 0_u32)];
    let mut passed = 0;
    let mut more = false;
    while let Some((room, depth)) = stack.pop() {
        if rooms.len() == walk.limit {
            more = true;
            break;
        }
        let children = children(view, &room, walk.suggested_only)?;
        if depth < walk.depth_max {
            for child in children.iter().rev() {
                if seen.len() >= ROOMS_MAX {
                    break;
                }
                let Some(row) = view.reader.room(&child.room)? else { continue };
                if !seen.contains(&row.nid) && is_visible(view.reader, &row, Some(view.user()))? {
                    seen.insert(row.nid);
                    stack.push((row, depth + 1));
                }
            }
        }
        passed += 1;
        if passed <= walk.skip {
            continue;
        }
        let mut entry = summary_of(view.reader, &room)?;
        let events: Vec<_> = children.into_iter().map(|child| child.event).collect();
        entry.insert("children_state".to_owned(), json!(events));
        rooms.push(entry);
    }
    let mut answer = json!({ "rooms": rooms });
    if more {
        answer["next_batch"] = json!(walk.token());
    }
    Ok(answer)
}

/// A child of a space.
struct Child {
    room: String,
    order: Option<String>,
    ts: u64,
    event: Value,
}

/// The children of a space in their order.
fn children(view: &View<'_>, room: &RoomRow, suggested_only: bool) -> Result<Vec<Child>, ReadError> {
    if content::text(view.reader, room, "m.room.create", "type")?.as_deref() != Some("m.space") {
        return Ok(Vec::new());
    }
    let mut children = Vec::new();
    for (child, position) in
        view.reader.current_state_of(room.nid, "m.space.child")?.into_iter().take(CHILDREN_MAX)
    {
        let Some(event) = view.reader.event_at(position)? else { continue };
        let content = content::of(room, "m.space.child", &event)?;
        let suggested = content.get("suggested").and_then(Value::as_bool).unwrap_or(false);
        if !content.get("via").is_some_and(Value::is_array) || suggested_only && !suggested {
            continue;
        }
        let head = EventHead::of(&event)?;
        let stripped = json!({
            "type": "m.space.child",
            "state_key": child,
            "sender": head.sender,
            "content": content,
            "origin_server_ts": head.origin_server_ts,
        });
        children.push(Child {
            room: child,
            order: order(&content),
            ts: head.origin_server_ts,
            event: stripped,
        });
    }
    children.sort_by(|a, b| {
        let unordered = a.order.is_none().cmp(&b.order.is_none());
        unordered
            .then_with(|| a.order.cmp(&b.order))
            .then_with(|| a.ts.cmp(&b.ts))
            .then_with(|| a.room.cmp(&b.room))
    });
    Ok(children)
}

/// `order`, if it is valid: up to 50 printable ASCII characters.
fn order(content: &Map<String, Value>) -> Option<String> {
    let order = content.get("order")?.as_str()?;
    let valid = order.len() <= 50 && order.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
    valid.then(|| order.to_owned())
}
