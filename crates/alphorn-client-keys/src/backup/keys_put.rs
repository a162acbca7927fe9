//! `PUT /_matrix/client/v3/room_keys/keys`, `…/keys/{roomId}`, `…/keys/{roomId}/{sessionId}`: keys go into the
//! newest backup, each only if it is better than the one that is there.
//! Specification: Client-Server API, "Server-side key backups".

use std::collections::BTreeMap;

use alphorn_http::{
    App, Client, JsonBody, Path, Query, Result,
    engine::ReadError,
    model::{Aggregate, Fact, RawJson, Refusal, fact::KeysFact},
    store::Reader,
};
use axum::extract::State;
use serde::Deserialize;

use super::{Version, check_name, session};

/// Keys that one backup may have.
const SESSIONS_MAX: u64 = 1_000_000;

#[derive(Deserialize)]
pub(crate) struct Rooms {
    rooms: BTreeMap<String, Sessions>,
}

#[derive(Deserialize)]
pub(crate) struct Sessions {
    sessions: BTreeMap<String, RawJson>,
}

pub(crate) async fn all(
    State(app): State<App>,
    client: Client,
    Query(query): Query<Version>,
    JsonBody(body): JsonBody<Rooms>,
) -> Result {
    store(&app, client, &query, body.rooms).await
}

pub(crate) async fn room(
    State(app): State<App>,
    client: Client,
    Path(room): Path<String>,
    Query(query): Query<Version>,
    JsonBody(body): JsonBody<Sessions>,
) -> Result {
    store(&app, client, &query, BTreeMap::from([(room, body)])).await
}

pub(crate) async fn session(
    State(app): State<App>,
    client: Client,
    Path((room, session)): Path<(String, String)>,
    Query(query): Query<Version>,
    JsonBody(body): JsonBody<RawJson>,
) -> Result {
    let sessions = Sessions { sessions: BTreeMap::from([(session, body)]) };
    store(&app, client, &query, BTreeMap::from([(room, sessions)])).await
}

async fn store(app: &App, client: Client, query: &Version, rooms: BTreeMap<String, Sessions>) -> Result {
    let version = super::number(&query.version)?;
    let mut sessions = Vec::new();
    for (room, in_room) in rooms {
        check_name(&room, "room")?;
        for (session, data) in in_room.sessions {
            check_name(&session, "session")?;
            session::check(&data)?;
            sessions.push((room.clone(), session, data));
        }
    }
    let user = client.user.to_string();
    let name = user.clone();
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            Ok((decide(reader, &name, version, &sessions)?, ()))
        })
        .await?;
    super::state_of(app, user, version).await
}

fn decide(
    reader: &Reader<'_>,
    user: &str,
    version: u64,
    sessions: &[(String, String, RawJson)],
) -> std::result::Result<Vec<Fact>, ReadError> {
    let backup = super::current(reader, user, version)?;
    let mut better = Vec::new();
    for (room, session, data) in sessions {
        let old = reader.backup_session(user, version, room, session)?;
        if old.is_none_or(|old| session::is_better(data, &old)) {
            better.push((room.clone(), session.clone(), data.clone()));
        }
    }
    if better.is_empty() {
        return Ok(Vec::new());
    }
    if backup.count.saturating_add(better.len() as u64) > SESSIONS_MAX {
        return Err(Refusal::invalid_param(format!("a backup holds at most {SESSIONS_MAX} keys")).into());
    }
    Ok(vec![Fact::Keys(KeysFact::BackupKeysStored { version, sessions: better })])
}
