//! `POST /_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}`.
//! Specification: Client-Server API, "Receipts", "Private read receipts", "Threaded read receipts".

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::View;
use alphorn_http::model::fact::AccountFact;
use alphorn_http::model::{Aggregate, Fact, OwnedEventId, OwnedRoomId, Refusal};
use alphorn_http::{App, Client, OptionalJsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::thread;
use crate::look::{self, Room};

/// Kinds of receipts that go into `m.receipt`.
pub(super) const KINDS: [&str; 2] = ["m.read", "m.read.private"];

/// The marker that is account data.
pub(super) const FULLY_READ: &str = "m.fully_read";

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    thread_id: Option<Value>,
}

pub(super) async fn receipt(
    State(app): State<App>,
    client: Client,
    Path((room, kind, event)): Path<(OwnedRoomId, String, OwnedEventId)>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let thread = match body.thread_id {
        None => None,
        Some(Value::String(thread)) if !thread.is_empty() && thread.len() <= 255 => Some(thread),
        Some(_) => return Err(Refusal::invalid_param("'thread_id' is 'main' or the id of an event").into()),
    };
    if kind == FULLY_READ && thread.is_some() {
        return Err(Refusal::invalid_param("the fully-read marker is of no thread").into());
    }
    mark(&app, &client, room, vec![Mark { kind, event, thread }]).await?;
    empty()
}

/// How far a user read.
pub(super) struct Mark {
    pub(super) kind: String,
    pub(super) event: OwnedEventId,
    pub(super) thread: Option<String>,
}

/// Moves markers, those that move.
pub(super) async fn mark(
    app: &App,
    client: &Client,
    room: OwnedRoomId,
    marks: Vec<Mark>,
) -> Result<(), Refusal> {
    let unknown = |mark: &&Mark| mark.kind != FULLY_READ && !KINDS.contains(&mark.kind.as_str());
    if let Some(mark) = marks.iter().find(unknown) {
        return Err(Refusal::invalid_param(format!("'{}' is no kind of receipt", mark.kind)));
    }
    let ts = app.engine().now_ms();
    let facts = look::look(app, client, move |view| {
        let room_id = room;
        let room = Room::enter_joined(view, &room_id)?;
        let mut facts = Vec::new();
        for mark in marks {
            facts.extend(move_mark(view, &room, &room_id, mark, ts)?);
        }
        Ok(facts)
    })
    .await?;
    if !facts.is_empty() {
        app.engine().note(Aggregate::User(client.user.to_string()), facts).await?;
    }
    Ok(())
}

fn move_mark(
    view: &View<'_>,
    room: &Room,
    room_id: &OwnedRoomId,
    mark: Mark,
    ts: u64,
) -> Result<Option<Fact>, ReadError> {
    let event = room.event(view, mark.event.as_str())?;
    if mark.kind == FULLY_READ {
        let stored = view.reader.account_datum(view.user(), room_id.as_str(), FULLY_READ)?;
        let before: Option<Value> = stored.and_then(|stored| serde_json::from_str(stored.get()).ok());
        let before = before.as_ref().and_then(|before| before.get("event_id")).and_then(Value::as_str);
        let before = before.map(|before| view.reader.event_position(before)).transpose()?.flatten();
        if before.is_some_and(|(place, position)| place == room.row.nid && position >= event.position) {
            return Ok(None);
        }
        let content = serde_json::value::to_raw_value(&json!({ "event_id": mark.event }))
            .map_err(|_| Refusal::internal())?;
        let (room, kind) = (Some(room_id.clone()), mark.kind);
        return Ok(Some(Fact::Account(AccountFact::AccountDataSet { room, kind, content })));
    }
    if let Some(thread) = &mark.thread
        && !thread::holds(view.reader, &event, thread)?
    {
        return Err(Refusal::invalid_param("the event is not in this thread").into());
    }
    let held = view.reader.receipts_of(room.row.nid, view.user())?;
    let stays = held.iter().any(|held| {
        held.kind == mark.kind
            && held.thread == mark.thread.as_deref().unwrap_or_default()
            && held.position >= event.position
    });
    let Mark { kind, event, thread } = mark;
    let fact = AccountFact::ReceiptMoved { room: room_id.clone(), kind, thread, event, ts };
    Ok((!stays).then_some(Fact::Account(fact)))
}
