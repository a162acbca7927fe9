//! Tests of the folder: durability order, leftovers, full disks.

use super::*;

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_full_disk_is_told_from_other_failures() {
    let mut file = tokio::fs::OpenOptions::new().write(true).open("/dev/full").await.unwrap();
    // The background write fails; the error arrives with the next call.
    let first = write_all(&mut file, b"bytes").await;
    let second = file.flush().await.map_err(StorageError::from);
    assert!(
        matches!(
            (&first, &second),
            (Err(StorageError::StorageFull), _) | (_, Err(StorageError::StorageFull))
        ),
        "{first:?} {second:?}"
    );
}

#[tokio::test]
async fn a_start_clears_unfinished_uploads_and_keeps_finished_ones() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(INCOMING)).unwrap();
    fs::create_dir_all(folder.path().join("ab/cd")).unwrap();
    fs::write(folder.path().join(INCOMING).join("7"), b"part").unwrap();
    fs::write(folder.path().join("ab/cd/abcd"), b"whole").unwrap();
    LocalFiles::open(folder.path()).unwrap();
    assert_eq!(fs::read_dir(folder.path().join(INCOMING)).unwrap().count(), 0);
    assert_eq!(fs::read(folder.path().join("ab/cd/abcd")).unwrap(), b"whole");
}

#[tokio::test]
async fn an_unfinished_file_is_invisible_and_goes_when_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let files = LocalFiles::open(folder.path()).unwrap();
    let path = ObjectPath("ab/cd/abcd".to_owned());
    let mut writer = files.begin(&path).await.unwrap();
    writer.write(&Bytes::from_static(b"part")).await.unwrap();
    assert!(matches!(files.read(&path, None).await, Err(StorageError::NotFound)));
    drop(writer);
    assert_eq!(fs::read_dir(folder.path().join(INCOMING)).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_read_breaks_off() {
    use futures_util::StreamExt as _;

    let folder = tempfile::tempdir().unwrap();
    let files = LocalFiles::open(folder.path()).unwrap();
    let path = ObjectPath("ab/cd/abcd".to_owned());
    let mut writer = files.begin(&path).await.unwrap();
    writer.write(&Bytes::from(vec![1; READ_BYTES * 2])).await.unwrap();
    writer.finish().await.unwrap();
    let mut read = files.read(&path, None).await.unwrap();
    assert!(read.stream.next().await.unwrap().is_ok());
    fs::OpenOptions::new().write(true).open(folder.path().join("ab/cd/abcd")).unwrap().set_len(10).unwrap();
    let mut last = read.stream.next().await;
    while let Some(Ok(_)) = last {
        last = read.stream.next().await;
    }
    assert!(matches!(last, Some(Err(StorageError::Unavailable(_)))));
}

#[tokio::test]
async fn a_removed_folder_is_made_again_and_a_removed_storage_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let storage = super::super::Storage::open_local(folder.path()).unwrap();
    let key = crate::BlobKey::from_random([0xab; 16]);
    let body = || stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from_static(b"a"))]);
    storage.put(&key, body(), 1).await.unwrap();
    fs::remove_dir_all(folder.path().join("ab")).unwrap();
    storage.put(&key, body(), 1).await.unwrap();
    assert!(storage.read(&key, None).await.is_ok());
    fs::remove_dir_all(folder.path()).unwrap();
    let failed = storage.put(&key, body(), 1).await;
    assert!(
        matches!(failed, Err(super::super::PutError::Storage(StorageError::Unavailable(_)))),
        "{failed:?}"
    );
}
