//! `/keys/…`: what devices publish, and how others get it.

mod bundle;
mod changes;
mod claim;
mod cross_signing;
mod device_signing_upload;
mod query;
mod signatures_upload;
mod upload;

use alphorn_http::App;
use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use bundle::BundleBody;

pub(crate) fn routes() -> Router<App> {
    let under = |base: &str| {
        Router::new()
            .route(&format!("{base}/keys/upload"), post(upload::upload))
            .route(&format!("{base}/keys/query"), post(query::query))
            .route(&format!("{base}/keys/claim"), post(claim::claim))
            .route(&format!("{base}/keys/changes"), get(changes::changes))
            .route(&format!("{base}/keys/device_signing/upload"), post(device_signing_upload::upload))
            .route(&format!("{base}/keys/signatures/upload"), post(signatures_upload::upload))
    };
    under("/_matrix/client/v3")
        .merge(under("/_matrix/client/r0"))
        // Clients older than v1.1 of the specification have cross-signing here.
        .route("/_matrix/client/unstable/keys/device_signing/upload", post(device_signing_upload::upload))
        .route("/_matrix/client/unstable/keys/signatures/upload", post(signatures_upload::upload))
}
