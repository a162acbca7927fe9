//! What an event may refer to. Specification: Client-Server API, "Forming relationships between
//! events", "Event annotations and reactions", "Threading".

use alphorn_http::engine::ReadError;
use alphorn_http::model::fact::Transaction;
use alphorn_http::model::{ErrorCode, RawJson, Refusal, RoomId};
use alphorn_http::store::{Reader, StoredEvent};
use alphorn_http::{App, Client, Result};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Content {
    #[serde(rename = "m.relates_to", default)]
    relates_to: Option<Value>,
}

/// A relation as it stands in a content that we are about to send.
struct Relation {
    rel_type: String,
    parent: String,
    key: Option<String>,
}

fn relation(content: &str) -> Option<Relation> {
    // Most messages refer to nothing: do not parse them for it.
    if !content.contains("m.relates_to") {
        return None;
    }
    let content: Content = serde_json::from_str(content).ok()?;
    let relates_to = content.relates_to?;
    let text = |key: &str| relates_to.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Relation { rel_type: text("rel_type")?, parent: text("event_id")?, key: text("key") })
}

/// Refuses second annotations, threads on events that refer to others, and relations into other rooms.
pub(super) async fn check(
    app: &App,
    client: &Client,
    room: &RoomId,
    kind: &str,
    content: &RawJson,
    transaction: Option<&Transaction>,
) -> Result<()> {
    let Some(relation) = relation(content.get()) else { return Ok(()) };
    let (user, room, kind) = (client.user.to_string(), room.to_string(), kind.to_owned());
    let transaction = transaction.cloned();
    app.engine()
        .read(move |reader| {
            let Some(room) = reader.room(&room)? else { return Ok(()) };
            if let Some(sent) = transaction
                && reader.transaction(&sent, room.nid, &kind)?.is_some()
            {
                return Ok(());
            }
            check_relation(reader, room.nid, &user, &kind, &relation)
        })
        .await?;
    Ok(())
}

fn check_relation(
    reader: &Reader<'_>,
    room: i64,
    user: &str,
    kind: &str,
    relation: &Relation,
) -> Result<(), ReadError> {
    if let Some(parent) = reader.event(&relation.parent)? {
        if parent.room != room {
            return Err(unknown("an event can refer only to events of its own room").into());
        }
        if relation.rel_type == "m.thread" && refers(&parent) {
            return Err(unknown("a thread cannot start from an event with a relation").into());
        }
    }
    if relation.rel_type == "m.annotation"
        && reader.has_related(&relation.parent, "m.annotation", user, relation.key.as_deref(), Some(kind))?
    {
        return Err(Refusal::new(ErrorCode::DuplicateAnnotation, "you sent this annotation already").into());
    }
    Ok(())
}

/// Whether an event has a relation itself. A plain reply has none.
fn refers(event: &StoredEvent) -> bool {
    #[derive(Deserialize)]
    struct Event<'a> {
        #[serde(borrow)]
        content: &'a serde_json::value::RawValue,
    }
    event.redacted_by.is_none()
        && serde_json::from_str::<Event<'_>>(event.pdu.get())
            .is_ok_and(|event| relation(event.content.get()).is_some())
}

fn unknown(words: &str) -> Refusal {
    Refusal::new(ErrorCode::Unknown, words).with_status(400)
}
