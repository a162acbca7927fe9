//! Thumbnails: which sizes are made, and how a request is matched to one of them.
//!
//! Specification: client-server API, "Thumbnails". Requested sizes are rounded up to a short list, so that a file
//! has few thumbnails, and none is smaller than was asked for or larger than the original.

mod render;
mod workers;

pub(crate) use render::{Rendered, render};
pub(crate) use workers::{Cancel, Workers};

use crate::{StorageError, image_header::HeaderError};

/// Sizes that are made by scaling: the specification's, and one for screens with two pixels per point.
const SCALED: &[(u32, u32)] = &[(320, 240), (640, 480), (800, 600), (1600, 1200)];

/// Longer sides of thumbnails that are made by cropping: the specification's 32 and 96 for avatars, and the widths
/// of `SCALED` for clients that want to fill a larger area.
const CROPPED: &[u32] = &[32, 96, 320, 640, 800, 1600];

/// No thumbnail gets longer than this, even where a very long image would have to be for its short side to reach
/// the size that was asked for.
const SIDE_MAX: u32 = 4096;

/// How an image is made to fit the requested size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// The whole image, in its own aspect ratio.
    Scale,
    /// The middle of the image, in the requested aspect ratio.
    Crop,
}

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThumbnailRequest {
    width: u32,
    height: u32,
    method: Method,
    animated: bool,
}

/// Why there is no thumbnail.
#[derive(Debug, thiserror::Error)]
pub enum ThumbnailError {
    /// Width or height is 0.
    #[error("width and height of a thumbnail must be at least 1")]
    EmptySize,
    /// The content is no image, or a broken one.
    #[error("content is not an image that thumbnails can be made of")]
    NotAnImage,
    /// The image has too many bytes or pixels, or would take too much memory.
    #[error("image is too large for a thumbnail")]
    TooLarge,
    /// Too many requests wait already.
    #[error("too many thumbnails are being made")]
    Busy,
    /// It took too long.
    #[error("making the thumbnail took too long")]
    TimedOut,
    /// The original cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<HeaderError> for ThumbnailError {
    fn from(_: HeaderError) -> Self {
        Self::NotAnImage
    }
}

impl ThumbnailRequest {
    /// Checks the requested size.
    pub fn new(width: u32, height: u32, method: Method, animated: bool) -> Result<Self, ThumbnailError> {
        if width == 0 || height == 0 {
            return Err(ThumbnailError::EmptySize);
        }
        Ok(Self { width, height, method, animated })
    }

    /// Whether an animation is welcome.
    pub(crate) fn animated(self) -> bool {
        self.animated
    }

    /// The thumbnail that answers this request.
    pub(crate) fn variant(self) -> Variant {
        match self.method {
            Method::Scale => SCALED
                .iter()
                .find(|(width, height)| self.width <= *width && self.height <= *height)
                .map_or(Variant::Full, |(width, height)| Variant::Scaled { width: *width, height: *height }),
            Method::Crop => {
                let longer = self.width.max(self.height);
                CROPPED.iter().find(|side| longer <= **side).map_or(Variant::Full, |side| Variant::Cropped {
                    width: enlarge(self.width, *side, longer),
                    height: enlarge(self.height, *side, longer),
                })
            }
        }
    }
}

/// `length * numerator / denominator`, rounded up.
fn enlarge(length: u32, numerator: u32, denominator: u32) -> u32 {
    let scaled =
        u64::from(length).saturating_mul(u64::from(numerator)).div_ceil(u64::from(denominator.max(1)));
    u32::try_from(scaled).unwrap_or(u32::MAX)
}

/// One of the thumbnails that a file can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Variant {
    Scaled {
        width: u32,
        height: u32,
    },
    Cropped {
        width: u32,
        height: u32,
    },
    /// More was asked for than any thumbnail has: the image in its own size.
    Full,
}

impl Variant {
    /// Name of the variant in the storage.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Scaled { width, height } => format!("{width}x{height}-scale"),
            Self::Cropped { width, height } => format!("{width}x{height}-crop"),
            Self::Full => "full".to_owned(),
        }
    }

    /// What to do with an upright image of this size.
    pub(crate) fn plan(self, width: u32, height: u32) -> Plan {
        match self {
            Self::Full => Plan::Unchanged,
            Self::Scaled { width: want_width, height: want_height } => {
                match shrink_to_cover((width, height), (want_width, want_height)) {
                    Some(scaled) => Plan::Scale(limit_sides(scaled)),
                    None => Plan::Unchanged,
                }
            }
            Self::Cropped { width: want_width, height: want_height } => {
                if width <= want_width && height <= want_height {
                    return Plan::Unchanged;
                }
                let cut = largest_with_aspect((width, height), (want_width, want_height));
                let size =
                    if cut.0 > want_width && cut.1 > want_height { (want_width, want_height) } else { cut };
                Plan::Crop { cut, size }
            }
        }
    }
}

/// How a thumbnail comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The original is small enough.
    Unchanged,
    /// The whole image in this size.
    Scale((u32, u32)),
    /// The middle of the image, `cut` wide and high, in this size.
    Crop { cut: (u32, u32), size: (u32, u32) },
}

/// The smallest size with the image's aspect ratio that is nowhere smaller than wanted; `None` if that would not be
/// smaller than the image.
fn shrink_to_cover(image: (u32, u32), want: (u32, u32)) -> Option<(u32, u32)> {
    if want.0 >= image.0 || want.1 >= image.1 {
        return None;
    }
    let wide = u64::from(image.0).saturating_mul(u64::from(want.1))
        >= u64::from(image.1).saturating_mul(u64::from(want.0));
    Some(if wide {
        (enlarge(image.0, want.1, image.1), want.1)
    } else {
        (want.0, enlarge(image.1, want.0, image.0))
    })
}

fn limit_sides((width, height): (u32, u32)) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= SIDE_MAX {
        return (width, height);
    }
    (enlarge(width, SIDE_MAX, longer), enlarge(height, SIDE_MAX, longer))
}

/// The largest rectangle with the wanted aspect ratio that fits into the image.
fn largest_with_aspect(image: (u32, u32), want: (u32, u32)) -> (u32, u32) {
    let wide = u64::from(image.0).saturating_mul(u64::from(want.1))
        >= u64::from(image.1).saturating_mul(u64::from(want.0));
    if wide {
        (enlarge(want.0, image.1, want.1).clamp(1, image.0), image.1)
    } else {
        (image.0, enlarge(want.1, image.0, want.0).clamp(1, image.1))
    }
}

#[cfg(test)]
mod tests;
