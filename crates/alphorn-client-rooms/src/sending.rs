//! Sending into rooms. Specification: Client-Server API, "Sending events to a room", "Redactions".

mod aliases;
mod guests;
mod redact;
mod relation;
mod send;
mod set_state;
mod tombstone;

use alphorn_http::App;
use alphorn_http::model::Refusal;
use alphorn_http::model::fact::Transaction;
use alphorn_http::model::ids::ID_BYTES_MAX;
use alphorn_http::{Client, Result, Subject};
use axum::Router;
use axum::routing::{post, put};
use serde::Deserialize;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/rooms/{room_id}/send/{event_type}", post(send::without_transaction))
        .route("/rooms/{room_id}/send/{event_type}/{txn_id}", put(send::send))
        .route("/rooms/{room_id}/redact/{event_id}", post(redact::without_transaction))
        .route("/rooms/{room_id}/redact/{event_id}/{txn_id}", put(redact::redact))
        .route("/rooms/{room_id}/state/{event_type}", put(set_state::without_key))
        .route("/rooms/{room_id}/state/{event_type}/", put(set_state::without_key))
        .route("/rooms/{room_id}/state/{event_type}/{state_key}", put(set_state::with_key))
}

/// Application services may say when something happened.
/// Specification: Application Service API, "Timestamp massaging".
#[derive(Deserialize)]
struct When {
    ts: Option<u64>,
}

impl When {
    fn of(&self, client: &Client) -> Option<u64> {
        self.ts.filter(|_| client.appservice.is_some())
    }
}

/// Whether the client may send at all, now.
async fn admit(app: &App, client: &Client) -> Result<()> {
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    app.note_activity(client).await;
    Ok(())
}

fn transaction(client: &Client, id: String) -> Result<Transaction, Refusal> {
    if id.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param(format!(
            "the transaction id is longer than {ID_BYTES_MAX} bytes"
        )));
    }
    Ok(Transaction { user: client.user.clone(), device: client.device.clone(), id })
}
