//! Signed JSON objects: reading them, comparing what is signed, checking a signature.
//! Specification: appendices, "Signing JSON".

use alphorn_http::model::{RawJson, Refusal};
use ruma_common::{CanonicalJsonObject, CanonicalJsonValue, SigningKeyAlgorithm, serde::Base64};
use serde_json::value::RawValue;

/// An object that can be signed: no fractions, no integers beyond what JSON carries safely.
///
/// # Errors
/// `M_BAD_JSON`; `what` says which object it was.
pub(crate) fn parse(raw: &RawValue, what: &str) -> Result<CanonicalJsonObject, Refusal> {
    serde_json::from_str(raw.get())
        .map_err(|error| Refusal::bad_json(format!("{what} is not a signable object: {error}")))
}

/// The object as text.
///
/// # Errors
/// None that a caller could cause.
pub(crate) fn to_raw(object: &CanonicalJsonObject) -> Result<RawJson, Refusal> {
    serde_json::value::to_raw_value(object).map_err(|_| Refusal::internal())
}

/// A member of an object that is an object itself.
pub(crate) fn child<'a>(object: &'a CanonicalJsonObject, name: &str) -> Option<&'a CanonicalJsonObject> {
    object.get(name).and_then(CanonicalJsonValue::as_object)
}

/// A member of an object that is text.
pub(crate) fn text<'a>(object: &'a CanonicalJsonObject, name: &str) -> Option<&'a str> {
    object.get(name).and_then(CanonicalJsonValue::as_str)
}

/// Whether two objects are the same but for signatures and what is never signed.
pub(crate) fn same_content(one: &CanonicalJsonObject, other: &CanonicalJsonObject) -> bool {
    let signed = |object: &CanonicalJsonObject| {
        let mut object = object.clone();
        object.remove("signatures");
        object.remove("unsigned");
        object
    };
    signed(one) == signed(other)
}

/// Whether two keys are the same: plain text, or objects that differ in signatures at most.
pub(crate) fn same_key(one: &RawValue, other: &RawValue) -> bool {
    if one.get() == other.get() {
        return true;
    }
    let parse = |raw: &RawValue| serde_json::from_str::<CanonicalJsonValue>(raw.get()).ok();
    match (parse(one), parse(other)) {
        (Some(CanonicalJsonValue::Object(one)), Some(CanonicalJsonValue::Object(other))) => {
            same_content(&one, &other)
        }
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The signature in `object` by `user` with the key `key_id`.
pub(crate) fn signature<'a>(object: &'a CanonicalJsonObject, user: &str, key_id: &str) -> Option<&'a str> {
    text(child(child(object, "signatures")?, user)?, key_id)
}

/// Whether `object` has a valid Ed25519 signature by `user` with the key `key_id`, whose public half is
/// `public_key` in base64.
pub(crate) fn is_signed(object: &CanonicalJsonObject, user: &str, key_id: &str, public_key: &str) -> bool {
    let check = || {
        let signature: Base64 = Base64::parse(signature(object, user, key_id)?).ok()?;
        let public_key: Base64 = Base64::parse(public_key).ok()?;
        let message = ruma_signatures::to_canonical_json_string_for_signing(object).ok()?;
        ruma_signatures::verify_canonical_json_bytes(
            &SigningKeyAlgorithm::Ed25519,
            public_key.as_bytes(),
            signature.as_bytes(),
            message.as_bytes(),
        )
        .ok()
    };
    check().is_some()
}

#[cfg(test)]
mod tests;
