//! PNG (W3C "Portable Network Graphics", third edition, which includes APNG).

use super::{Header, HeaderError, ImageFormat, bytes::Cursor};

pub(super) const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn inspect(bytes: &[u8]) -> Result<Header, HeaderError> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip(MAGIC.len())?;
    if cursor.u32_be()? != 13 || &cursor.array()? != b"IHDR" {
        return Err(HeaderError::Malformed);
    }
    let (width, height) = (cursor.u32_be()?, cursor.u32_be()?);
    let (depth, color_type) = (cursor.u8()?, cursor.u8()?);
    // Compression, filter and interlace method, check sum.
    cursor.skip(3 + 4)?;
    Ok(Header {
        format: ImageFormat::Png,
        width,
        height,
        animated: has_animation_control(cursor),
        decode_bytes_per_pixel: bytes_per_pixel(depth, color_type)?,
    })
}

/// Bytes per pixel after expansion of palettes and of the transparent colour that every type without an alpha
/// channel may name.
fn bytes_per_pixel(depth: u8, color_type: u8) -> Result<u32, HeaderError> {
    let channels = match color_type {
        0 | 4 => 2,
        2 | 3 | 6 => 4,
        _ => return Err(HeaderError::Malformed),
    };
    match depth {
        1 | 2 | 4 | 8 => Ok(channels),
        16 => Ok(channels * 2),
        _ => Err(HeaderError::Malformed),
    }
}

/// An APNG says so by a chunk before the image data.
fn has_animation_control(mut cursor: Cursor<'_>) -> bool {
    loop {
        let (Ok(length), Ok(kind)) = (cursor.u32_be(), cursor.array::<4>()) else { return false };
        match &kind {
            b"acTL" => return cursor.u32_be().is_ok_and(|frames| frames > 1),
            b"IDAT" | b"IEND" => return false,
            _ => {}
        }
        let Ok(length) = usize::try_from(length) else { return false };
        if cursor.skip(length.saturating_add(4)).is_err() {
            return false;
        }
    }
}
