//! What the first bytes of an image say, read before any decoder sees them.
//!
//! Nothing is decoded or allocated here, every step moves forward through the given bytes, and whatever they hold
//! the answer is a header or an error. So limits on dimensions and memory can be enforced before an image may cost
//! anything, whatever content type its uploader claimed.

mod bytes;
mod gif;
mod jpeg;
mod png;
mod webp;

/// An image format that thumbnails are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// PNG, and APNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
}

impl ImageFormat {
    /// The content type of the format.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// The usual ending of file names.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }
}

/// What the header of an image tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The format by its magic bytes.
    pub format: ImageFormat,
    /// Width in pixels as stored, before any EXIF orientation; never 0.
    pub width: u32,
    /// Height in pixels as stored, before any EXIF orientation; never 0.
    pub height: u32,
    /// Whether there is more than one frame.
    pub animated: bool,
    /// Memory that a decoder takes per pixel, working space included.
    decode_bytes_per_pixel: u32,
}

impl Header {
    /// Number of pixels.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }

    /// Memory in bytes that decoding takes, generously estimated.
    #[must_use]
    pub fn decode_bytes(&self) -> u64 {
        self.pixels().saturating_mul(u64::from(self.decode_bytes_per_pixel))
    }
}

/// The bytes are not the beginning of an image that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// No known magic bytes.
    #[error("not an image of a known format")]
    UnknownFormat,
    /// The bytes end before the header does.
    #[error("image ends within its header")]
    Truncated,
    /// The header contradicts its format.
    #[error("image header is malformed")]
    Malformed,
    /// A side of length 0.
    #[error("image has no pixels")]
    Empty,
}

/// The format that the magic bytes tell, whatever anyone claims. SVG is none: it is a program, not a picture.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<ImageFormat> {
    if bytes.starts_with(png::MAGIC) {
        Some(ImageFormat::Png)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(ImageFormat::Jpeg)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(ImageFormat::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(ImageFormat::WebP)
    } else {
        None
    }
}

/// Reads the header of an image. Given only the beginning of a file, `animated` may come out false where the rest
/// would tell otherwise.
pub fn inspect_header(bytes: &[u8]) -> Result<Header, HeaderError> {
    let header = match sniff(bytes).ok_or(HeaderError::UnknownFormat)? {
        ImageFormat::Png => png::inspect(bytes),
        ImageFormat::Jpeg => jpeg::inspect(bytes),
        ImageFormat::Gif => gif::inspect(bytes),
        ImageFormat::WebP => webp::inspect(bytes),
    }?;
    if header.width == 0 || header.height == 0 { Err(HeaderError::Empty) } else { Ok(header) }
}

#[cfg(test)]
mod tests;
