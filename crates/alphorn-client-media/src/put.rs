//! Taking the bytes of an upload: bounded, streamed, durable before anything is said about them.

use std::sync::Arc;

use alphorn_http::{
    App, Client,
    model::{ErrorCode, Refusal, fact::MediaFact},
};
use alphorn_media::{BlobKey, MediaRepository, PutError, StorageError, content_type, file_name};
use axum::body::Body;
use http::{HeaderMap, header};
use serde::Deserialize;

/// The query of an upload.
#[derive(Deserialize)]
pub(crate) struct Named {
    filename: Option<String>,
}

/// Largest upload in bytes.
pub(crate) fn size_bytes_max(app: &App, media: &MediaRepository) -> u64 {
    app.upload_bytes_max().min(media.config().upload_size_bytes_max)
}

/// Random bytes for names.
pub(crate) fn random<const N: usize>(app: &App) -> [u8; N] {
    let mut bytes = [0; N];
    app.engine().entropy().fill(&mut bytes);
    bytes
}

/// Refuses what can be refused before a byte is read.
///
/// # Errors
/// `M_GUEST_ACCESS_FORBIDDEN`, `M_USER_SUSPENDED`, `M_LIMIT_EXCEEDED`, `M_TOO_LARGE`.
pub(crate) fn admit(
    app: &App,
    media: &MediaRepository,
    client: &Client,
    headers: &HeaderMap,
) -> alphorn_http::Result<()> {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("upload", alphorn_http::Subject::User(client.user.to_string()))?;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let bytes_max = size_bytes_max(app, media);
    if announced.is_some_and(|length: u64| length > bytes_max) {
        return Err(too_large(bytes_max).into());
    }
    Ok(())
}

/// Stores a body under a key of its own. What is answered is durable, but nobody can find it until the fact that is
/// answered with it stands on the log.
///
/// # Errors
/// `M_TOO_LARGE`, that there is no room, that the client broke off, or that the storage failed.
pub(crate) async fn put(
    app: &App,
    media: &MediaRepository,
    client: &Client,
    (headers, query): (&HeaderMap, Named),
    body: Body,
) -> Result<Put, Refusal> {
    let key = BlobKey::from_random(random(app));
    let bytes_max = size_bytes_max(app, media);
    let stored = media.storage().put(&key, body.into_data_stream(), bytes_max).await.map_err(refuse)?;
    let claimed = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let fact = MediaFact::Uploaded {
        user: client.user.clone(),
        content_type: content_type::accept(claimed),
        file_name: query.filename.as_deref().and_then(file_name::accept),
        size_bytes: stored.size_bytes,
        sha256: stored.sha256.to_hex(),
        object: key.to_string(),
    };
    Ok(Put { key, fact })
}

/// Stored bytes, and the fact that makes them somebody's.
pub(crate) struct Put {
    pub(crate) key: BlobKey,
    pub(crate) fact: MediaFact,
}

/// Removes bytes whose fact was refused. Where it is not known whether the fact stands they stay: the sweep finds
/// out later.
pub(crate) async fn discard(media: &Arc<MediaRepository>, key: &BlobKey, why: &Refusal) {
    if matches!(why.code, ErrorCode::WritesUnavailable) {
        return;
    }
    if let Err(error) = media.delete(key).await {
        tracing::warn!(%error, "bytes of a refused upload stay until they are swept away");
    }
}

fn too_large(bytes_max: u64) -> Refusal {
    Refusal::new(ErrorCode::TooLarge, format!("an upload has at most {bytes_max} bytes"))
}

fn refuse(error: PutError<axum::Error>) -> Refusal {
    match error {
        PutError::TooLarge { size_bytes_max } => too_large(size_bytes_max),
        PutError::Body(_) => {
            Refusal::new(ErrorCode::Unknown, "the upload ended before it was whole").with_status(400)
        }
        PutError::Storage(StorageError::StorageFull) => {
            Refusal::writes_unavailable("there is no room left for media")
        }
        PutError::Storage(error) => {
            tracing::error!(%error, cause = ?std::error::Error::source(&error), "storing an upload failed");
            Refusal::internal()
        }
    }
}
