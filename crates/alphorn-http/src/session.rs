//! What a client is told of a session that was begun. Specification: Client-Server API, "Login".

use alphorn_engine::{Session, model::OwnedUserId};
use serde_json::{Value, json};

/// The answer to whoever signed in, however it was done.
#[must_use]
pub fn session_answer(user: &OwnedUserId, session: &Session) -> Value {
    let mut answer = json!({
        "user_id": user,
        "home_server": user.server_name(),
        "device_id": session.device,
        "access_token": session.access_token,
    });
    if let Some(refresh_token) = &session.refresh_token {
        answer["refresh_token"] = refresh_token.as_str().into();
    }
    if let Some(expires_in_ms) = session.expires_in_ms {
        answer["expires_in_ms"] = expires_in_ms.into();
    }
    answer
}
