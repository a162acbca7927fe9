//! Events without what redaction takes away. Specification: room versions, "Redactions".

use alphorn_model::RawJson;
use ruma_common::CanonicalJsonObject;
use ruma_common::canonical_json::{redact_content_in_place, redact_in_place};
use ruma_common::room_version_rules::RoomVersionRules;
use serde::de::Error as _;
use serde_json::value::{RawValue, to_raw_value};

/// The event after its redaction. Its hash and signature stay valid.
///
/// # Errors
/// When the stored text is not an event of canonical JSON.
pub fn prune(pdu: &RawValue, rules: &RoomVersionRules) -> Result<RawJson, serde_json::Error> {
    let mut event: CanonicalJsonObject = serde_json::from_str(pdu.get())?;
    redact_in_place(&mut event, &rules.redaction, None).map_err(serde_json::Error::custom)?;
    to_raw_value(&event)
}

/// The content of an event of this type after its redaction.
///
/// # Errors
/// When the content is not an object of canonical JSON.
pub fn prune_content(
    kind: &str,
    content: &RawValue,
    rules: &RoomVersionRules,
) -> Result<RawJson, serde_json::Error> {
    let mut content: CanonicalJsonObject = serde_json::from_str(content.get())?;
    redact_content_in_place(&mut content, &rules.redaction, kind);
    to_raw_value(&content)
}
