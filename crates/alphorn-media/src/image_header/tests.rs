//! Headers of real, truncated, lying and random images.

use image::{ExtendedColorType, Frame, RgbaImage};
use proptest::prelude::*;

use super::*;

fn encoded(format: image::ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn gif(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for _ in 0..frames {
        encoder.encode_frame(Frame::new(RgbaImage::new(7, 5))).unwrap();
    }
    drop(encoder);
    bytes
}

const FORMATS: [(image::ImageFormat, ImageFormat); 4] = [
    (image::ImageFormat::Png, ImageFormat::Png),
    (image::ImageFormat::Jpeg, ImageFormat::Jpeg),
    (image::ImageFormat::Gif, ImageFormat::Gif),
    (image::ImageFormat::WebP, ImageFormat::WebP),
];

#[test]
fn real_images_tell_their_format_and_size() {
    for (encoder, format) in FORMATS {
        let header = inspect_header(&encoded(encoder, 300, 17)).unwrap();
        assert_eq!((header.format, header.width, header.height, header.animated), (format, 300, 17, false));
    }
}

#[test]
fn more_than_one_frame_is_an_animation() {
    assert!(!inspect_header(&gif(1)).unwrap().animated);
    assert!(inspect_header(&gif(2)).unwrap().animated);
    let mut png = encoded(image::ImageFormat::Png, 1, 1);
    let control = [&8_u32.to_be_bytes()[..], b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0], &[0; 4]].concat();
    png.splice(33..33, control);
    assert!(inspect_header(&png).unwrap().animated);
    let webp = [b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0", &[0b10, 0, 0, 0, 99, 0, 0, 9, 0, 0][..]].concat();
    let header = inspect_header(&webp).unwrap();
    assert_eq!((header.width, header.height, header.animated), (100, 10, true));
}

#[test]
fn other_things_are_not_images_whatever_they_are_called() {
    for bytes in [
        &b""[..],
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        b"<?xml version=\"1.0\"?><svg/>",
        b"<html>",
        b"%PDF-1.7",
        b"BM\0\0",
        b"RIFF\0\0\0\0WAVE",
    ] {
        assert_eq!(inspect_header(bytes), Err(HeaderError::UnknownFormat));
    }
}

#[test]
fn a_side_of_zero_is_refused() {
    let mut png = encoded(image::ImageFormat::Png, 4, 4);
    png[16..20].fill(0);
    assert_eq!(inspect_header(&png), Err(HeaderError::Empty));
}

#[test]
fn a_lying_size_is_told_without_any_memory() {
    let mut png = encoded(image::ImageFormat::Png, 4, 4);
    png[16..24].fill(0xff);
    let header = inspect_header(&png).unwrap();
    assert_eq!((header.width, header.height), (u32::MAX, u32::MAX));
    assert_eq!(header.decode_bytes(), u64::MAX);
}

#[test]
fn deep_and_progressive_images_are_known_to_take_more_memory() {
    let mut deep = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut deep);
    image::ImageEncoder::write_image(encoder, &[0; 8], 1, 1, ExtendedColorType::Rgba16).unwrap();
    assert_eq!(inspect_header(&deep).unwrap().decode_bytes(), 8);
    let mut progressive = encoded(image::ImageFormat::Jpeg, 10, 10);
    let baseline = inspect_header(&progressive).unwrap().decode_bytes();
    let marker = progressive.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    progressive[marker + 1] = 0xc2;
    assert_eq!(inspect_header(&progressive).unwrap().decode_bytes(), baseline * 3);
}

#[test]
fn every_truncation_is_an_error_or_the_same_size() {
    for (encoder, _) in FORMATS {
        let whole = encoded(encoder, 33, 44);
        for length in 0..whole.len() {
            if let Ok(header) = inspect_header(&whole[..length]) {
                assert_eq!((header.width, header.height), (33, 44));
            }
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_behind_a_magic_number_never_panic(
        magic in prop::sample::select(vec![
            &b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X",
            b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f", b"",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        if let Ok(header) = inspect_header(&[magic, &rest].concat()) {
            prop_assert!(header.width > 0 && header.height > 0);
        }
    }

    #[test]
    fn damaged_images_never_panic(
        which in 0..4_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = encoded(FORMATS[which].0, 9, 9);
        for (index, byte) in damage {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        let _ = inspect_header(&bytes);
    }
}
