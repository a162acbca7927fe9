//! Facts of media: who made which content, and where its bytes are.

use serde::{Deserialize, Serialize};

use crate::{OwnedUserId, TimestampMs};

/// What happens to a piece of media (aggregate: its media id).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaFact {
    /// An id was reserved, to be uploaded to later.
    Reserved {
        /// Who may upload.
        user: OwnedUserId,
        /// Until when.
        expires_at: TimestampMs,
    },
    /// The bytes are stored.
    Uploaded {
        /// Who uploaded.
        user: OwnedUserId,
        /// The content type the client gave.
        content_type: String,
        /// The file name the client gave.
        file_name: Option<String>,
        /// Size in bytes.
        size_bytes: u64,
        /// SHA-256 of the bytes in hexadecimal digits.
        sha256: String,
        /// The key of the bytes in the object store.
        object: String,
    },
    /// An administrator keeps it back from everybody, or gives it free again.
    QuarantineChanged {
        /// Kept back now?
        quarantined: bool,
    },
    /// An administrator removed it.
    Removed {},
}
