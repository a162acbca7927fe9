//! Receipts, typing and stripped state in the forms that both kinds of sync use.

use alphorn_http::{
    engine::{
        Engine, ReadError,
        view::{EventHead, View},
    },
    model::{Position, RawJson, Seq},
    store::{Reader, StoredReceipt},
};
use serde_json::{Map, Value, json};

/// Receipts of one room sent at once at most: the newest ones.
const RECEIPTS_MAX: usize = 500;

/// The content of `m.receipt` with what changed in `(after, upto]`; private receipts are the user's own only.
pub(crate) fn receipts(
    reader: &Reader<'_>,
    room: i64,
    user: &str,
    after: Seq,
    upto: Seq,
) -> Result<Option<Value>, ReadError> {
    Ok(receipt_content(reader.receipt_changes(room, after, upto, RECEIPTS_MAX)?, user))
}

/// The content of `m.receipt` with these receipts; private ones are the user's own only.
pub(crate) fn receipt_content(receipts: Vec<StoredReceipt>, user: &str) -> Option<Value> {
    let mut content: Map<String, Value> = Map::new();
    for receipt in receipts {
        if receipt.kind == "m.read.private" && receipt.user != user {
            continue;
        }
        let mut data = json!({ "ts": receipt.ts });
        if !receipt.thread.is_empty() {
            data["thread_id"] = receipt.thread.into();
        }
        let kinds = content.entry(receipt.event_id).or_insert_with(|| json!({}));
        if let Some(kinds) = kinds.as_object_mut() {
            let users = kinds.entry(receipt.kind).or_insert_with(|| json!({}));
            if let Some(users) = users.as_object_mut() {
                users.insert(receipt.user, data);
            }
        }
    }
    (!content.is_empty()).then_some(Value::Object(content))
}

/// The content of `m.typing`, if it changed since `since` (nothing: the client knows nothing).
pub(crate) fn typing(engine: &Engine, room_id: &str, since: Option<u64>) -> Option<Value> {
    let (users, version) = engine.ephemera().typing(room_id)?;
    let news = match since {
        Some(since) => version > since,
        None => !users.is_empty(),
    };
    news.then(|| json!({ "user_ids": users }))
}

/// What an invited or knocking user is told of a room, as of their membership event.
pub(crate) fn stripped_state(view: &View<'_>, room: i64, at: Position) -> Result<Vec<RawJson>, ReadError> {
    let mut positions = Vec::new();
    for kind in crate::classic::STRIPPED {
        positions.extend(view.reader.state_position_at(room, kind, "", at)?);
    }
    let own = view.events_at([at])?;
    if let Some(own) = own.first() {
        let sender = EventHead::of(own)?.sender.into_owned();
        let inviter = view.reader.state_position_at(room, "m.room.member", &sender, at)?;
        positions.extend(inviter.filter(|position| *position != at));
    }
    let mut events = view.events_at(positions)?;
    events.extend(own);
    events.iter().map(|event| view.stripped(event)).collect()
}
