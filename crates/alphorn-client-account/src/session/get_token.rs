//! `POST /_matrix/client/v1/login/get_token`. Specification: Client-Server API, "Token-based login".

use alphorn_http::{
    App, OptionalJsonBody, PeerAddr, RawAnswer, Regular, Result, engine::token_hash, model::secret,
};
use axum::extract::State;
use serde_json::{Map, Value, json};

use crate::memory::Memory;

/// Gives a token with which another device of the same user can sign in once, soon.
pub(super) async fn post(
    State(app): State<App>,
    memory: Memory,
    Regular(client): Regular,
    peer: PeerAddr,
    OptionalJsonBody(body): OptionalJsonBody<Map<String, Value>>,
) -> Result {
    let proven = app.prove_user(&client, "POST /login/get_token", &body, peer).await?;
    let token = format!("all_{}", secret::alphanumeric(app.engine().entropy(), 40));
    let tokens = memory.login_tokens();
    tokens.put(token_hash(&token), client.user.clone(), app.engine().now_ms());
    app.proof_used(&proven);
    RawAnswer::of(&json!({ "login_token": token, "expires_in_ms": tokens.life_ms() }))
}
