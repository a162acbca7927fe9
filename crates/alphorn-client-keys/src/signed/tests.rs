//! Signatures that verify and that do not.

use super::*;

/// An object signed by the key pair of the appendices' test vectors would depend on its name; this one was made
/// with the seed `YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1` and the name `domain`.
const SIGNED: &str = r#"{"one":1,"two":"Two","signatures":{"domain":{"ed25519:1":"KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw"}}}"#;
const PUBLIC: &str = "XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI";

fn object(text: &str) -> CanonicalJsonObject {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_test_vector_of_the_appendices_verifies() {
    let object = object(SIGNED);
    assert!(is_signed(&object, "domain", "ed25519:1", PUBLIC));
    assert!(!is_signed(&object, "other", "ed25519:1", PUBLIC));
    assert!(!is_signed(&object, "domain", "ed25519:2", PUBLIC));
    assert!(!is_signed(&object, "domain", "ed25519:1", "nqOvzeuGWT/sRx3h7+MHoInYj3Uk2LD/unI9kDYcHwk"));
    assert!(!is_signed(&object, "domain", "ed25519:1", "not base64!"));
    assert!(!is_signed(&object, "domain", "ed25519:1", ""));
}

#[test]
fn a_changed_object_does_not_verify() {
    let changed = object(&SIGNED.replace("Two", "Three"));
    assert!(!is_signed(&changed, "domain", "ed25519:1", PUBLIC));
    let mut extended = object(SIGNED);
    extended.insert("unsigned".to_owned(), CanonicalJsonValue::Bool(true));
    assert!(is_signed(&extended, "domain", "ed25519:1", PUBLIC), "what is unsigned may be added");
}

#[test]
fn keys_are_compared_by_content() {
    let raw = |text: &str| serde_json::from_str::<RawJson>(text).unwrap();
    assert!(same_key(&raw(r#""abc""#), &raw(r#""abc""#)));
    assert!(!same_key(&raw(r#""abc""#), &raw(r#""abd""#)));
    assert!(same_key(
        &raw(r#"{"key":"a","signatures":{}}"#),
        &raw(r#"{ "signatures": {"x":{}}, "key": "a"}"#)
    ));
    assert!(!same_key(&raw(r#"{"key":"a"}"#), &raw(r#"{"key":"a","fallback":true}"#)));
}
