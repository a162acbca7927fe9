//! The promises of the storage, checked on every backend.

use futures_util::stream;
use proptest::prelude::*;

use super::*;

type Never = std::convert::Infallible;

fn key(byte: u8) -> BlobKey {
    BlobKey::from_random([byte; 16])
}

fn body(pieces: &[&[u8]]) -> impl Stream<Item = Result<Bytes, Never>> + Send + use<> {
    let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

struct Fixture {
    storage: Storage,
    folder: Option<tempfile::TempDir>,
}

fn backends() -> Vec<Fixture> {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open_local(folder.path()).unwrap();
    vec![
        Fixture { storage, folder: Some(folder) },
        #[cfg(feature = "object-store")]
        Fixture {
            storage: Storage::over(std::sync::Arc::new(object_store::memory::InMemory::new())),
            folder: None,
        },
    ]
}

async fn read(storage: &Storage, key: &BlobKey, range: Option<Range<u64>>) -> Vec<u8> {
    let mut read = storage.read(key, range).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = read.stream.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

#[tokio::test]
async fn what_was_put_is_read_back_with_its_hash() {
    for Fixture { storage, folder } in backends() {
        let stored = storage.put(&key(0xab), body(&[b"he", b"", b"llo"]), 5).await.unwrap();
        assert_eq!(stored.size_bytes, 5);
        assert_eq!(
            stored.sha256.to_hex(),
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        );
        assert_eq!(read(&storage, &key(0xab), None).await, b"hello");
        assert_eq!(storage.measure(&key(0xab)).await.unwrap(), stored);
        if let Some(folder) = folder {
            assert!(folder.path().join("ab/ab").join(key(0xab).as_str()).is_file());
        }
    }
}

#[tokio::test]
async fn an_empty_body_is_content_too() {
    for Fixture { storage, .. } in backends() {
        assert_eq!(storage.put(&key(1), body(&[]), 0).await.unwrap().size_bytes, 0);
        assert_eq!(read(&storage, &key(1), None).await, b"");
    }
}

#[tokio::test]
async fn a_body_beyond_the_bound_leaves_nothing() {
    for Fixture { storage, folder } in backends() {
        let refused = storage.put(&key(2), body(&[b"12345", b"6"]), 5).await;
        assert!(matches!(refused, Err(PutError::TooLarge { size_bytes_max: 5 })), "{refused:?}");
        assert!(matches!(storage.read(&key(2), None).await, Err(StorageError::NotFound)));
        if let Some(folder) = folder {
            assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
        }
    }
}

#[tokio::test]
async fn an_endless_body_is_not_read_beyond_the_bound() {
    for Fixture { storage, .. } in backends() {
        let mut pieces = 0_u32;
        let endless = stream::repeat_with(|| {
            pieces += 1;
            Ok::<_, Never>(Bytes::from_static(&[0; 1000]))
        });
        let refused = storage.put(&key(3), endless, 10_500).await;
        assert!(matches!(refused, Err(PutError::TooLarge { .. })));
        assert_eq!(pieces, 11);
    }
}

#[tokio::test]
async fn a_sender_that_breaks_off_leaves_nothing() {
    for Fixture { storage, folder } in backends() {
        let broken = stream::iter([Ok(Bytes::from_static(b"abc")), Err("gone")]);
        assert!(matches!(storage.put(&key(4), broken, 100).await, Err(PutError::Body("gone"))));
        assert!(matches!(storage.read(&key(4), None).await, Err(StorageError::NotFound)));
        if let Some(folder) = folder {
            assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
        }
    }
}

#[tokio::test]
async fn ranges_outside_the_object_are_refused() {
    for Fixture { storage, .. } in backends() {
        storage.put(&key(5), body(&[b"hello"]), 100).await.unwrap();
        #[expect(clippy::reversed_empty_ranges, reason = "a hostile range")]
        for range in [0..6, 6..7, 3..2, 0..u64::MAX] {
            let refused = storage.read(&key(5), Some(range.clone())).await.err();
            assert!(
                matches!(refused, Some(StorageError::OutOfRange { size_bytes: 5 })),
                "{range:?} {refused:?}"
            );
        }
        assert_eq!(read(&storage, &key(5), Some(5..5)).await, b"");
    }
}

#[tokio::test]
async fn deleting_twice_is_no_error() {
    for Fixture { storage, .. } in backends() {
        storage.put(&key(6), body(&[b"x"]), 100).await.unwrap();
        storage.delete(&key(6)).await.unwrap();
        storage.delete(&key(6)).await.unwrap();
        assert!(matches!(storage.read(&key(6), None).await, Err(StorageError::NotFound)));
    }
}

#[tokio::test]
async fn many_uploads_at_once_do_not_disturb_each_other() {
    for Fixture { storage, .. } in backends() {
        let puts = (0..32_u8).map(|n| {
            let storage = storage.clone();
            async move { storage.put(&key(n), body(&[&[n; 100], &[n; 100]]), 1000).await }
        });
        for result in futures_util::future::join_all(puts).await {
            assert_eq!(result.unwrap().size_bytes, 200);
        }
        for n in 0..32 {
            assert_eq!(read(&storage, &key(n), None).await, vec![n; 200]);
        }
    }
}

#[cfg(feature = "object-store")]
#[tokio::test]
async fn large_bodies_go_to_the_object_store_in_parts() {
    let storage = Storage::over(std::sync::Arc::new(object_store::memory::InMemory::new()));
    let piece = Bytes::from(vec![7; 1024 * 1024]);
    let pieces = stream::iter(vec![Ok::<_, Never>(piece); 20]);
    let stored = storage.put(&key(7), pieces, u64::MAX).await.unwrap();
    assert_eq!(stored.size_bytes, 20 * 1024 * 1024);
    assert_eq!(storage.measure(&key(7)).await.unwrap(), stored);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_pieces_and_any_range_come_back_as_they_went_in(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 0..6),
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let whole = pieces.concat();
        let (a, b) = (cut.0.index(whole.len() + 1), cut.1.index(whole.len() + 1));
        let (start, end) = (a.min(b), a.max(b));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for Fixture { storage, .. } in backends() {
                let slices: Vec<_> = pieces.iter().map(Vec::as_slice).collect();
                let stored = storage.put(&key(9), body(&slices), u64::MAX).await.unwrap();
                assert_eq!(stored.sha256.0, <[u8; 32]>::from(Sha256::digest(&whole)));
                let range = start as u64..end as u64;
                assert_eq!(read(&storage, &key(9), Some(range)).await, &whole[start..end]);
            }
        });
    }
}

#[tokio::test]
async fn uploads_are_listed_by_shard_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open_local(folder.path()).unwrap();
    let wanted = key(0xab);
    storage.put(&wanted, body(&[b"x"]), 10).await.unwrap();
    storage.put(&key(0xac), body(&[b"x"]), 10).await.unwrap();
    storage.put_at(&ObjectPath::thumbnail(&wanted, "full"), body(&[b"x"]), 10).await.unwrap();
    let keys: Vec<_> = storage
        .blobs(0xab, 100)
        .await
        .unwrap()
        .into_iter()
        .map(|blob| (blob.key, blob.modified_ms > 0))
        .collect();
    assert_eq!(keys, [(wanted, true)]);
    assert_eq!(storage.blobs(0x00, 100).await.unwrap(), []);
    assert_eq!(storage.blobs(0xab, 0).await.unwrap(), []);
}
