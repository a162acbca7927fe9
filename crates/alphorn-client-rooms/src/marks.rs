//! What users mark in rooms: that they type, and how far they have read.
//! Specification: Client-Server API, "Typing Notifications", "Receipts", "Fully read markers".

mod read_markers;
mod receipts;
mod thread;
mod typing;

use alphorn_http::App;
use axum::Router;
use axum::routing::{post, put};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/rooms/{room_id}/typing/{user_id}", put(typing::typing))
        .route("/rooms/{room_id}/receipt/{receipt_type}/{event_id}", post(receipts::receipt))
        .route("/rooms/{room_id}/read_markers", post(read_markers::read_markers))
}
