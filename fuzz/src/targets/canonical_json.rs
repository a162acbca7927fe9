//! Canonical JSON: what is signed and hashed must be the same text again after it was read.
//! Specification: appendices, "Canonical JSON".

use ruma_common::CanonicalJsonValue;
use serde_json::Value;

use super::{Target, label};

pub(super) const TARGET: Target = Target {
    name: "canonical_json",
    about: "canonical JSON of whatever a client sends",
    run,
    tokens: &[
        "\\u0000",
        "\\ud83d\\ude00",
        "9007199254740991",
        "9007199254740992",
        "-0",
        "1.0",
        "1e2",
        "\u{7f}",
    ],
};

fn run(input: &[u8]) -> String {
    let value: Value = match serde_json::from_slice(input) {
        Ok(value) => value,
        Err(error) => return label(&error),
    };
    let canonical = match CanonicalJsonValue::try_from(value) {
        Ok(canonical) => canonical,
        Err(error) => return label(&error),
    };
    let text = canonical.to_string();
    let again: Result<CanonicalJsonValue, _> = serde_json::from_str(&text);
    assert_eq!(
        again.ok().map(|again| again.to_string()),
        Some(text),
        "canonical text must be its own canonical form"
    );
    "canonical".to_owned()
}
