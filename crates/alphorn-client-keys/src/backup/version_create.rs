//! `POST /_matrix/client/v3/room_keys/version`: begins a backup.
//! Specification: Client-Server API, "Server-side key backups".

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Result,
    model::{Aggregate, Fact, RawJson, Refusal, fact::KeysFact, ids::ID_BYTES_MAX},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

/// Longest `auth_data` in bytes.
pub(super) const AUTH_DATA_BYTES_MAX: usize = 64 * 1024;

#[derive(Deserialize)]
pub(crate) struct Body {
    algorithm: String,
    auth_data: RawJson,
}

pub(crate) async fn create(State(app): State<App>, client: Client, JsonBody(body): JsonBody<Body>) -> Result {
    client.no_guest()?;
    if body.algorithm.is_empty() || body.algorithm.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param("this is no name of an algorithm").into());
    }
    if body.auth_data.get().len() > AUTH_DATA_BYTES_MAX {
        return Err(
            Refusal::invalid_param(format!("auth_data is longer than {AUTH_DATA_BYTES_MAX} bytes")).into()
        );
    }
    let user = client.user.to_string();
    let version = app
        .engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            let version = reader.last_backup_version(&user)? + 1;
            let fact = KeysFact::BackupCreated {
                version,
                algorithm: body.algorithm.clone(),
                auth_data: body.auth_data.clone(),
            };
            Ok((vec![Fact::Keys(fact)], version))
        })
        .await?;
    RawAnswer::of(&json!({ "version": version.to_string() }))
}
