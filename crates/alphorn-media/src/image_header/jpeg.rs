//! JPEG (ITU-T T.81 annex B).

use super::{Header, HeaderError, ImageFormat, bytes::Cursor};

pub(super) fn inspect(bytes: &[u8]) -> Result<Header, HeaderError> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip(2)?;
    loop {
        let marker = next_marker(&mut cursor)?;
        match marker {
            // Markers that stand alone.
            0x01 | 0xd0..=0xd7 => {}
            // Start of frame, of whatever coding process.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return frame(&mut cursor, marker),
            // Image data or the end come before any frame.
            0x00 | 0xd8 | 0xd9 | 0xda => return Err(HeaderError::Malformed),
            _ => {
                let length = usize::from(cursor.u16_be()?);
                cursor.skip(length.checked_sub(2).ok_or(HeaderError::Malformed)?)?;
            }
        }
    }
}

fn next_marker(cursor: &mut Cursor<'_>) -> Result<u8, HeaderError> {
    if cursor.u8()? != 0xff {
        return Err(HeaderError::Malformed);
    }
    loop {
        // Any number of 0xff may stand before the marker's code.
        let code = cursor.u8()?;
        if code != 0xff {
            return Ok(code);
        }
    }
}

fn frame(cursor: &mut Cursor<'_>, marker: u8) -> Result<Header, HeaderError> {
    // Length and sample precision.
    cursor.skip(3)?;
    let (height, width) = (u32::from(cursor.u16_be()?), u32::from(cursor.u16_be()?));
    let components = u32::from(cursor.u8()?);
    if !(1..=4).contains(&components) {
        return Err(HeaderError::Malformed);
    }
    // A progressive image's coefficients (two bytes each) are all kept until the last scan.
    let progressive = matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce);
    let decode_bytes_per_pixel = if progressive { components * 3 } else { components };
    Ok(Header { format: ImageFormat::Jpeg, width, height, animated: false, decode_bytes_per_pixel })
}
