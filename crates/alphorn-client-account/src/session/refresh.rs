//! `POST /_matrix/client/v3/refresh`. Specification: Client-Server API, "Refreshing access tokens".

use alphorn_http::{App, JsonBody, PeerAddr, RawAnswer, Result, Subject};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Body {
    refresh_token: String,
}

/// Exchanges a refresh token for a new pair of tokens.
pub(super) async fn post(State(app): State<App>, peer: PeerAddr, JsonBody(body): JsonBody<Body>) -> Result {
    let session = match app.engine().refresh_session(&body.refresh_token).await {
        Ok(session) => session,
        Err(refusal) => {
            // Only failures count: clients behind one address refresh often, and guesses fail.
            app.limits().check("login", Subject::address(peer.ip()))?;
            return Err(refusal.into());
        }
    };
    let mut answer = json!({ "access_token": session.access_token });
    if let Some(refresh_token) = session.refresh_token {
        answer["refresh_token"] = refresh_token.into();
    }
    if let Some(expires_in_ms) = session.expires_in_ms {
        answer["expires_in_ms"] = expires_in_ms.into();
    }
    RawAnswer::of(&answer)
}
