//! How clients followed rooms before `/sync`: deprecated, but asked for still.
//! Specification: Client-Server API, "Getting events for a room" (deprecated endpoints), "Room Previews".

mod events;
mod form;
mod initial_sync;

use alphorn_http::App;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/events", get(events::events))
        .route("/initialSync", get(initial_sync::of_all))
        .route("/rooms/{room_id}/initialSync", get(initial_sync::of_room))
}
