//! `/room_keys/…`: message keys that a user's devices encrypted for the user and keep here.
//! Specification: Client-Server API, "Server-side key backups".

mod keys_delete;
mod keys_get;
mod keys_put;
mod session;
mod version_create;
mod version_delete;
mod version_get;
mod version_update;

use alphorn_http::{
    App, RawAnswer, Result,
    engine::ReadError,
    model::{ErrorCode, Refusal, ids::ID_BYTES_MAX},
    store::{Backup, Reader},
};
use axum::{
    Router,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn routes() -> Router<App> {
    let under = |base: &str| {
        Router::new()
            .route(
                &format!("{base}/room_keys/version"),
                post(version_create::create).get(version_get::latest),
            )
            .route(
                &format!("{base}/room_keys/version/{{version}}"),
                get(version_get::one).put(version_update::update).delete(version_delete::delete),
            )
            .route(
                &format!("{base}/room_keys/keys"),
                get(keys_get::all).put(keys_put::all).delete(keys_delete::all),
            )
            .route(
                &format!("{base}/room_keys/keys/{{room}}"),
                get(keys_get::room).put(keys_put::room).delete(keys_delete::room),
            )
            .route(
                &format!("{base}/room_keys/keys/{{room}}/{{session}}"),
                get(keys_get::session).put(keys_put::session).delete(keys_delete::session),
            )
    };
    // Clients older than v1.1 of the specification have backups under the unstable prefix.
    under("/_matrix/client/v3").merge(under("/_matrix/client/r0")).merge(under("/_matrix/client/unstable"))
}

/// The query of everything about keys: which backup.
#[derive(Deserialize)]
pub(crate) struct Version {
    version: String,
}

/// The number of a version; what is no number was never given out.
fn number(version: &str) -> std::result::Result<u64, Refusal> {
    version.parse().map_err(|_| unknown_version())
}

fn unknown_version() -> Refusal {
    Refusal::not_found("there is no such backup")
}

/// A backup that must be there.
fn existing(reader: &Reader<'_>, user: &str, version: u64) -> std::result::Result<Backup, ReadError> {
    reader.backup(user, Some(version))?.ok_or_else(|| unknown_version().into())
}

/// A backup that must be the newest: keys go into no other, so that all devices use the same one.
fn current(reader: &Reader<'_>, user: &str, version: u64) -> std::result::Result<Backup, ReadError> {
    let newest = reader.backup(user, None)?.ok_or_else(unknown_version)?;
    if newest.version == version {
        return Ok(newest);
    }
    Err(Refusal::new(ErrorCode::WrongRoomKeysVersion, "this is not the newest backup")
        .with("current_version", newest.version.to_string())
        .into())
}

/// Names out of paths and bodies are stored as they are.
fn check_name(name: &str, what: &str) -> std::result::Result<(), Refusal> {
    if name.is_empty() || name.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("a {what} id has 1 to {ID_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// What every change of keys answers: how many there are, and a mark that changes with them.
async fn state_of(app: &App, user: String, version: u64) -> Result {
    let backup = app.engine().read(move |reader| existing(reader, &user, version)).await?;
    RawAnswer::of(&json!({ "count": backup.count, "etag": backup.etag.to_string() }))
}
