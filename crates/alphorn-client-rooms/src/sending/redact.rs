//! `PUT /_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}`, and the older `POST` without a
//! transaction id. Specification: Client-Server API, "Redactions".

use alphorn_http::engine::RoomWish;
use alphorn_http::model::fact::Transaction;
use alphorn_http::model::{OwnedEventId, OwnedRoomId};
use alphorn_http::store::StoredEvent;
use alphorn_http::{App, Client, OptionalJsonBody, Path, RawAnswer, Result, Subject};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::transaction;

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    reason: Option<String>,
    #[serde(flatten)]
    further: Map<String, Value>,
}

pub(super) async fn redact(
    State(app): State<App>,
    client: Client,
    Path((room, target, id)): Path<(OwnedRoomId, OwnedEventId, String)>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let transaction = transaction(&client, id)?;
    place(&app, &client, &room, target, body, Some(transaction)).await
}

pub(super) async fn without_transaction(
    State(app): State<App>,
    client: Client,
    Path((room, target)): Path<(OwnedRoomId, OwnedEventId)>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    place(&app, &client, &room, target, body, None).await
}

/// Suspended users may redact what they said. Specification: "Account suspension".
async fn place(
    app: &App,
    client: &Client,
    room: &OwnedRoomId,
    target: OwnedEventId,
    body: Body,
    transaction: Option<Transaction>,
) -> Result {
    client.no_guest()?;
    if client.suspended {
        let (name, wanted) = (client.user.to_string(), target.clone());
        let own = app
            .engine()
            .read(move |reader| {
                Ok(reader.event(wanted.as_str())?.is_some_and(|event| sent_by(&event, &name)))
            })
            .await?;
        if !own {
            client.not_suspended()?;
        }
    }
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    let wish = RoomWish::Redact {
        sender: client.user.clone(),
        target,
        reason: body.reason,
        further: body.further,
        transaction,
    };
    let sent = app.engine().in_room(room, wish).await?;
    RawAnswer::of(&json!({ "event_id": sent.event_id }))
}

fn sent_by(event: &StoredEvent, user: &str) -> bool {
    #[derive(Deserialize)]
    struct Event {
        sender: String,
    }
    serde_json::from_str::<Event>(event.pdu.get()).is_ok_and(|event| event.sender == user)
}
