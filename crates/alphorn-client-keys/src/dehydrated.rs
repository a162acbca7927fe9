//! The dehydrated device: one device of a user that lies encrypted on the server and receives message keys while no
//! other device is signed in. Specification: MSC3814 under its unstable prefix, as clients use it today.

mod delete;
mod events;
mod get;
mod put;

use alphorn_http::App;
use axum::{Router, routing};

pub(crate) fn routes() -> Router<App> {
    const BASE: &str = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";
    Router::new()
        .route(BASE, routing::get(get::get).put(put::put).delete(delete::delete))
        .route(&format!("{BASE}/{{device}}/events"), routing::get(events::get).post(events::post))
}
