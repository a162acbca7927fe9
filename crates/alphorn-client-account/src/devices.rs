//! Devices. Specification: Client-Server API, "Device Management".

mod delete;
mod get;
mod rename;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) use rename::check_name;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/devices", get(get::list))
        .v3("/devices/{device}", get(get::one).put(rename::put).delete(delete::one))
        .v3("/delete_devices", post(delete::many))
}
