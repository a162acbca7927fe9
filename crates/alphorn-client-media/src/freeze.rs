//! `GET /_matrix/media/v3/download/…` and `…/thumbnail/…`: media without authentication, as it was before v1.11.
//! All of this server's media is newer than the freeze that the specification asks for, so that these addresses
//! know none of it unless the operator opens them for clients of old.
//! Specification: Client-Server API, "Content repository", on the freeze of unauthenticated media.

use alphorn_http::{App, Path, Query, Result};
use axum::{extract::State, response::Response};
use http::HeaderMap;

use crate::{
    Repository,
    download::{self, Patience},
    find,
    thumbnail::{self, Size},
};

pub(crate) async fn download(
    State(app): State<App>,
    media: Repository,
    Path((server, id)): Path<(String, String)>,
    Query(patience): Query<Patience>,
    asked: HeaderMap,
) -> Result<Response> {
    check_open(&app)?;
    download::serve(&app, &media, (&server, &id, None), &patience, &asked).await
}

pub(crate) async fn download_named(
    State(app): State<App>,
    media: Repository,
    Path((server, id, name)): Path<(String, String, String)>,
    Query(patience): Query<Patience>,
    asked: HeaderMap,
) -> Result<Response> {
    check_open(&app)?;
    download::serve(&app, &media, (&server, &id, Some(&name)), &patience, &asked).await
}

pub(crate) async fn thumbnail(
    State(app): State<App>,
    media: Repository,
    Path((server, id)): Path<(String, String)>,
    Query(size): Query<Size>,
    asked: HeaderMap,
) -> Result<Response> {
    check_open(&app)?;
    thumbnail::serve(&app, &media, (&server, &id), &size, &asked).await
}

fn check_open(app: &App) -> Result<()> {
    if app.site().unauthenticated_media { Ok(()) } else { Err(find::missing().into()) }
}
