//! Name and key stay what they are.

use std::os::unix::fs::PermissionsExt as _;

use alphorn_model::SystemEntropy;

use super::{IdentityError, parse_signing_key, server_name, signing_key};
use crate::data_folder::{DataFolder, DataFolderError};

fn folder() -> (tempfile::TempDir, DataFolder) {
    let home = tempfile::tempdir().unwrap();
    let folder = DataFolder::open_or_create(&home.path().join("data")).unwrap();
    (home, folder)
}

#[test]
fn a_name_is_chosen_once() {
    let (_home, folder) = folder();
    assert_eq!(server_name(&folder, Some("a.example"), "box").unwrap(), "a.example");
    assert_eq!(server_name(&folder, None, "b.example").unwrap(), "a.example");
    let refusal = server_name(&folder, Some("b.example"), "box").unwrap_err();
    assert!(matches!(refusal, IdentityError::OtherName { .. }));
    assert!(refusal.to_string().contains("cannot change"), "{refusal}");
}

#[test]
fn a_full_host_name_is_taken_and_a_short_one_is_not() {
    let (_home, one) = folder();
    assert_eq!(server_name(&one, None, "box.example").unwrap(), "box.example");
    let (_home, other) = folder();
    assert_eq!(server_name(&other, None, "box").unwrap(), "localhost");
}

#[test]
fn the_key_is_kept_and_private() {
    let (_home, folder) = folder();
    let first = signing_key(&folder, &SystemEntropy).unwrap();
    let second = signing_key(&folder, &SystemEntropy).unwrap();
    assert_eq!((first.version, first.seed), (second.version, second.seed));
    let mode = std::fs::metadata(folder.path("signing.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mode = std::fs::metadata(folder.root()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn damaged_keys_are_refused() {
    let good = "ed25519 a_abcd YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1";
    assert!(parse_signing_key(good).is_ok());
    for bad in [
        "",
        "ed25519 a_abcd",
        "rsa a_abcd YJDB",
        "ed25519 a_abcd YJDB",
        "ed25519 a:b YJDB",
        "ed25519 a_b ???",
    ] {
        assert!(parse_signing_key(bad).is_err(), "{bad}");
    }
}

#[test]
fn two_processes_do_not_share_a_folder() {
    let (_home, folder) = folder();
    assert!(matches!(DataFolder::open(folder.root()), Err(DataFolderError::Busy(_))));
    let root = folder.root().to_path_buf();
    drop(folder);
    assert!(DataFolder::open(&root).is_ok());
    assert!(matches!(DataFolder::open(&root.join("x")), Err(DataFolderError::Missing(_))));
}
