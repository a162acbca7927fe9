//! Finding rooms. Specification: Client-Server API, "Room aliases", "Published room directory".

mod alias;
mod list;
mod public_rooms;
mod room_aliases;

use alphorn_http::App;
use axum::Router;
use axum::routing::get;

pub(crate) use alias::check_exclusive;
pub(crate) use list::check_publisher;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/directory/room/{alias}", get(alias::find).put(alias::set).delete(alias::remove))
        .route("/directory/list/room/{room_id}", get(list::visibility).put(list::set_visibility))
        .route("/publicRooms", get(public_rooms::list).post(public_rooms::search))
        .route("/rooms/{room_id}/aliases", get(room_aliases::room_aliases))
}
