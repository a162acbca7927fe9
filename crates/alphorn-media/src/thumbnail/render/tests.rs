//! Real, broken and hostile images.

use image::{ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

fn config() -> MediaConfig {
    MediaConfig::default()
}

fn run(source: &[u8], variant: Variant) -> Result<Rendered, ThumbnailError> {
    render(source, variant, &config(), &Cancel::default())
}

fn thumbnail(source: &[u8], variant: Variant) -> (ImageFormat, DynamicImage) {
    let Rendered::Image(bytes) = run(source, variant).unwrap() else { panic!("expected a thumbnail") };
    (inspect_header(&bytes).unwrap().format, image::load_from_memory(&bytes).unwrap())
}

fn bytes_of(image: impl Into<DynamicImage>, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

const CROP_96: Variant = Variant::Cropped { width: 96, height: 96 };
const SCALE_320: Variant = Variant::Scaled { width: 320, height: 240 };

#[test]
fn every_format_gives_a_thumbnail() {
    for format in
        [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::Gif, image::ImageFormat::WebP]
    {
        let source = bytes_of(RgbImage::from_pixel(900, 700, Rgb([200, 10, 10])), format);
        let (made, image) = thumbnail(&source, SCALE_320);
        assert_eq!((image.width(), image.height()), (320, 249), "{format:?}");
        assert_eq!(made, ImageFormat::Jpeg, "{format:?}");
        let Rgb([red, green, _]) = *image.to_rgb8().get_pixel(160, 120);
        assert!(red > 180 && green < 40, "{format:?} {red} {green}");
        let (_, image) = thumbnail(&source, CROP_96);
        assert_eq!((image.width(), image.height()), (96, 96), "{format:?}");
    }
}

#[test]
fn what_shines_through_stays_so() {
    let source = bytes_of(RgbaImage::from_pixel(900, 700, Rgba([0, 0, 255, 100])), image::ImageFormat::Png);
    let (format, image) = thumbnail(&source, SCALE_320);
    assert_eq!(format, ImageFormat::Png);
    assert!(image.to_rgba8().pixels().all(|pixel| pixel.0[3].abs_diff(100) <= 1));
    let opaque = bytes_of(RgbaImage::from_pixel(900, 700, Rgba([0, 0, 255, 255])), image::ImageFormat::Png);
    assert_eq!(thumbnail(&opaque, SCALE_320).0, ImageFormat::Jpeg);
}

#[test]
fn a_small_image_is_its_own_thumbnail() {
    let source = bytes_of(RgbImage::new(96, 80), image::ImageFormat::Png);
    assert!(matches!(run(&source, CROP_96), Ok(Rendered::Original(_))));
    assert!(matches!(run(&source, SCALE_320), Ok(Rendered::Original(_))));
    assert!(matches!(run(&source, Variant::Full), Ok(Rendered::Original(_))));
}

#[test]
fn cropping_keeps_the_middle() {
    let source = RgbImage::from_fn(3000, 1000, |x, _| {
        if (1000..2000).contains(&x) { Rgb([0, 255, 0]) } else { Rgb([255, 0, 0]) }
    });
    let (_, image) = thumbnail(&bytes_of(source, image::ImageFormat::Png), CROP_96);
    let image = image.to_rgb8();
    for position in [(3, 3), (48, 48), (92, 92)] {
        let Rgb([red, green, _]) = *image.get_pixel(position.0, position.1);
        assert!(red < 60 && green > 190, "{position:?}");
    }
}

/// A JPEG whose left half is red and right half blue, with an EXIF orientation.
fn oriented(orientation: u8) -> Vec<u8> {
    let image =
        RgbImage::from_fn(1000, 800, |x, _| if x < 500 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
    let mut jpeg = bytes_of(image, image::ImageFormat::Jpeg);
    let entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    let exif = [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01"[..], &entry, &[0; 4]].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    jpeg.splice(2..2, [&[0xff, 0xe1][..], &length, &exif].concat());
    jpeg
}

#[test]
fn images_are_turned_upright() {
    let is_red = |image: &DynamicImage, x, y| image.to_rgb8().get_pixel(x, y).0[0] > 128;
    let (_, plain) = thumbnail(&oriented(1), SCALE_320);
    assert_eq!((plain.width(), plain.height()), (320, 256));
    assert!(is_red(&plain, 10, 128) && !is_red(&plain, 310, 128));
    // 3: upside down, 6: its top is at the right, 8: its top is at the left.
    let (_, turned) = thumbnail(&oriented(3), SCALE_320);
    assert!(!is_red(&turned, 10, 128) && is_red(&turned, 310, 128));
    let (_, right) = thumbnail(&oriented(6), SCALE_320);
    assert_eq!((right.width(), right.height()), (320, 400));
    assert!(is_red(&right, 160, 10) && !is_red(&right, 160, 390));
    let (_, left) = thumbnail(&oriented(8), SCALE_320);
    assert!(!is_red(&left, 160, 10) && is_red(&left, 160, 390));
}

#[test]
fn an_animation_gives_its_first_frame() {
    let mut source = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut source);
    for colour in [[255, 0, 0, 255], [0, 0, 255, 255]] {
        encoder.encode_frame(image::Frame::new(RgbaImage::from_pixel(60, 50, Rgba(colour)))).unwrap();
    }
    drop(encoder);
    let (format, image) = thumbnail(&source, CROP_96);
    assert_eq!(format, ImageFormat::Jpeg);
    assert_eq!((image.width(), image.height()), (60, 50));
    assert!(image.to_rgb8().get_pixel(30, 25).0[0] > 200);
}

/// Replaces the size in a PNG's header, check sum included.
fn with_png_size(mut png: Vec<u8>, width: u32, height: u32) -> Vec<u8> {
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
        crc
    })
}

#[test]
fn bombs_are_refused_by_their_headers() {
    let small = bytes_of(RgbImage::new(4, 4), image::ImageFormat::Png);
    for (width, height) in
        [(u32::MAX, u32::MAX), (100_000, 1), (1, 100_000), (20_000, 20_000), (30_000, 3000)]
    {
        let bomb = with_png_size(small.clone(), width, height);
        assert!(matches!(run(&bomb, SCALE_320), Err(ThumbnailError::TooLarge)), "{width}x{height}");
    }
}

#[test]
fn an_image_that_unpacks_to_much_more_than_it_weighs_costs_only_what_is_allowed() {
    // 25 million black pixels in a few kilobytes.
    let mut source = Vec::new();
    image::codecs::png::PngEncoder::new(&mut source)
        .write_image(&vec![0; 5000 * 5000], 5000, 5000, ExtendedColorType::L8)
        .unwrap();
    assert!(source.len() < 200_000);
    assert!(run(&source, CROP_96).is_ok());
    let strict = MediaConfig { thumbnail_decode_bytes_max: 10_000_000, ..config() };
    let refused = render(&source, CROP_96, &strict, &Cancel::default());
    assert!(matches!(refused, Err(ThumbnailError::TooLarge)));
}

#[test]
fn a_first_frame_larger_than_its_canvas_is_bounded_too() {
    let frame = [0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0x44, 1, 0, 0x3b];
    let gif = [&b"GIF89a\xff\x0f\xff\x0f\x80\0\0\0\0\0\xff\xff\xff"[..], &frame].concat();
    assert!(run(&gif, CROP_96).is_err());
}

#[test]
fn broken_images_are_no_images() {
    let png = bytes_of(RgbImage::new(900, 700), image::ImageFormat::Png);
    let webp = bytes_of(RgbImage::new(900, 700), image::ImageFormat::WebP);
    let gif = bytes_of(RgbImage::new(900, 700), image::ImageFormat::Gif);
    for source in
        [&png[..png.len() / 2], &webp[..webp.len() / 2], &gif[..40], b"", b"<svg/>", b"\x89PNG\r\n\x1a\n"]
    {
        let refused = run(source, CROP_96);
        assert!(matches!(refused, Err(ThumbnailError::NotAnImage)), "{refused:?}");
    }
}

#[test]
fn a_cancelled_job_stops() {
    let source = bytes_of(RgbImage::new(900, 700), image::ImageFormat::Png);
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(matches!(render(&source, CROP_96, &config(), &cancel), Err(ThumbnailError::TimedOut)));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
    #[test]
    fn damaged_images_give_a_thumbnail_or_an_error(
        which in 0..4_usize,
        damage in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), proptest::num::u8::ANY), 1..10),
    ) {
        let format = [
            image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::Gif, image::ImageFormat::WebP,
        ][which];
        let picture = RgbImage::from_fn(50, 40, |x, y| Rgb([(x * 5) as u8, (y * 6) as u8, (x ^ y) as u8]));
        let mut source = bytes_of(picture, format);
        for (index, byte) in damage {
            let index = index.index(source.len());
            source[index] = byte;
        }
        let _ = run(&source, Variant::Cropped { width: 16, height: 16 });
    }
}
