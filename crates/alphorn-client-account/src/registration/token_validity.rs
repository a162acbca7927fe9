//! `GET /_matrix/client/v1/register/m.login.registration_token/validity`.
//! Specification: Client-Server API, "Token-authenticated registration".

use alphorn_http::{App, PeerAddr, Query, RawAnswer, Registration, Result, Subject, model::Refusal};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Params {
    token: String,
}

/// Whether a registration token can be used. Limited, so that nobody guesses tokens.
pub(super) async fn get(State(app): State<App>, peer: PeerAddr, Query(params): Query<Params>) -> Result {
    if app.registration() != Registration::Token {
        return Err(Refusal::forbidden("the server does not offer registration with a token").into());
    }
    app.limits().check("registration", Subject::address(peer.ip()))?;
    let valid = app.registration_token_valid(&params.token).await?;
    RawAnswer::of(&json!({ "valid": valid }))
}
