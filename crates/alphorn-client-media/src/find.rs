//! Finding media by its address, and waiting for content that is still to come.
//! Specification: Client-Server API, "Content repository", on `timeout_ms`.

use std::time::Duration;

use alphorn_http::{
    App,
    engine::Key,
    model::{ErrorCode, Refusal},
    store::Medium,
};
use alphorn_media::{BlobKey, MediaId};

/// How long a request waits for content unless it says otherwise.
const WAIT_MS: u64 = 20_000;
/// How long it waits at most.
const WAIT_MS_MAX: u64 = 60_000;

/// Content that is there.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) key: BlobKey,
    pub(crate) content_type: String,
    pub(crate) file_name: Option<String>,
    pub(crate) size_bytes: u64,
    pub(crate) sha256: String,
}

/// The id in an address of this server. Addresses elsewhere lead nowhere as long as this server is not connected
/// to others.
///
/// # Errors
/// `M_NOT_FOUND`.
pub(crate) fn own(app: &App, server: &str, id: &str) -> Result<MediaId, Refusal> {
    if server != app.engine().server_name().as_str() {
        return Err(Refusal::not_found("media of other servers is not served here"));
    }
    MediaId::parse(id).map_err(|_| missing())
}

/// The answer for what is not there.
pub(crate) fn missing() -> Refusal {
    Refusal::not_found("there is no such media")
}

/// Finds content; waits for it if its address is reserved.
///
/// # Errors
/// `M_NOT_FOUND`; `M_NOT_YET_UPLOADED` when it did not come in time.
pub(crate) async fn content(app: &App, id: &MediaId, timeout_ms: Option<u64>) -> Result<Found, Refusal> {
    let wait = Duration::from_millis(timeout_ms.unwrap_or(WAIT_MS).min(WAIT_MS_MAX));
    // Looked at once without a place on the waiting list: nearly all content is there.
    if let Some(found) = look(app, id).await? {
        return Ok(found);
    }
    let waiting = app.engine().wake().wait_for(vec![Key::media(id.as_str())]);
    let found = async {
        loop {
            if let Some(found) = look(app, id).await? {
                return Ok(Some(found));
            }
            waiting.news().await;
        }
    };
    let found = tokio::select! {
        found = found => found?,
        () = tokio::time::sleep(wait) => None,
        () = app.shutdown().stopping() => None,
    };
    found.ok_or_else(|| Refusal::new(ErrorCode::NotYetUploaded, "this media is still to be uploaded"))
}

/// The content; nothing: it is still to come.
async fn look(app: &App, id: &MediaId) -> Result<Option<Found>, Refusal> {
    let name = id.to_string();
    let medium = app.engine().read(move |reader| Ok(reader.medium(&name)?)).await?.ok_or_else(missing)?;
    if medium.quarantined {
        return Err(missing());
    }
    let Medium { object: Some(object), content_type, file_name, size_bytes, sha256, .. } = medium else {
        let expired = medium.expires_at.is_some_and(|end| end <= app.engine().now_ms());
        return if expired { Err(missing()) } else { Ok(None) };
    };
    let Ok(key) = BlobKey::parse(&object) else {
        tracing::error!(media = %id, "the store names bytes that cannot be");
        return Err(Refusal::internal());
    };
    Ok(Some(Found {
        key,
        content_type: content_type.unwrap_or_default(),
        file_name,
        size_bytes: size_bytes.unwrap_or_default(),
        sha256: sha256.unwrap_or_default(),
    }))
}
