//! `PUT /_matrix/client/v3/room_keys/version/{version}`: replaces the public data of a backup.
//! Specification: Client-Server API, "Server-side key backups".

use alphorn_http::{
    App, Client, JsonBody, Path, Result, empty,
    model::{Aggregate, Fact, RawJson, Refusal, fact::KeysFact},
};
use axum::extract::State;
use serde::Deserialize;

use super::version_create::AUTH_DATA_BYTES_MAX;

#[derive(Deserialize)]
pub(crate) struct Body {
    algorithm: String,
    auth_data: RawJson,
    version: Option<String>,
}

pub(crate) async fn update(
    State(app): State<App>,
    client: Client,
    Path(path): Path<String>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    let version = super::number(&path)?;
    if body.version.is_some_and(|version| version != path) {
        return Err(Refusal::invalid_param("`version` is not the one in the path").into());
    }
    if body.auth_data.get().len() > AUTH_DATA_BYTES_MAX {
        return Err(
            Refusal::invalid_param(format!("auth_data is longer than {AUTH_DATA_BYTES_MAX} bytes")).into()
        );
    }
    let user = client.user.to_string();
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            if super::existing(reader, &user, version)?.algorithm != body.algorithm {
                return Err(Refusal::invalid_param("the algorithm of a backup cannot change").into());
            }
            let fact = KeysFact::BackupUpdated { version, auth_data: body.auth_data.clone() };
            Ok((vec![Fact::Keys(fact)], ()))
        })
        .await?;
    empty()
}
