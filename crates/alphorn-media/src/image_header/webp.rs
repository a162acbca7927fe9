//! WebP (RFC 9649).

use super::{Header, HeaderError, ImageFormat, bytes::Cursor};

/// Set in the extended header of an animated image.
const ANIMATION: u8 = 0b10;
/// Colours with alpha, and as much again for the planes and transforms that they are made of.
const DECODE_BYTES_PER_PIXEL: u32 = 8;

pub(super) fn inspect(bytes: &[u8]) -> Result<Header, HeaderError> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip(12)?;
    let kind = cursor.array::<4>()?;
    // Length of the chunk.
    cursor.skip(4)?;
    let (width, height, animated) = match &kind {
        b"VP8 " => lossy(&mut cursor)?,
        b"VP8L" => lossless(&mut cursor)?,
        b"VP8X" => extended(&mut cursor)?,
        _ => return Err(HeaderError::Malformed),
    };
    Ok(Header {
        format: ImageFormat::WebP,
        width,
        height,
        animated,
        decode_bytes_per_pixel: DECODE_BYTES_PER_PIXEL,
    })
}

fn lossy(cursor: &mut Cursor<'_>) -> Result<(u32, u32, bool), HeaderError> {
    // Frame tag.
    cursor.skip(3)?;
    if cursor.array()? != [0x9d, 0x01, 0x2a] {
        return Err(HeaderError::Malformed);
    }
    // The upper two bits are a hint to scale.
    let side = |value: u16| u32::from(value & 0x3fff);
    Ok((side(cursor.u16_le()?), side(cursor.u16_le()?), false))
}

fn lossless(cursor: &mut Cursor<'_>) -> Result<(u32, u32, bool), HeaderError> {
    if cursor.u8()? != 0x2f {
        return Err(HeaderError::Malformed);
    }
    let bits = cursor.u32_le()?;
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, false))
}

fn extended(cursor: &mut Cursor<'_>) -> Result<(u32, u32, bool), HeaderError> {
    let flags = cursor.u8()?;
    // Reserved.
    cursor.skip(3)?;
    Ok((cursor.u24_le()? + 1, cursor.u24_le()? + 1, flags & ANIMATION != 0))
}
