//! `GET /_matrix/client/v3/keys/changes`: whose keys changed between two sync tokens.
//! Specification: Client-Server API, "Tracking the device list for a user".

use alphorn_http::{
    App, Client, Query, RawAnswer, Result,
    model::{Refusal, SyncToken},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub(crate) struct Parameters {
    from: String,
    to: String,
}

pub(crate) async fn changes(
    State(app): State<App>,
    client: Client,
    Query(parameters): Query<Parameters>,
) -> Result {
    let from = app.engine().translate(token(&parameters.from, "from")?).seq;
    token(&parameters.to, "to")?;
    let viewer = client.user.to_string();
    // Of each user the last change is known: who changed before `to` and again after it would be missed if it
    // counted. Whoever is named without need is asked for once more than necessary.
    let lists =
        app.engine().read(move |reader| Ok(reader.device_lists(&viewer, from, reader.applied()?)?)).await?;
    RawAnswer::of(&json!({ "changed": lists.changed, "left": lists.left }))
}

fn token(token: &str, name: &str) -> std::result::Result<SyncToken, Refusal> {
    SyncToken::parse(token)
        .ok_or_else(|| Refusal::invalid_param(format!("`{name}` is not a token of a sync")))
}
