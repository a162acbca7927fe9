//! Floor 4: how clients learn of news - classic `/sync` and sliding sync.

mod classic;
mod ephemeral;
mod ignored;
mod presence;
mod sliding;
mod to_device;

use alphorn_http::App;
use axum::Router;

/// The routes of this crate.
pub fn routes() -> Router<App> {
    classic::routes().merge(sliding::routes())
}
