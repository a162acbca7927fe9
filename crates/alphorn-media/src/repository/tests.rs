//! Uploads and their thumbnails, together.

use std::convert::Infallible;

use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;
use crate::Method;

struct Fixture {
    media: MediaRepository,
    folder: tempfile::TempDir,
}

fn fixture(config: MediaConfig) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    Fixture { media: MediaRepository::new(Storage::open_local(folder.path()).unwrap(), config), folder }
}

fn key(byte: u8) -> BlobKey {
    BlobKey::from_random([byte; 16])
}

async fn put(media: &MediaRepository, key: &BlobKey, bytes: Vec<u8>) {
    media.put(key, stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))])).await.unwrap();
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 0]));
    DynamicImage::from(image).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn gif(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for _ in 0..frames {
        encoder
            .encode_frame(image::Frame::new(RgbaImage::from_pixel(200, 150, Rgba([9, 9, 9, 255]))))
            .unwrap();
    }
    drop(encoder);
    bytes
}

fn crop(side: u32, animated: bool) -> ThumbnailRequest {
    ThumbnailRequest::new(side, side, Method::Crop, animated).unwrap()
}

fn stored(folder: &tempfile::TempDir, key: &BlobKey) -> usize {
    std::fs::read_dir(folder.path().join(ObjectPath::thumbnail_folder(key))).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_thumbnail_is_made_once_and_kept() {
    let Fixture { media, folder } = fixture(MediaConfig::default());
    put(&media, &key(1), png(500, 400)).await;
    let wanted = key(1);
    let requests = (0..20).map(|_| media.thumbnail(&wanted, crop(90, false)));
    let thumbnails = futures_util::future::join_all(requests).await;
    let first = thumbnails.first().unwrap().as_ref().unwrap().clone();
    assert!(matches!(first, Thumbnail::Image { .. }));
    for thumbnail in thumbnails {
        assert_eq!(thumbnail.unwrap(), first);
    }
    assert_eq!(stored(&folder, &key(1)), 1);
    // From the storage: the original is no longer needed.
    media.storage().delete(&key(1)).await.unwrap();
    assert_eq!(media.thumbnail(&key(1), crop(96, false)).await.unwrap(), first);
    assert!(media.making.lock().values().all(|lock| lock.strong_count() == 0));
}

#[tokio::test]
async fn a_damaged_thumbnail_is_made_again() {
    let Fixture { media, folder } = fixture(MediaConfig::default());
    put(&media, &key(2), png(500, 400)).await;
    let first = media.thumbnail(&key(2), crop(32, false)).await.unwrap();
    for entry in std::fs::read_dir(folder.path().join(ObjectPath::thumbnail_folder(&key(2)))).unwrap() {
        std::fs::write(entry.unwrap().path(), b"").unwrap();
    }
    assert_eq!(media.thumbnail(&key(2), crop(32, false)).await.unwrap(), first);
}

#[tokio::test]
async fn removing_an_upload_removes_its_thumbnails_and_no_others() {
    let Fixture { media, folder } = fixture(MediaConfig::default());
    let (first, second) = (BlobKey::from_random([7; 16]), {
        let mut random = [7; 16];
        random[15] = 8;
        BlobKey::from_random(random)
    });
    for key in [&first, &second] {
        put(&media, key, png(500, 400)).await;
        media.thumbnail(key, crop(32, false)).await.unwrap();
    }
    assert_eq!(stored(&folder, &first), 2);
    media.delete(&first).await.unwrap();
    assert_eq!(stored(&folder, &first), 1);
    let gone = media.thumbnail(&first, crop(32, false)).await;
    assert!(matches!(gone, Err(ThumbnailError::Storage(StorageError::NotFound))));
    assert!(media.thumbnail(&second, crop(32, false)).await.is_ok());
}

#[tokio::test]
async fn thumbnails_never_take_more_than_their_space() {
    let config = MediaConfig { thumbnail_cache_bytes_max: 256 * 20_000, ..MediaConfig::default() };
    let Fixture { media, folder } = fixture(config);
    for last in 0..20 {
        let mut random = [3; 16];
        random[15] = last;
        let key = BlobKey::from_random(random);
        put(&media, &key, png(300, 300)).await;
        media.thumbnail(&key, crop(96, false)).await.unwrap();
        let folder = folder.path().join(ObjectPath::thumbnail_folder(&key));
        let used: u64 =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
        assert!(used <= 20_000, "{used}");
    }
    assert!((1..20).contains(&stored(&folder, &key(3))));
}

#[tokio::test]
async fn animations_are_handed_out_only_to_those_who_want_them() {
    let Fixture { media, folder: _folder } = fixture(MediaConfig::default());
    put(&media, &key(4), gif(2)).await;
    put(&media, &key(5), gif(1)).await;
    let wanted = media.thumbnail(&key(4), crop(96, true)).await.unwrap();
    assert_eq!(wanted, Thumbnail::Original(ImageFormat::Gif));
    for (key, animated) in [(key(4), false), (key(5), true)] {
        let still = media.thumbnail(&key, crop(96, animated)).await.unwrap();
        assert!(matches!(still, Thumbnail::Image { format: ImageFormat::Jpeg, .. }), "{still:?}");
    }
    // Larger than the animation itself: still no animation unless it is wanted.
    let still = media.thumbnail(&key(4), crop(800, false)).await.unwrap();
    assert!(matches!(still, Thumbnail::Image { format: ImageFormat::Jpeg, .. }));
}

#[tokio::test]
async fn large_animations_are_shrunk_to_a_still_image() {
    let Fixture { media, folder: _folder } =
        fixture(MediaConfig { animated_bytes_max: 10, ..MediaConfig::default() });
    put(&media, &key(6), gif(2)).await;
    let still = media.thumbnail(&key(6), crop(96, true)).await.unwrap();
    assert!(matches!(still, Thumbnail::Image { format: ImageFormat::Jpeg, .. }));
}

#[tokio::test]
async fn files_that_are_too_long_are_not_even_read() {
    let Fixture { media, folder: _folder } =
        fixture(MediaConfig { thumbnail_source_bytes_max: 10, ..MediaConfig::default() });
    put(&media, &key(7), png(500, 400)).await;
    assert!(matches!(media.thumbnail(&key(7), crop(96, false)).await, Err(ThumbnailError::TooLarge)));
}

#[tokio::test]
async fn what_is_no_image_or_not_there_has_no_thumbnail() {
    let Fixture { media, folder: _folder } = fixture(MediaConfig::default());
    put(&media, &key(8), b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec()).await;
    assert!(matches!(media.thumbnail(&key(8), crop(96, true)).await, Err(ThumbnailError::NotAnImage)));
    let missing = media.thumbnail(&key(9), crop(96, false)).await;
    assert!(matches!(missing, Err(ThumbnailError::Storage(StorageError::NotFound))));
}
