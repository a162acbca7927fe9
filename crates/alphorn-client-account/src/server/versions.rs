//! `GET /_matrix/client/versions`. Specification: Client-Server API, "Specification Versions".

use alphorn_http::{RawAnswer, Result};
use serde_json::json;

/// Releases of the specification that clients may count on.
const VERSIONS: [&str; 27] = [
    "r0.0.1", "r0.1.0", "r0.2.0", "r0.3.0", "r0.4.0", "r0.5.0", "r0.6.0", "r0.6.1", "v1.1", "v1.2", "v1.3",
    "v1.4", "v1.5", "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11", "v1.12", "v1.13", "v1.14", "v1.15",
    "v1.16", "v1.17", "v1.18", "v1.19",
];

/// What clients look for under the name of a proposal, although most of it is in a release by now.
const UNSTABLE_FEATURES: [&str; 9] = [
    // Simplified sliding sync, in the form that the SDKs speak.
    "org.matrix.simplified_msc3575",
    // `state_after` in syncs.
    "org.matrix.msc4222",
    // Cross-signing.
    "org.matrix.e2e_cross_signing",
    // Private read receipts.
    "org.matrix.msc2285.stable",
    // Threads.
    "org.matrix.msc3440.stable",
    // Room types in the directory.
    "org.matrix.msc3827.stable",
    // Authenticated media.
    "org.matrix.msc3916.stable",
    // Extended profiles.
    "uk.tcpip.msc4133",
    "uk.tcpip.msc4133.stable",
];

/// The versions that the server speaks.
pub(super) async fn get() -> Result {
    let features: serde_json::Map<_, _> =
        UNSTABLE_FEATURES.iter().map(|name| ((*name).to_owned(), true.into())).collect();
    RawAnswer::of(&json!({ "versions": VERSIONS, "unstable_features": features }))
}
