//! What clients keep at the server: account data, tags, filters.
//! Specification: Client-Server API, "Client Config", "Room Tagging", "Filtering".

mod account_data;
mod filters;
mod tags;

use axum::routing::{get, post, put};

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/user/{user}/account_data/{kind}", get(account_data::get).put(account_data::put))
        .v3(
            "/user/{user}/rooms/{room}/account_data/{kind}",
            get(account_data::get_of_room).put(account_data::put_of_room),
        )
        .v3("/user/{user}/rooms/{room}/tags", get(tags::list))
        .v3("/user/{user}/rooms/{room}/tags/{tag}", put(tags::put).delete(tags::delete))
        .v3("/user/{user}/filter", post(filters::post))
        .v3("/user/{user}/filter/{filter}", get(filters::get))
}
