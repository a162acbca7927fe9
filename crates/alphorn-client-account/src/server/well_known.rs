//! `GET /.well-known/matrix/client`. Specification: Client-Server API, "Well-known URI".

use alphorn_http::{App, RawAnswer, Result, Site, model::Refusal};
use axum::extract::State;
use serde_json::{Value, json};

/// What tells clients where the server is; nothing where the configuration does not say.
pub(crate) fn client_config(site: &Site) -> Option<Value> {
    site.public_base_url.as_ref().map(|url| json!({ "m.homeserver": { "base_url": url } }))
}

/// Where clients reach the server.
pub(super) async fn get(State(app): State<App>) -> Result {
    let config = client_config(app.site())
        .ok_or_else(|| Refusal::not_found("the server's configuration names no public address"))?;
    RawAnswer::of(&config)
}
