//! GIF (CompuServe "Graphics Interchange Format", version 89a).

use super::{Header, HeaderError, ImageFormat, bytes::Cursor};

pub(super) fn inspect(bytes: &[u8]) -> Result<Header, HeaderError> {
    let mut cursor = Cursor::new(bytes);
    cursor.skip(6)?;
    let (width, height) = (u32::from(cursor.u16_le()?), u32::from(cursor.u16_le()?));
    let flags = cursor.u8()?;
    // Background colour and aspect ratio.
    cursor.skip(2)?;
    let animated = cursor.skip(palette_bytes(flags)).is_ok() && has_second_frame(cursor).unwrap_or(false);
    // Colours and the palette indices that they come from.
    Ok(Header { format: ImageFormat::Gif, width, height, animated, decode_bytes_per_pixel: 5 })
}

fn palette_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Walks over the blocks until a second image begins.
fn has_second_frame(mut cursor: Cursor<'_>) -> Result<bool, HeaderError> {
    let mut frames = 0_u32;
    loop {
        match cursor.u8()? {
            0x2c => {
                frames += 1;
                if frames == 2 {
                    return Ok(true);
                }
                let [.., flags] = cursor.array::<9>()?;
                cursor.skip(palette_bytes(flags))?;
                // Minimum code size.
                cursor.skip(1)?;
            }
            // An extension and its label.
            0x21 => cursor.skip(1)?,
            _ => return Ok(false),
        }
        skip_sub_blocks(&mut cursor)?;
    }
}

fn skip_sub_blocks(cursor: &mut Cursor<'_>) -> Result<(), HeaderError> {
    loop {
        match cursor.u8()? {
            0 => return Ok(()),
            length => cursor.skip(usize::from(length))?,
        }
    }
}
