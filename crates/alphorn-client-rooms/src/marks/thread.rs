//! Which thread an event belongs to. Specification: Client-Server API, "Threaded read receipts".

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::EventHead;
use alphorn_http::store::{Reader, StoredEvent};
use serde_json::Value;

/// Relations followed: a reaction to an edit of a reply in a thread belongs to that thread.
const DEPTH_MAX: usize = 3;

/// The thread root, or nothing for the main timeline.
pub(super) fn of(reader: &Reader<'_>, event: &StoredEvent) -> Result<Option<String>, ReadError> {
    let mut current = event.clone();
    for _ in 0..DEPTH_MAX {
        let head = EventHead::of(&current)?;
        let content: Value = serde_json::from_str(head.content.get()).unwrap_or_default();
        let relation = content.get("m.relates_to");
        let text = |key: &str| relation.and_then(|relation| relation.get(key)).and_then(Value::as_str);
        let (Some(rel_type), Some(parent)) = (text("rel_type"), text("event_id")) else { return Ok(None) };
        if rel_type == "m.thread" {
            return Ok(Some(parent.to_owned()));
        }
        let Some(parent) = reader.event(parent)?.filter(|parent| parent.room == event.room) else {
            return Ok(None);
        };
        current = parent;
    }
    Ok(None)
}

/// Whether a receipt for the event can stand in this thread (`main`, or a root's event id). A root is
/// in its own thread and in the main timeline alike.
pub(super) fn holds(reader: &Reader<'_>, event: &StoredEvent, thread: &str) -> Result<bool, ReadError> {
    let own = of(reader, event)?;
    Ok(match own {
        Some(root) => root == thread,
        None => thread == "main" || event.event_id == thread,
    })
}
