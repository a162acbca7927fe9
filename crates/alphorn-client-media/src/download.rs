//! `GET /_matrix/client/v1/media/download/{serverName}/{mediaId}[/{fileName}]`: content by its address.
//! Specification: Client-Server API, "Content repository".

use std::sync::Arc;

use alphorn_http::{App, Client, Path, Query, Result};
use alphorn_media::{MediaRepository, file_name};
use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde::Deserialize;

use crate::{
    Repository,
    answer::{self, Content},
    find,
};

/// The query of a download.
#[derive(Deserialize)]
pub(crate) struct Patience {
    pub(crate) timeout_ms: Option<u64>,
}

pub(crate) async fn download(
    State(app): State<App>,
    media: Repository,
    _: Client,
    Path((server, id)): Path<(String, String)>,
    Query(patience): Query<Patience>,
    asked: HeaderMap,
) -> Result<Response> {
    serve(&app, &media, (&server, &id, None), &patience, &asked).await
}

pub(crate) async fn download_named(
    State(app): State<App>,
    media: Repository,
    _: Client,
    Path((server, id, name)): Path<(String, String, String)>,
    Query(patience): Query<Patience>,
    asked: HeaderMap,
) -> Result<Response> {
    serve(&app, &media, (&server, &id, Some(&name)), &patience, &asked).await
}

/// Serves content. A name in the address takes the place of the uploader's.
pub(crate) async fn serve(
    app: &App,
    media: &Arc<MediaRepository>,
    (server, id, name): (&str, &str, Option<&str>),
    patience: &Patience,
    asked: &HeaderMap,
) -> Result<Response> {
    let id = find::own(app, server, id)?;
    let found = find::content(app, &id, patience.timeout_ms).await?;
    let content = Content {
        key: found.key,
        size_bytes: found.size_bytes,
        content_type: found.content_type,
        file_name: name.and_then(file_name::accept).or(found.file_name),
        tag: found.sha256,
    };
    answer::serve(media, asked, content).await
}
