//! A logged-in user: the requests that nearly every test makes, and raw ones for the rest.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::http::{Client, Response, segment};
use crate::server::{answer, fail};

/// Longest time that [`User::sync_until`] looks for something.
const SYNC_WAIT: Duration = Duration::from_secs(20);

/// A user on one device.
#[derive(Clone, Debug)]
pub struct User {
    /// The full user id.
    pub user_id: String,
    /// The access token of this device.
    pub access_token: String,
    /// The device.
    pub device_id: String,
    client: Client,
}

impl User {
    /// A user with what a login or registration answered.
    #[must_use]
    pub fn from_login(client: &Client, body: &Value) -> Option<Self> {
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        Some(Self {
            user_id: text("user_id")?,
            access_token: text("access_token")?,
            device_id: text("device_id")?,
            client: client.clone(),
        })
    }

    /// The connections that this user's requests take.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The same login on connections of its own, or to another address.
    #[must_use]
    pub fn with_client(&self, client: Client) -> Self {
        Self { client, ..self.clone() }
    }

    /// GET with the access token.
    pub async fn get(&self, path: &str) -> Response {
        answer(self.client.get(Some(&self.access_token), path).await)
    }

    /// POST of a JSON body with the access token.
    pub async fn post(&self, path: &str, body: Value) -> Response {
        answer(self.client.json(Method::POST, Some(&self.access_token), path, &body).await)
    }

    /// PUT of a JSON body with the access token.
    pub async fn put(&self, path: &str, body: Value) -> Response {
        answer(self.client.json(Method::PUT, Some(&self.access_token), path, &body).await)
    }

    /// DELETE with the access token.
    pub async fn delete(&self, path: &str) -> Response {
        self.raw(Method::DELETE, path, &[], Bytes::new()).await
    }

    /// Any request with the access token: also bodies that are not JSON.
    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Response {
        answer(self.client.send(method, path, Some(&self.access_token), headers, body).await)
    }

    /// Creates a room and answers its id. Body: `POST /createRoom`.
    pub async fn create_room(&self, body: Value) -> String {
        let body = self.post("/_matrix/client/v3/createRoom", body).await.expect_ok();
        text(&body, "room_id")
    }

    /// Joins by room id or alias.
    pub async fn join(&self, room: &str) {
        self.post(&format!("/_matrix/client/v3/join/{}", segment(room)), json!({})).await.expect_ok();
    }

    /// Leaves a room or rejects its invite.
    pub async fn leave(&self, room_id: &str) {
        self.post(&room_path(room_id, "leave"), json!({})).await.expect_ok();
    }

    /// Invites somebody.
    pub async fn invite(&self, room_id: &str, user_id: &str) {
        self.post(&room_path(room_id, "invite"), json!({"user_id": user_id})).await.expect_ok();
    }

    /// Sends a text message and answers the event id.
    pub async fn send_text(&self, room_id: &str, body: &str) -> String {
        self.send(room_id, "m.room.message", json!({"msgtype": "m.text", "body": body})).await
    }

    /// Sends a message event and answers the event id.
    pub async fn send(&self, room_id: &str, kind: &str, content: Value) -> String {
        let path = room_path(room_id, &format!("send/{}/{}", segment(kind), new_transaction_id()));
        text(&self.put(&path, content).await.expect_ok(), "event_id")
    }

    /// Sends a state event and answers the event id.
    pub async fn send_state(&self, room_id: &str, kind: &str, state_key: &str, content: Value) -> String {
        let path = room_path(room_id, &format!("state/{}/{}", segment(kind), segment(state_key)));
        text(&self.put(&path, content).await.expect_ok(), "event_id")
    }

    /// The content of a state event.
    pub async fn state(&self, room_id: &str, kind: &str, state_key: &str) -> Value {
        let path = room_path(room_id, &format!("state/{}/{}", segment(kind), segment(state_key)));
        self.get(&path).await.expect_ok()
    }

    /// Redacts an event and answers the id of the redaction.
    pub async fn redact(&self, room_id: &str, event_id: &str) -> String {
        let path = room_path(room_id, &format!("redact/{}/{}", segment(event_id), new_transaction_id()));
        text(&self.put(&path, json!({})).await.expect_ok(), "event_id")
    }

    /// The newest events of a room, newest first.
    pub async fn messages(&self, room_id: &str) -> Vec<Value> {
        let body = self.get(&room_path(room_id, "messages?dir=b&limit=100")).await.expect_ok();
        body["chunk"].as_array().cloned().unwrap_or_default()
    }

    /// One `/sync` that does not wait: initial without a token, else what happened since.
    pub async fn sync(&self, since: Option<&str>) -> Value {
        self.sync_with(since, "timeout=0").await
    }

    /// One `/sync` with a query of one's own, for example `timeout=5000&full_state=true`.
    pub async fn sync_with(&self, since: Option<&str>, query: &str) -> Value {
        let since = since.map(|since| format!("&since={}", segment(since))).unwrap_or_default();
        self.get(&format!("/_matrix/client/v3/sync?{query}{since}")).await.expect_ok()
    }

    /// Syncs on from `since` until `find` finds what it looks for in one answer. Answers that and the token
    /// to go on from.
    ///
    /// # Panics
    /// When it has not come within 20 seconds.
    pub async fn sync_until<T>(
        &self,
        since: Option<&str>,
        mut find: impl FnMut(&Value) -> Option<T>,
    ) -> (T, String) {
        let mut since = since.map(str::to_owned);
        let until = Instant::now() + SYNC_WAIT;
        let mut last = Value::Null;
        while Instant::now() < until {
            let body = self.sync_with(since.as_deref(), "timeout=1000").await;
            let next = text(&body, "next_batch");
            if let Some(found) = find(&body) {
                return (found, next);
            }
            since = Some(next);
            last = body;
        }
        fail(&format!("{}: not in any sync within {SYNC_WAIT:?}; last answer: {last}", self.user_id))
    }

    /// Uploads bytes and answers their `mxc:` address.
    pub async fn upload(&self, content_type: &str, bytes: impl Into<Bytes>) -> String {
        let headers = [("content-type", content_type)];
        let answer = self.raw(Method::POST, "/_matrix/media/v3/upload", &headers, bytes.into()).await;
        text(&answer.expect_ok(), "content_uri")
    }
}

/// `/_matrix/client/v3/rooms/{room_id}/{rest}`.
#[must_use]
pub fn room_path(room_id: &str, rest: &str) -> String {
    format!("/_matrix/client/v3/rooms/{}/{rest}", segment(room_id))
}

/// A transaction id that this process has not used before.
#[must_use]
pub fn new_transaction_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{}.{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn text(body: &Value, key: &str) -> String {
    match body[key].as_str() {
        Some(text) => text.to_owned(),
        None => fail(&format!("expected a text `{key}` in {body}")),
    }
}
