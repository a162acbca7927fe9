//! Being in rooms. Specification: Client-Server API, "Room membership".

mod forget;
mod invite;
mod join;
mod joined_rooms;
mod knock;
mod leave;
mod moderation;
mod restricted;

use alphorn_http::App;
use axum::Router;
use axum::routing::{get, post};

pub(crate) use join::check_guest;
pub(crate) use restricted::allowed_by_rooms;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/join/{room_id_or_alias}", post(join::by_id_or_alias))
        .route("/rooms/{room_id}/join", post(join::by_id))
        .route("/knock/{room_id_or_alias}", post(knock::knock))
        .route("/rooms/{room_id}/leave", post(leave::leave))
        .route("/rooms/{room_id}/forget", post(forget::forget))
        .route("/rooms/{room_id}/invite", post(invite::invite))
        .route("/rooms/{room_id}/kick", post(moderation::kick))
        .route("/rooms/{room_id}/ban", post(moderation::ban))
        .route("/rooms/{room_id}/unban", post(moderation::unban))
        .route("/joined_rooms", get(joined_rooms::joined_rooms))
}
