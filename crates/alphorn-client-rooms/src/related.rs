//! Events that refer to others. Specification: Client-Server API, "Forming relationships between
//! events", "Threading".

mod relations;
mod threads;

use alphorn_http::App;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes_1() -> Router<App> {
    Router::new()
        .route("/rooms/{room_id}/relations/{event_id}", get(relations::all))
        .route("/rooms/{room_id}/relations/{event_id}/{rel_type}", get(relations::of_type))
        .route("/rooms/{room_id}/relations/{event_id}/{rel_type}/{event_type}", get(relations::of_types))
        .route("/rooms/{room_id}/threads", get(threads::threads))
}
