//! `POST /_matrix/client/v3/user/{userId}/openid/request_token` and, for the services that get such a
//! token, `GET /_matrix/federation/v1/openid/userinfo`. Specification: Client-Server API, "OpenID";
//! Server-Server API, "OpenID".

use alphorn_http::{
    App, OptionalJsonBody, Path, Query, RawAnswer, Regular, Result,
    engine::token_hash,
    model::{Aggregate, ErrorCode, Fact, Refusal, fact::AccountFact, secret},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How long a token lasts.
const LIFE_S: u64 = 3_600;

/// Good tokens of one user at most.
const TOKENS_MAX: u64 = 500;

/// Gives a token that proves to another service who the user is.
pub(super) async fn request(
    State(app): State<App>,
    Regular(client): Regular,
    Path(user): Path<String>,
    OptionalJsonBody(_): OptionalJsonBody<Map<String, Value>>,
) -> Result {
    client.is(&user)?;
    let engine = app.engine();
    let token = format!("alo_{}", secret::alphanumeric(engine.entropy(), 40));
    let now = engine.now_ms();
    let fact = Fact::Account(AccountFact::OpenIdIssued {
        token_hash: token_hash(&token),
        expires_at: now + LIFE_S * 1_000,
    });
    engine
        .decide(Aggregate::User(user.clone()), move |reader| {
            if reader.openid_count(&user, now, TOKENS_MAX)? >= TOKENS_MAX {
                let refusal = Refusal::new(ErrorCode::LimitExceeded, "too many OpenID tokens at once");
                return Err(refusal.with("retry_after_ms", 60_000).into());
            }
            Ok((vec![fact.clone()], ()))
        })
        .await?;
    RawAnswer::of(&json!({
        "access_token": token,
        "token_type": "Bearer",
        "matrix_server_name": engine.server_name(),
        "expires_in": LIFE_S,
    }))
}

#[derive(Deserialize)]
pub(super) struct Params {
    access_token: Option<String>,
}

/// Tells a service whom a token belongs to.
pub(super) async fn userinfo(State(app): State<App>, Query(params): Query<Params>) -> Result {
    let token = params
        .access_token
        .ok_or_else(|| Refusal::new(ErrorCode::MissingToken, "missing parameter `access_token`"))?;
    let (hash, now) = (token_hash(&token), app.engine().now_ms());
    let owner = app.engine().read(move |reader| Ok(reader.openid_owner(&hash)?)).await?;
    let (user, _) = owner
        .filter(|(_, end)| *end > now)
        .ok_or_else(|| Refusal::new(ErrorCode::UnknownToken, "the token is not known or has ended"))?;
    RawAnswer::of(&json!({ "sub": user }))
}
