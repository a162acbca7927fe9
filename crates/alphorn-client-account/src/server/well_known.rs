//! `GET /.well-known/matrix/client`. Specification: Client-Server API, "Well-known URI".

use alphorn_http::{App, RawAnswer, Result, Site, model::Refusal};
use axum::extract::State;
use serde_json::{Value, json};

/// What tells clients where the server is; nothing where the configuration does not say.
pub(crate) fn client_config(site: &Site) -> Option<Value> {
    let nodes = site.nodes.as_ref().map(|nodes| nodes.borrow().clone()).unwrap_or_default();
    let url = site.public_base_url.as_ref().or_else(|| nodes.first())?;
    let mut config = json!({ "m.homeserver": { "base_url": url } });
    if !nodes.is_empty() {
        // An extension: a client that knows it goes elsewhere when the address above does not answer.
        config["io.alphorn.nodes"] = nodes.into();
    }
    Some(config)
}

/// Where clients reach the server.
pub(super) async fn get(State(app): State<App>) -> Result {
    let config = client_config(app.site())
        .ok_or_else(|| Refusal::not_found("the server's configuration names no public address"))?;
    RawAnswer::of(&config)
}
