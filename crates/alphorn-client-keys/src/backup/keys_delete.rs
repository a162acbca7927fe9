//! `DELETE /_matrix/client/v3/room_keys/keys`, `…/keys/{roomId}`, `…/keys/{roomId}/{sessionId}`: keys are taken out
//! of a backup. Specification: Client-Server API, "Server-side key backups".

use alphorn_http::{
    App, Client, Path, Query, Result,
    model::{Aggregate, Fact, fact::KeysFact},
};
use axum::extract::State;

use super::Version;

pub(crate) async fn all(State(app): State<App>, client: Client, Query(query): Query<Version>) -> Result {
    delete(&app, client, &query, None, None).await
}

pub(crate) async fn room(
    State(app): State<App>,
    client: Client,
    Path(room): Path<String>,
    Query(query): Query<Version>,
) -> Result {
    delete(&app, client, &query, Some(room), None).await
}

pub(crate) async fn session(
    State(app): State<App>,
    client: Client,
    Path((room, session)): Path<(String, String)>,
    Query(query): Query<Version>,
) -> Result {
    delete(&app, client, &query, Some(room), Some(session)).await
}

async fn delete(
    app: &App,
    client: Client,
    query: &Version,
    room: Option<String>,
    session: Option<String>,
) -> Result {
    let version = super::number(&query.version)?;
    let user = client.user.to_string();
    let name = user.clone();
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            super::existing(reader, &name, version)?;
            let after = (room.as_deref().unwrap_or_default(), "");
            let nothing = match (&room, &session) {
                (Some(room), Some(session)) => {
                    reader.backup_session(&name, version, room, session)?.is_none()
                }
                _ => reader.backup_sessions_after(&name, version, room.as_deref(), after, 1)?.is_empty(),
            };
            if nothing {
                return Ok((Vec::new(), ()));
            }
            let fact = KeysFact::BackupKeysDeleted { version, room: room.clone(), session: session.clone() };
            Ok((vec![Fact::Keys(fact)], ()))
        })
        .await?;
    super::state_of(app, user, version).await
}
