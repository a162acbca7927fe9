//! Floor 4: endpoints of end-to-end encryption. The server keeps public keys, hands out one-time keys once, carries
//! messages between devices and stores what clients encrypted for themselves; it never holds a secret.
//! One endpoint stands in one file. Specification: Client-Server API, "End-to-End Encryption",
//! "Send-to-Device messaging".

mod backup;
mod dehydrated;
mod keys;
mod send_to_device;
mod signed;

use alphorn_http::App;
use axum::{Router, routing::put};

/// The endpoints of this crate.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(keys::routes())
        .merge(backup::routes())
        .merge(dehydrated::routes())
        .route("/_matrix/client/v3/sendToDevice/{kind}/{transaction}", put(send_to_device::send))
        .route("/_matrix/client/r0/sendToDevice/{kind}/{transaction}", put(send_to_device::send))
}
