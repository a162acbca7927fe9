//! `GET /_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}`: an image made smaller.
//! Specification: Client-Server API, "Thumbnails".

use std::sync::Arc;

use alphorn_http::{
    App, Client, Path, Query, Result,
    model::{ErrorCode, Refusal},
};
use alphorn_media::{ImageFormat, MediaRepository, Method, Thumbnail, ThumbnailError, ThumbnailRequest};
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;

use crate::{
    Repository,
    answer::{self, Content},
    find::{self, Found},
};

/// When to try again while all workers are busy.
const BUSY_RETRY_MS: u64 = 2_000;

/// The query of a thumbnail.
#[derive(Deserialize)]
pub(crate) struct Size {
    width: u32,
    height: u32,
    method: Option<String>,
    animated: Option<bool>,
    timeout_ms: Option<u64>,
}

impl Size {
    fn request(&self) -> std::result::Result<ThumbnailRequest, Refusal> {
        let method = match self.method.as_deref() {
            None | Some("scale") => Method::Scale,
            Some("crop") => Method::Crop,
            Some(other) => {
                return Err(Refusal::invalid_param(format!("the method {other:?} is not known")));
            }
        };
        ThumbnailRequest::new(self.width, self.height, method, self.animated.unwrap_or(false)).map_err(refuse)
    }
}

pub(crate) async fn thumbnail(
    State(app): State<App>,
    media: Repository,
    _: Client,
    Path((server, id)): Path<(String, String)>,
    Query(size): Query<Size>,
    asked: HeaderMap,
) -> Result<Response> {
    serve(&app, &media, (&server, &id), &size, &asked).await
}

/// Serves a thumbnail, or the original where that serves best.
pub(crate) async fn serve(
    app: &App,
    media: &Arc<MediaRepository>,
    (server, id): (&str, &str),
    size: &Size,
    asked: &HeaderMap,
) -> Result<Response> {
    let request = size.request()?;
    let id = find::own(app, server, id)?;
    let found = find::content(app, &id, size.timeout_ms).await?;
    match media.thumbnail(&found.key, request).await.map_err(refuse)? {
        Thumbnail::Original(format) => original(media, asked, found, format).await,
        Thumbnail::Image { format, bytes } => {
            // One address always gives the same of a file's thumbnails; their number of bytes tells apart what
            // different versions of this program make of it.
            let tag = format!("{}-{}", found.sha256, bytes.len());
            let mut headers = answer::headers(format.content_type(), Some("thumbnail"), &tag)?;
            if answer::is_held(asked, &tag) {
                return Ok(answer::not_modified(headers));
            }
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            Ok((headers, bytes).into_response())
        }
    }
}

/// The original, as the type that its bytes have whatever its uploader claimed.
async fn original(
    media: &Arc<MediaRepository>,
    asked: &HeaderMap,
    found: Found,
    format: ImageFormat,
) -> Result<Response> {
    let content = Content {
        key: found.key,
        size_bytes: found.size_bytes,
        content_type: format.content_type().to_owned(),
        file_name: found.file_name,
        tag: found.sha256,
    };
    answer::serve(media, asked, content).await
}

fn refuse(error: ThumbnailError) -> Refusal {
    let words = error.to_string();
    match error {
        ThumbnailError::EmptySize => Refusal::invalid_param(words),
        ThumbnailError::NotAnImage => Refusal::new(ErrorCode::Unknown, words).with_status(400),
        ThumbnailError::TooLarge => Refusal::new(ErrorCode::TooLarge, words),
        ThumbnailError::Busy => {
            Refusal::new(ErrorCode::LimitExceeded, words).with("retry_after_ms", BUSY_RETRY_MS)
        }
        ThumbnailError::TimedOut => Refusal::new(ErrorCode::Unknown, words).with_status(504),
        ThumbnailError::Storage(error) => answer::refuse(error),
    }
}
