//! `PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}`, and the older `POST` without a
//! transaction id. Specification: Client-Server API, "Sending events to a room".

use alphorn_http::domain::NewEvent;
use alphorn_http::engine::RoomWish;
use alphorn_http::model::fact::Transaction;
use alphorn_http::model::{OwnedEventId, OwnedRoomId, RawJson, Refusal};
use alphorn_http::{App, Client, JsonBody, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::{When, admit, relation, tombstone, transaction};

pub(super) async fn send(
    State(app): State<App>,
    client: Client,
    Path((room, kind, id)): Path<(OwnedRoomId, String, String)>,
    Query(when): Query<When>,
    JsonBody(content): JsonBody<RawJson>,
) -> Result {
    let transaction = transaction(&client, id)?;
    place(&app, &client, room, kind, content, Some(transaction), when.of(&client)).await
}

pub(super) async fn without_transaction(
    State(app): State<App>,
    client: Client,
    Path((room, kind)): Path<(OwnedRoomId, String)>,
    Query(when): Query<When>,
    JsonBody(content): JsonBody<RawJson>,
) -> Result {
    place(&app, &client, room, kind, content, None, when.of(&client)).await
}

async fn place(
    app: &App,
    client: &Client,
    room: OwnedRoomId,
    kind: String,
    content: RawJson,
    transaction: Option<Transaction>,
    timestamp_ms: Option<u64>,
) -> Result {
    admit(app, client).await?;
    tombstone::check(&room, &kind, content.get())?;
    let wish = if kind == "m.room.redaction" {
        redaction(client, &content, transaction)?
    } else {
        relation::check(app, client, &room, &kind, &content, transaction.as_ref()).await?;
        let event = NewEvent::new(client.user.clone(), kind, None, content);
        RoomWish::Event(NewEvent { transaction, timestamp_ms, ..event })
    };
    let sent = app.engine().in_room(&room, wish).await?;
    RawAnswer::of(&json!({ "event_id": sent.event_id }))
}

/// A redaction sent as an ordinary event.
fn redaction(
    client: &Client,
    content: &RawJson,
    transaction: Option<Transaction>,
) -> Result<RoomWish, Refusal> {
    let mut further: Map<String, Value> = serde_json::from_str(content.get())
        .map_err(|error| Refusal::bad_json(format!("the content is not an object: {error}")))?;
    let target = match further.remove("redacts") {
        Some(Value::String(target)) => OwnedEventId::try_from(target)
            .map_err(|_| Refusal::invalid_param("'redacts' is not an event id"))?,
        Some(_) => return Err(Refusal::bad_json("'redacts' must be a string")),
        None => return Err(Refusal::missing_param("'redacts' names no event")),
    };
    Ok(RoomWish::Redact { sender: client.user.clone(), target, reason: None, further, transaction })
}
