//! Phones follow their rooms through sliding sync (MSC4186) as Element X speaks it.

mod extensions;
mod lists;
mod rooms;
mod tokens;

use std::time::Duration;

use alphorn_tests::{Response, User, segment};
use serde_json::{Value, json};

/// The endpoint.
const PATH: &str = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync";

/// One connection of a phone, which repeats its request with the `pos` of the last answer.
struct Phone<'a> {
    user: &'a User,
    pos: Option<String>,
    body: Value,
}

impl<'a> Phone<'a> {
    /// A connection that asks for this.
    fn new(user: &'a User, body: Value) -> Self {
        Self { user, pos: None, body }
    }

    /// One with a list of all rooms, the first 20 of them, with the newest event of each.
    fn with_list(user: &'a User) -> Self {
        Self::new(user, json!({ "conn_id": "room-list", "lists": { "all": list(19, 1) } }))
    }

    /// One that follows keys and messages to the device.
    fn with_keys(user: &'a User) -> Self {
        let extensions = json!({ "to_device": { "enabled": true }, "e2ee": { "enabled": true } });
        Self::new(user, json!({ "conn_id": "encryption", "extensions": extensions }))
    }

    /// Sends the request, waiting at most so long for news; does not move on.
    async fn ask(&self, timeout: Duration) -> Response {
        let pos = self.pos.as_deref().map(|pos| format!("&pos={}", segment(pos))).unwrap_or_default();
        let path = format!("{PATH}?timeout={}{pos}", timeout.as_millis());
        self.user.post(&path, self.body.clone()).await
    }

    /// The next answer, at once.
    async fn next(&mut self) -> Value {
        self.wait(Duration::ZERO).await
    }

    /// The next answer, after waiting at most so long for news.
    async fn wait(&mut self, timeout: Duration) -> Value {
        let answer = self.ask(timeout).await.expect_ok();
        self.pos = answer["pos"].as_str().map(str::to_owned);
        assert!(self.pos.is_some(), "an answer without a pos: {answer}");
        answer
    }
}

/// A list of the rooms up to this place, with so long timelines and the state that Element X asks for.
fn list(last: u64, timeline_limit: u64) -> Value {
    json!({
        "ranges": [[0, last]], "timeline_limit": timeline_limit, "filters": {},
        "required_state": [
            ["m.room.name", ""], ["m.room.encryption", ""], ["m.room.topic", ""], ["m.room.create", ""],
            ["m.room.member", "$LAZY"], ["m.room.member", "$ME"], ["m.space.child", "*"],
        ],
    })
}

/// The ids of the rooms in an answer.
fn room_ids(answer: &Value) -> Vec<&str> {
    assert!(answer["rooms"].is_object(), "an answer without rooms: {answer}");
    answer["rooms"].as_object().into_iter().flatten().map(|(id, _)| id.as_str()).collect()
}

/// Type and state key of each event of a room's required state, in order.
fn state_of(room: &Value) -> Vec<String> {
    let events = room["required_state"].as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let mut state: Vec<_> = events
        .iter()
        .map(|event| format!("{} {}", word(&event["type"]), word(&event["state_key"])))
        .collect();
    state.sort();
    state
}

/// The ids of a room's timeline, oldest first.
fn timeline_of(room: &Value) -> Vec<String> {
    let events = room["timeline"].as_array().cloned().unwrap_or_default();
    events.iter().map(|event| event["event_id"].as_str().unwrap_or("?").to_owned()).collect()
}
