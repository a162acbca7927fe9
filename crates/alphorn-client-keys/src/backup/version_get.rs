//! `GET /_matrix/client/v3/room_keys/version` and `…/version/{version}`: what a backup is encrypted for.
//! Specification: Client-Server API, "Server-side key backups".

use alphorn_http::{App, Client, Path, RawAnswer, Result, store::Backup};
use axum::extract::State;
use serde_json::json;

pub(crate) async fn latest(State(app): State<App>, client: Client) -> Result {
    answer(&app, client, None).await
}

pub(crate) async fn one(State(app): State<App>, client: Client, Path(version): Path<String>) -> Result {
    answer(&app, client, Some(super::number(&version)?)).await
}

async fn answer(app: &App, client: Client, version: Option<u64>) -> Result {
    let user = client.user.to_string();
    let found: Option<Backup> = app.engine().read(move |reader| Ok(reader.backup(&user, version)?)).await?;
    let backup = found.ok_or_else(super::unknown_version)?;
    RawAnswer::of(&json!({
        "algorithm": backup.algorithm,
        "auth_data": backup.auth_data,
        "count": backup.count,
        "etag": backup.etag.to_string(),
        "version": backup.version.to_string(),
    }))
}
