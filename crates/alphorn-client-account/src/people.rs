//! Other people: finding them, whether they are there, and proving to other services who one is.
//! Specification: Client-Server API, "User Directory", "Presence", "OpenID", "Mutual Rooms".

mod mutual_rooms;
mod openid;
mod presence;
mod search;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/user_directory/search", post(search::post))
        .v1("/mutual_rooms", get(mutual_rooms::get))
        .v3("/presence/{user}/status", get(presence::get).put(presence::put))
        .v3("/user/{user}/openid/request_token", post(openid::request))
        .at("/_matrix/federation/v1/openid/userinfo", get(openid::userinfo))
}
