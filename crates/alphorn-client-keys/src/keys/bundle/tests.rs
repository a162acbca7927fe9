//! Which uploads have the right form.

use alphorn_http::model::ErrorCode;
use serde_json::{Value, json};

use super::*;

fn checked(body: Value) -> Result<Bundle, ErrorCode> {
    let body: BundleBody = serde_json::from_str(&body.to_string()).unwrap();
    body.check("@alice:here", "DEVICE").map_err(|refusal| refusal.code)
}

fn identity() -> Value {
    json!({
        "user_id": "@alice:here",
        "device_id": "DEVICE",
        "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
        "keys": {"curve25519:DEVICE": "abc", "ed25519:DEVICE": "def"},
        "signatures": {"@alice:here": {"ed25519:DEVICE": "ghi"}},
    })
}

#[test]
fn identity_keys_must_be_whole_and_of_this_device() {
    assert!(checked(json!({ "device_keys": identity() })).is_ok());
    for (member, wrong) in [
        ("user_id", json!("@bob:here")),
        ("device_id", json!("OTHER")),
        ("algorithms", json!("m.olm")),
        ("algorithms", Value::Null),
        ("keys", json!({"ed25519:DEVICE": 1})),
        ("keys", Value::Null),
        ("signatures", json!({"@alice:here": "x"})),
        ("signatures", Value::Null),
        ("keys", json!({"ed25519:DEVICE": "a".repeat(20_000)})),
    ] {
        let mut keys = identity();
        keys[member] = wrong.clone();
        assert!(checked(json!({ "device_keys": keys })).is_err(), "{member}: {wrong}");
    }
}

#[test]
fn what_is_not_signed_is_not_kept() {
    let mut keys = identity();
    keys["unsigned"] = json!({"device_display_name": "not for others to choose"});
    let bundle = checked(json!({ "device_keys": keys })).unwrap();
    assert!(!bundle.identity.unwrap().get().contains("unsigned"));
}

#[test]
fn one_time_keys_have_names_and_bounds() {
    let once = |id: &str, key: Value| checked(json!({ "one_time_keys": {id: key} })).err();
    assert_eq!(once("signed_curve25519:AAAA", json!({"key": "abc", "signatures": {}})), None);
    assert_eq!(once("curve25519:AAAA", json!("abc")), None);
    assert_eq!(once("curve25519", json!("abc")), Some(ErrorCode::InvalidParam));
    assert_eq!(once("curve25519:", json!("abc")), Some(ErrorCode::InvalidParam));
    assert_eq!(once(&format!("curve25519:{}", "a".repeat(300)), json!("abc")), Some(ErrorCode::InvalidParam));
    assert_eq!(once("curve25519:AAAA", json!("a".repeat(5_000))), Some(ErrorCode::InvalidParam));
    assert_eq!(once("curve25519:AAAA", json!(7)), Some(ErrorCode::BadJson));
    assert_eq!(once("signed_curve25519:AAAA", json!({"fallback": true})), Some(ErrorCode::BadJson));
    let many: serde_json::Map<_, _> = (0..=1_000).map(|n| (format!("a:{n}"), json!("abc"))).collect();
    assert_eq!(checked(json!({ "one_time_keys": many })).err(), Some(ErrorCode::InvalidParam));
}
