//! Limits of the media repository.

use std::time::Duration;

/// What an operator may set about media. Every value is a bound on something that a stranger can use up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaConfig {
    /// Largest upload in bytes; clients learn it from `GET /_matrix/client/v1/media/config`.
    pub upload_size_bytes_max: u64,
    /// Largest file in bytes of which a thumbnail is made.
    pub thumbnail_source_bytes_max: u64,
    /// Most pixels that a source image may have.
    pub thumbnail_source_pixels_max: u64,
    /// Longest side in pixels that a source image may have.
    pub thumbnail_source_side_max: u32,
    /// Memory in bytes that decoding one image may take.
    pub thumbnail_decode_bytes_max: u64,
    /// How many thumbnails are made at the same time.
    pub thumbnail_workers: usize,
    /// How many requests may wait for a worker; more are refused.
    pub thumbnail_queue_max: usize,
    /// Longest time in milliseconds from a request's arrival until its thumbnail is made.
    pub thumbnail_time_ms_max: u64,
    /// Space in bytes that stored thumbnails may take; the oldest give way. They can always be made again.
    pub thumbnail_cache_bytes_max: u64,
    /// Largest animated image in bytes that is handed out unchanged when a client asks for an animated thumbnail.
    pub animated_bytes_max: u64,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            upload_size_bytes_max: 100 * 1024 * 1024,
            thumbnail_source_bytes_max: 40 * 1024 * 1024,
            thumbnail_source_pixels_max: 64_000_000,
            thumbnail_source_side_max: 32_767,
            thumbnail_decode_bytes_max: 224 * 1024 * 1024,
            thumbnail_workers: 2,
            thumbnail_queue_max: 64,
            thumbnail_time_ms_max: 15_000,
            thumbnail_cache_bytes_max: 2 * 1024 * 1024 * 1024,
            animated_bytes_max: 2 * 1024 * 1024,
        }
    }
}

impl MediaConfig {
    /// `thumbnail_time_ms_max` as a duration.
    #[must_use]
    pub fn thumbnail_time_max(&self) -> Duration {
        Duration::from_millis(self.thumbnail_time_ms_max)
    }
}
