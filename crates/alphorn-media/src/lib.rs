//! Media: where the bytes of uploads lie, how thumbnails are made of them, and under which headers they may be
//! served. The crate knows neither HTTP nor the store nor the engine: who may read what, and the metadata, are
//! decided above.
//!
//! Specification: client-server API, "Content repository".

mod blob_key;
pub mod config;
pub mod content_type;
pub mod file_name;
pub mod image_header;
mod media_id;
mod repository;
pub mod storage;
pub mod thumbnail;

pub use blob_key::{BlobKey, InvalidBlobKey};
pub use config::MediaConfig;
pub use image_header::{Header, HeaderError, ImageFormat, inspect_header};
pub use media_id::{InvalidMediaId, MediaId};
pub use repository::{MediaRepository, Thumbnail};
pub use storage::{BlobRead, ContentHash, PutError, StorageError, Stored, StoredBlob};
pub use thumbnail::{Method, ThumbnailError, ThumbnailRequest};
