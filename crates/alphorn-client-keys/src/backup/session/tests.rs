//! Which of two backed-up keys is kept.

use serde_json::value::to_raw_value;

use super::*;

fn key(is_verified: bool, first_message_index: u64, forwarded_count: u64) -> RawJson {
    to_raw_value(&serde_json::json!({
        "is_verified": is_verified,
        "first_message_index": first_message_index,
        "forwarded_count": forwarded_count,
        "session_data": {"ciphertext": "x"},
    }))
    .unwrap()
}

#[test]
fn the_better_key_is_kept() {
    let old = key(false, 5, 2);
    for (better, new) in [
        (true, key(true, 9, 9)),
        (true, key(false, 4, 9)),
        (true, key(false, 5, 1)),
        (false, key(false, 5, 2)),
        (false, key(false, 5, 3)),
        (false, key(false, 6, 0)),
    ] {
        assert_eq!(is_better(&new, &old), better, "{new}");
    }
    assert!(
        !is_better(&key(false, 0, 0), &key(true, 5, 5)),
        "an unverified key never replaces a verified one"
    );
}

#[test]
fn malformed_keys_are_refused() {
    for bad in [
        "[]",
        "{}",
        r#"{"first_message_index":-1,"forwarded_count":0,"is_verified":true,"session_data":{}}"#,
        r#"{"first_message_index":1,"forwarded_count":0,"is_verified":"yes","session_data":{}}"#,
        r#"{"first_message_index":1,"forwarded_count":0,"is_verified":true}"#,
        r#"{"first_message_index":1,"forwarded_count":0,"is_verified":true,"session_data":null}"#,
    ] {
        let raw: RawJson = serde_json::from_str(bad).unwrap();
        assert!(check(&raw).is_err(), "{bad}");
    }
    assert!(check(&key(true, 1, 0)).is_ok());
}
