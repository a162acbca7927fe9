//! Decoding, turning upright, shrinking and encoding: the part that takes time and memory.

use std::io::{self, BufRead, Cursor, Read, Seek, SeekFrom};

use image::{
    DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};

use super::{Cancel, Plan, ThumbnailError, Variant, enlarge, limit_sides};
use crate::{
    config::MediaConfig,
    image_header::{Header, ImageFormat, inspect_header},
};

/// Visually lossless for photographs at a tenth of the size of PNG.
const JPEG_QUALITY: u8 = 85;
/// Bytes that a decoder gets before it is asked whether anyone still waits.
const READ_BYTES_MAX: usize = 16 * 1024;

/// A thumbnail, or the insight that the original is one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rendered {
    Original(Header),
    Image(Vec<u8>),
}

/// Makes a thumbnail of the bytes of an image. Limits are checked on the header before anything is decoded.
pub(crate) fn render(
    source: &[u8],
    variant: Variant,
    config: &MediaConfig,
    cancel: &Cancel,
) -> Result<Rendered, ThumbnailError> {
    let header = inspect_header(source)?;
    check_limits(&header, config)?;
    let mut decoder = decoder(source, &header, config, cancel)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let (width, height) = upright(&header, orientation);
    let plan = variant.plan(width, height);
    if plan == Plan::Unchanged && !header.animated {
        return Ok(Rendered::Original(header));
    }
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error, cancel))?;
    cancel.check()?;
    let mut small = shrink(decoded, plan, turns_sideways(orientation));
    cancel.check()?;
    small.apply_orientation(orientation);
    encode(&small).map(Rendered::Image)
}

fn check_limits(header: &Header, config: &MediaConfig) -> Result<(), ThumbnailError> {
    let fits = header.width.max(header.height) <= config.thumbnail_source_side_max
        && header.pixels() <= config.thumbnail_source_pixels_max
        && header.decode_bytes() <= config.thumbnail_decode_bytes_max;
    if fits { Ok(()) } else { Err(ThumbnailError::TooLarge) }
}

fn decoder<'a>(
    source: &'a [u8],
    header: &Header,
    config: &MediaConfig,
    cancel: &'a Cancel,
) -> Result<impl image::ImageDecoder + 'a, ThumbnailError> {
    let format = match header.format {
        ImageFormat::Png => image::ImageFormat::Png,
        ImageFormat::Jpeg => image::ImageFormat::Jpeg,
        ImageFormat::Gif => image::ImageFormat::Gif,
        ImageFormat::WebP => image::ImageFormat::WebP,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(config.thumbnail_source_side_max);
    limits.max_image_height = Some(config.thumbnail_source_side_max);
    limits.max_alloc = Some(config.thumbnail_decode_bytes_max);
    let mut reader = ImageReader::with_format(Interruptible { source: Cursor::new(source), cancel }, format);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| refused(&error, cancel))?;
    // Two readers of one header that do not agree are a sign of a crafted file.
    if decoder.dimensions() != (header.width, header.height) {
        return Err(ThumbnailError::NotAnImage);
    }
    Ok(decoder)
}

fn turns_sideways(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

fn upright(header: &Header, orientation: Orientation) -> (u32, u32) {
    if turns_sideways(orientation) { (header.height, header.width) } else { (header.width, header.height) }
}

/// Shrinks first and turns afterwards: turning the original would copy all of it. The plan is for the upright
/// image, so its sides are exchanged where the stored image lies on its side.
fn shrink(image: DynamicImage, plan: Plan, sideways: bool) -> DynamicImage {
    let stored = |(width, height): (u32, u32)| if sideways { (height, width) } else { (width, height) };
    match plan {
        Plan::Unchanged => {
            let size = limit_sides((image.width(), image.height()));
            resize(image, size)
        }
        Plan::Scale(size) => resize(image, stored(size)),
        Plan::Crop { cut, size } => crop(image, stored(cut), stored(size)),
    }
}

/// Far too large images are first averaged down to twice the size, which is cheap, and then filtered.
fn resize(image: DynamicImage, size: (u32, u32)) -> DynamicImage {
    if (image.width(), image.height()) == size {
        return image;
    }
    let twice = (size.0.saturating_mul(2), size.1.saturating_mul(2));
    let image = if image.width() > twice.0 && image.height() > twice.1 {
        image.thumbnail_exact(twice.0, twice.1)
    } else {
        image
    };
    image.resize_exact(size.0, size.1, FilterType::CatmullRom)
}

/// Cuts the middle out and shrinks it. A cut that is far too large is not copied out of the image: the whole image
/// is averaged down first, and what is cut is twice the size.
fn crop(image: DynamicImage, cut: (u32, u32), size: (u32, u32)) -> DynamicImage {
    let twice = (size.0.saturating_mul(2), size.1.saturating_mul(2));
    let (image, cut) = if cut.0 > twice.0 && cut.1 > twice.1 {
        let width = enlarge(image.width(), twice.0, cut.0);
        let height = enlarge(image.height(), twice.1, cut.1);
        (image.thumbnail_exact(width, height), twice)
    } else {
        (image, cut)
    };
    let left = image.width().saturating_sub(cut.0) / 2;
    let top = image.height().saturating_sub(cut.1) / 2;
    resize(image.crop_imm(left, top, cut.0, cut.1), size)
}

/// PNG if anything shines through, else JPEG.
fn encode(image: &DynamicImage) -> Result<Vec<u8>, ThumbnailError> {
    let mut bytes = Vec::new();
    let rgba = image.color().has_alpha().then(|| image.to_rgba8());
    let result = match rgba {
        Some(rgba) if rgba.pixels().any(|pixel| pixel.0.last() != Some(&u8::MAX)) => {
            rgba.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        }
        _ => image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)),
    };
    match result {
        Ok(()) => Ok(bytes),
        Err(error) => {
            tracing::warn!(%error, "could not encode a thumbnail");
            Err(ThumbnailError::NotAnImage)
        }
    }
}

fn refused(error: &ImageError, cancel: &Cancel) -> ThumbnailError {
    match (cancel.check(), error) {
        (Err(cancelled), _) => cancelled,
        (Ok(()), ImageError::Limits(_)) => ThumbnailError::TooLarge,
        (Ok(()), _) => ThumbnailError::NotAnImage,
    }
}

/// Fails once nobody waits any more: the only way to stop a decoder.
struct Interruptible<'a> {
    source: Cursor<&'a [u8]>,
    cancel: &'a Cancel,
}

impl Interruptible<'_> {
    fn check(&self) -> io::Result<()> {
        self.cancel.check().map_err(|_| io::Error::other("cancelled"))
    }
}

impl Read for Interruptible<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let wanted = buffer.len().min(READ_BYTES_MAX);
        self.source.read(buffer.get_mut(..wanted).unwrap_or_default())
    }
}

impl BufRead for Interruptible<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        let rest = self.source.fill_buf()?;
        Ok(rest.get(..READ_BYTES_MAX).unwrap_or(rest))
    }

    fn consume(&mut self, amount: usize) {
        self.source.consume(amount);
    }
}

impl Seek for Interruptible<'_> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.source.seek(position)
    }
}

#[cfg(test)]
mod tests;
