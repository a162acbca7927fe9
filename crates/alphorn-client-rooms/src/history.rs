//! Reading rooms. Specification: Client-Server API, "Getting events for a room", "Event context".

pub(crate) mod context;
mod event;
mod event_at_time;
mod joined_members;
mod members;
mod messages;
pub(crate) mod scan;
mod state;
mod state_event;

use alphorn_http::App;
use axum::Router;
use axum::routing::get;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/rooms/{room_id}/messages", get(messages::messages))
        .route("/rooms/{room_id}/context/{event_id}", get(context::context))
        .route("/rooms/{room_id}/event/{event_id}", get(event::event))
        .route("/rooms/{room_id}/state", get(state::state))
        .route("/rooms/{room_id}/state/{event_type}", get(state_event::without_key))
        .route("/rooms/{room_id}/state/{event_type}/", get(state_event::without_key))
        .route("/rooms/{room_id}/state/{event_type}/{state_key}", get(state_event::with_key))
        .route("/rooms/{room_id}/members", get(members::members))
        .route("/rooms/{room_id}/joined_members", get(joined_members::joined_members))
        .route("/events/{event_id}", get(event::anywhere))
}

pub(crate) fn routes_1() -> Router<App> {
    Router::new().route("/rooms/{room_id}/timestamp_to_event", get(event_at_time::event_at_time))
}
