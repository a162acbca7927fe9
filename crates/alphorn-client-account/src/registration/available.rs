//! `GET /_matrix/client/v3/register/available`. Specification: Client-Server API, "Account registration".

use alphorn_http::{App, Query, RawAnswer, Result, names as name};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(super) struct Params {
    username: String,
}

/// Whether a name can be had.
pub(super) async fn get(State(app): State<App>, Query(params): Query<Params>) -> Result {
    let user = name::user_id(&app, &params.username)?;
    name::check_free(&app, &user).await?;
    RawAnswer::of(&json!({ "available": true }))
}
