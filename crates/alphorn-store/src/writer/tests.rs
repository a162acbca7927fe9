//! Applying a log that is elsewhere, in one transaction or in many.

use alphorn_model::{RecordId, record::RECORD_VERSION};
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::{Store, filling, maintenance};

fn delivered(seq: Seq, prev: Option<Seq>) -> Delivered {
    let record = Record {
        v: RECORD_VERSION,
        id: RecordId(format!("id{seq}")),
        aggregate: Aggregate::Server,
        prev,
        node: 1,
        time: 1,
        facts: Vec::new(),
    };
    let body = serde_json::to_vec(&record).unwrap().into();
    Delivered { seq, record: Arc::new(record), body }
}

fn begin() -> (TempDir, Store, Writer) {
    let folder = tempfile::tempdir().unwrap();
    let (store, writer) = Store::open(&folder.path().join("store.db"), false, Arc::new(())).unwrap();
    (folder, store, writer)
}

/// One that has all that the log had: nothing.
fn open() -> (TempDir, Store, Writer) {
    let (folder, store, mut writer) = begin();
    writer.caught_up().unwrap();
    (folder, store, writer)
}

fn applied(store: &Store) -> Seq {
    store.read(|reader| reader.applied()).unwrap()
}

#[test]
fn what_is_applied_ahead_counts_when_it_is_settled() {
    let (_folder, store, mut writer) = open();
    let ahead = writer.apply_ahead(&[delivered(1, Some(0)), delivered(2, Some(1))]).unwrap();
    assert_eq!(ahead.len(), 2);
    assert_eq!((writer.applied(), applied(&store)), (0, 0));
    // What was given already is passed over.
    assert!(writer.apply_ahead(&[delivered(2, Some(1))]).unwrap().is_empty());
    assert!(writer.apply(&[]).unwrap().is_empty());
    assert_eq!((writer.applied(), applied(&store)), (2, 2));
}

#[test]
fn digests_and_verdicts_are_the_same_in_one_transaction_and_in_many() {
    // Record 3 was decided on what record 2 had replaced by then.
    let log = [delivered(1, Some(0)), delivered(2, Some(1)), delivered(3, Some(1)), delivered(4, Some(2))];
    let (_folder, _store, mut one) = open();
    let mut together = one.apply_ahead(log.get(..2).unwrap()).unwrap();
    together.extend(one.apply(log.get(2..).unwrap()).unwrap());
    let (_folder, _store, mut other) = open();
    let apart: Vec<_> =
        log.iter().flat_map(|record| other.apply(std::slice::from_ref(record)).unwrap()).collect();
    assert_eq!(together, apart);
    assert_eq!(apart.iter().map(|verdict| verdict.counts).collect::<Vec<_>>(), [true, true, false, true]);
}

#[test]
fn a_failure_leaves_nothing_of_an_open_transaction() {
    let (_folder, store, mut writer) = open();
    writer.apply(&[delivered(1, Some(0))]).unwrap();
    writer.apply_ahead(&[delivered(2, Some(1))]).unwrap();
    assert!(writer.apply_ahead(&[delivered(4, Some(2))]).is_err(), "a hole");
    assert_eq!((writer.applied(), applied(&store)), (1, 1));
    assert!(writer.apply(&[]).is_err(), "a broken store takes nothing more");
}

fn kept(path: &Path) -> Option<Seq> {
    match maintenance::sight(path) {
        maintenance::Sight::Readable(applied) => Some(applied),
        _ => None,
    }
}

#[test]
fn a_store_that_was_not_made_to_its_end_is_begun_anew() {
    let (folder, store, mut writer) = begin();
    let path = folder.path().join("store.db");
    let marker = filling::marker(&path);
    let log: Vec<_> = (1..=BULK_RECORDS as Seq).map(|seq| delivered(seq, Some(seq - 1))).collect();
    assert_eq!(writer.apply_ahead(&log).unwrap().len(), log.len());
    assert_eq!(writer.applied(), log.len() as Seq, "nothing is waited for that would not outlive anything");
    // Reading was broken off and goes on.
    writer.apply(&[]).unwrap();
    assert!(marker.exists(), "it is being made");
    drop((store, writer));
    assert!(Store::open(&path, false, Arc::new(())).is_err());
    assert!(maintenance::drop_unfinished(&path).unwrap());
    assert!(!path.exists() && !marker.exists());

    let (store, mut writer) = Store::open(&path, false, Arc::new(())).unwrap();
    writer.apply_ahead(&log).unwrap();
    let last = log.len() as Seq + 1;
    writer.apply(&[delivered(last, Some(last - 1))]).unwrap();
    assert!(marker.exists(), "more may be missing");
    writer.caught_up().unwrap();
    assert!(!marker.exists(), "it was made");
    let setting = |name: &str| {
        writer
            .connection()
            .query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, rusqlite::types::Value>(0))
    };
    assert_eq!(setting("journal_mode").unwrap(), "wal".to_owned().into());
    assert_eq!(setting("synchronous").unwrap(), 1_i64.into());
    assert_eq!(applied(&store), last);
    drop((store, writer));
    assert!(!maintenance::drop_unfinished(&path).unwrap());
    assert_eq!(kept(&path), Some(last));
}
