//! Events in the form of the deprecated endpoints: the sender is also called `user_id`.

use alphorn_http::engine::view::View;
use alphorn_http::engine::{Engine, Presence, ReadError};
use alphorn_http::model::Seq;
use alphorn_http::store::{AccountDatum, StoreError, StoredEvent};
use serde_json::{Map, Value, json};

/// Receipts of one room sent at once: the newest ones.
const RECEIPTS_MAX: usize = 500;

pub(super) fn event(view: &View<'_>, event: &StoredEvent) -> Result<Value, ReadError> {
    let text = view.event(event)?;
    let mut value: Value =
        serde_json::from_str(text.get()).map_err(|error| StoreError::Inconsistent(error.to_string()))?;
    if let Some(sender) = value.get("sender").cloned() {
        value["user_id"] = sender;
    }
    Ok(value)
}

pub(super) fn events<'e>(
    view: &View<'_>,
    events: impl IntoIterator<Item = &'e StoredEvent>,
) -> Result<Vec<Value>, ReadError> {
    events.into_iter().map(|stored| event(view, stored)).collect()
}

pub(super) fn presence(engine: &Engine, user: &str, presence: &Presence) -> Value {
    let mut content = json!({ "user_id": user, "presence": presence.state.as_str() });
    content["currently_active"] = json!(presence.state.as_str() == "online");
    content["last_active_ago"] = json!(engine.now_ms().saturating_sub(presence.last_active_ms));
    if let Some(message) = &presence.status_msg {
        content["status_msg"] = json!(message);
    }
    json!({ "type": "m.presence", "sender": user, "content": content })
}

/// The receipts of a room that moved in `(after, upto]`.
pub(super) fn receipts(
    view: &View<'_>,
    room: i64,
    room_id: &str,
    after: Seq,
    upto: Seq,
) -> Result<Option<Value>, ReadError> {
    let mut content = Map::new();
    for receipt in view.reader.receipt_changes(room, after, upto, RECEIPTS_MAX)? {
        if receipt.kind == "m.read.private" && receipt.user != view.user() {
            continue;
        }
        let mut data = json!({ "ts": receipt.ts });
        if !receipt.thread.is_empty() {
            data["thread_id"] = json!(receipt.thread);
        }
        content.entry(receipt.event_id).or_insert_with(|| json!({}))[receipt.kind][receipt.user] = data;
    }
    Ok((!content.is_empty()).then(|| json!({ "type": "m.receipt", "room_id": room_id, "content": content })))
}

pub(super) fn account_data(datum: &AccountDatum) -> Value {
    json!({ "type": datum.kind, "content": datum.content })
}
