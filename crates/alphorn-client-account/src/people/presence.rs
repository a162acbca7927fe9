//! `GET` and `PUT /_matrix/client/v3/presence/{userId}/status`. Specification: "Presence".

use alphorn_http::{
    App, Client, JsonBody, Path, RawAnswer, Result, empty,
    engine::PresenceState,
    model::{OwnedUserId, Refusal},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

/// Longest status message in letters.
const MESSAGE_LETTERS_MAX: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Body {
    presence: String,
    status_msg: Option<String>,
}

/// Whether somebody is there, for those who share a room with them.
pub(super) async fn get(State(app): State<App>, client: Client, Path(user): Path<OwnedUserId>) -> Result {
    if client.user != user {
        let (asking, asked) = (client.user.to_string(), user.to_string());
        let shared = app.engine().read(move |reader| Ok(reader.share_room(&asking, &asked)?)).await?;
        if !shared {
            return Err(Refusal::forbidden("you share no room with this user").into());
        }
    }
    let presence = app.engine().ephemera().presence(user.as_str()).filter(|_| app.site().presence);
    let Some(presence) = presence else {
        return RawAnswer::of(&json!({ "presence": PresenceState::Offline.as_str() }));
    };
    let mut answer = json!({
        "presence": presence.state.as_str(),
        "currently_active": presence.state == PresenceState::Online,
    });
    if presence.last_active_ms > 0 {
        answer["last_active_ago"] = app.engine().now_ms().saturating_sub(presence.last_active_ms).into();
    }
    if let Some(message) = presence.status_msg {
        answer["status_msg"] = message.into();
    }
    RawAnswer::of(&answer)
}

/// Tells others whether one is there.
pub(super) async fn put(
    State(app): State<App>,
    client: Client,
    Path(user): Path<String>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    client.is(&user)?;
    let state = PresenceState::parse(&body.presence)
        .ok_or_else(|| Refusal::bad_json("'presence' is `online`, `unavailable` or `offline`"))?;
    if body.status_msg.as_ref().is_some_and(|message| message.chars().count() > MESSAGE_LETTERS_MAX) {
        let words = format!("'status_msg' has at most {MESSAGE_LETTERS_MAX} letters");
        return Err(Refusal::invalid_param(words).into());
    }
    if app.site().presence {
        let engine = app.engine();
        if engine.ephemera().set_presence(&user, state, body.status_msg, engine.now_ms()) {
            engine.wake_rooms_of(user).await;
        }
    }
    empty()
}
