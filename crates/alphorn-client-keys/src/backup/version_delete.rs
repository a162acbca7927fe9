//! `DELETE /_matrix/client/v3/room_keys/version/{version}`: deletes a backup with all its keys.
//! Specification: Client-Server API, "Server-side key backups".

use alphorn_http::{
    App, Client, Path, Result, empty,
    model::{Aggregate, Fact, fact::KeysFact},
};
use axum::extract::State;

pub(crate) async fn delete(State(app): State<App>, client: Client, Path(version): Path<String>) -> Result {
    let version = super::number(&version)?;
    let user = client.user.to_string();
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            super::existing(reader, &user, version)?;
            Ok((vec![Fact::Keys(KeysFact::BackupDeleted { version })], ()))
        })
        .await?;
    empty()
}
