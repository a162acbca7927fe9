//! `GET /_matrix/client/v3/room_keys/keys`, `…/keys/{roomId}`, `…/keys/{roomId}/{sessionId}`: keys out of a backup.
//! Specification: Client-Server API, "Server-side key backups".
//!
//! A backup can have very many keys: they go out page by page as the client takes them, and are never all in memory.

use alphorn_http::{App, Client, Path, Query, RawAnswer, Result, model::Refusal, store::BackupSession};
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures_util::{Stream, StreamExt as _, stream};
use http::{HeaderValue, header};

use super::Version;

/// Keys read at once.
const PAGE: usize = 500;

pub(crate) async fn all(
    State(app): State<App>,
    client: Client,
    Query(query): Query<Version>,
) -> Result<Response> {
    answer(app, client, &query, None).await
}

pub(crate) async fn room(
    State(app): State<App>,
    client: Client,
    Path(room): Path<String>,
    Query(query): Query<Version>,
) -> Result<Response> {
    answer(app, client, &query, Some(room)).await
}

pub(crate) async fn session(
    State(app): State<App>,
    client: Client,
    Path((room, session)): Path<(String, String)>,
    Query(query): Query<Version>,
) -> Result {
    let (version, user) = (super::number(&query.version)?, client.user.to_string());
    let found = app
        .engine()
        .read(move |reader| {
            super::existing(reader, &user, version)?;
            Ok(reader.backup_session(&user, version, &room, &session)?)
        })
        .await?;
    let data = found.ok_or_else(|| Refusal::not_found("there is no such key in the backup"))?;
    Ok(RawAnswer::new(data.get().to_owned()))
}

/// Where reading goes on.
struct Pages {
    app: App,
    user: String,
    version: u64,
    room: Option<String>,
    /// The last key that was read.
    last: (String, String),
}

impl Pages {
    async fn read(&mut self) -> std::result::Result<Vec<BackupSession>, Refusal> {
        let (user, version, room, last) =
            (self.user.clone(), self.version, self.room.clone(), self.last.clone());
        let page = self
            .app
            .engine()
            .read(move |reader| {
                super::existing(reader, &user, version)?;
                let after = (last.0.as_str(), last.1.as_str());
                Ok(reader.backup_sessions_after(&user, version, room.as_deref(), after, PAGE)?)
            })
            .await?;
        if let Some(key) = page.last() {
            self.last = (key.room.clone(), key.session.clone());
        }
        Ok(page)
    }
}

async fn answer(app: App, client: Client, query: &Version, room: Option<String>) -> Result<Response> {
    let version = super::number(&query.version)?;
    let mut text = Text::new(room.is_none());
    let mut pages = Pages { app, user: client.user.to_string(), version, room, last: Default::default() };
    // The first page is read before anything is answered: what is wrong can still be said.
    let first = pages.read().await?;
    let begin = text.begin();
    let rest = further(pages, text, first);
    let body = Body::from_stream(stream::once(async { Ok(begin) }).chain(rest));
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(([kind], body).into_response())
}

/// The pages as text. When the store fails in the middle, the answer breaks off and the client sees that.
fn further(
    pages: Pages,
    text: Text,
    first: Vec<BackupSession>,
) -> impl Stream<Item = std::result::Result<String, Refusal>> {
    let state = (pages, text, Some(first));
    stream::try_unfold(state, |(mut pages, mut text, page)| async move {
        let Some(page) = page else { return Ok(None) };
        let mut written = text.page(&page)?;
        let next = if page.len() < PAGE {
            written.push_str(text.end());
            None
        } else {
            Some(pages.read().await?)
        };
        Ok(Some((written, (pages, text, next))))
    })
}

/// Writes `{"rooms": {room: {"sessions": {session: data}}}}`, or without the rooms.
struct Text {
    by_room: bool,
    room: Option<String>,
    first: bool,
}

impl Text {
    const fn new(by_room: bool) -> Self {
        Self { by_room, room: None, first: true }
    }

    fn begin(&mut self) -> String {
        if self.by_room { r#"{"rooms":{"# } else { r#"{"sessions":{"# }.to_owned()
    }

    fn page(&mut self, keys: &[BackupSession]) -> std::result::Result<String, Refusal> {
        let quoted = |text: &str| serde_json::to_string(text).map_err(|_| Refusal::internal());
        let mut out = String::new();
        for key in keys {
            if self.by_room && self.room.as_ref() != Some(&key.room) {
                if self.room.is_some() {
                    out.push_str("}},");
                }
                out.push_str(&quoted(&key.room)?);
                out.push_str(r#":{"sessions":{"#);
                self.room = Some(key.room.clone());
                self.first = true;
            }
            if !self.first {
                out.push(',');
            }
            self.first = false;
            out.push_str(&quoted(&key.session)?);
            out.push(':');
            out.push_str(key.data.get());
        }
        Ok(out)
    }

    const fn end(&self) -> &'static str {
        if self.room.is_some() { "}}}}" } else { "}}" }
    }
}

#[cfg(test)]
mod tests;
