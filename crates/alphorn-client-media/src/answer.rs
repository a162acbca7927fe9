//! Content on its way out: headers that keep a browser from running it, ranges, and no second transfer of what a
//! client has already. Specification: Client-Server API, "Serving inline content"; RFC 9110, sections 13 and 14.

use std::sync::Arc;

use alphorn_http::{
    ApiError, Result,
    model::{ErrorCode, Refusal},
};
use alphorn_media::{
    BlobKey, MediaRepository, StorageError, content_type::CONTENT_SECURITY_POLICY,
    file_name::content_disposition,
};
use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::range::{self, Wanted};

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Stored content with what has to be said about it.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) key: BlobKey,
    pub(crate) size_bytes: u64,
    pub(crate) content_type: String,
    pub(crate) file_name: Option<String>,
    /// Names the bytes: the same name, the same bytes.
    pub(crate) tag: String,
}

/// Headers of all content, whole or in part. The bytes behind an address never change, so clients may keep them;
/// what a proxy between keeps it may not give to others, who have to ask for themselves.
pub(crate) fn headers(
    content_type: &str,
    file_name: Option<&str>,
    tag: &str,
) -> std::result::Result<HeaderMap, Refusal> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Refusal::internal());
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, value(content_type)?);
    headers.insert(header::CONTENT_DISPOSITION, value(&content_disposition(content_type, file_name))?);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
    headers.insert(header::ETAG, value(&etag(tag))?);
    Ok(headers)
}

fn etag(tag: &str) -> String {
    format!("\"{tag}\"")
}

/// Whether the client has these bytes already.
pub(crate) fn is_held(asked: &HeaderMap, tag: &str) -> bool {
    let etag = etag(tag);
    let held = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    held.flat_map(|list| list.split(',')).any(|held| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == etag
    })
}

/// `304 Not Modified`.
pub(crate) fn not_modified(headers: HeaderMap) -> Response {
    let mut headers = headers;
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_DISPOSITION);
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

/// Serves stored content, or the part of it that was asked for.
///
/// # Errors
/// That the bytes are not there or cannot be read.
pub(crate) async fn serve(
    media: &Arc<MediaRepository>,
    asked: &HeaderMap,
    content: Content,
) -> Result<Response> {
    let mut headers = headers(&content.content_type, content.file_name.as_deref(), &content.tag)?;
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if is_held(asked, &content.tag) {
        return Ok(not_modified(headers));
    }
    let size = content.size_bytes;
    let (status, part) = match wanted(asked, &content) {
        Wanted::Whole => (StatusCode::OK, None),
        Wanted::Part(part) => {
            let covered = format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1));
            let covered = HeaderValue::from_str(&covered).map_err(|_| Refusal::internal())?;
            headers.insert(header::CONTENT_RANGE, covered);
            (StatusCode::PARTIAL_CONTENT, Some(part))
        }
        Wanted::Nothing => return Ok(out_of_range(size)),
    };
    let length = part.as_ref().map_or(size, |part| part.end.saturating_sub(part.start));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let read = media.read(&content.key, part).await.map_err(refuse)?;
    if read.size_bytes != size {
        tracing::error!(blob = %content.key, expected = size, found = read.size_bytes, "stored media has another size");
        return Err(Refusal::internal().into());
    }
    Ok((status, headers, Body::from_stream(read.stream)).into_response())
}

/// `If-Range` makes a range count only as long as the bytes are the ones the client has a part of.
fn wanted(asked: &HeaderMap, content: &Content) -> Wanted {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|held| held.trim() != etag(&content.tag)) {
        return Wanted::Whole;
    }
    range::wanted(text(header::RANGE), content.size_bytes)
}

fn out_of_range(size: u64) -> Response {
    let refusal = Refusal::invalid_param("the range lies outside the content").with_status(416);
    let mut response = ApiError(refusal).into_response();
    if let Ok(covered) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, covered);
    }
    response
}

/// What a client is told when bytes cannot be read.
pub(crate) fn refuse(error: StorageError) -> Refusal {
    match error {
        // The fact stands but its bytes are gone: an operator has to hear of it, the client cannot help it.
        StorageError::NotFound => {
            tracing::error!("the bytes of a piece of media are not in the storage");
            Refusal::not_found("the bytes of this media are lost")
        }
        error => {
            tracing::error!(%error, cause = ?std::error::Error::source(&error), "reading media failed");
            Refusal::new(ErrorCode::Unknown, "the media storage does not answer").with_status(502)
        }
    }
}

#[cfg(test)]
mod tests;
