//! What the server is and offers.

mod capabilities;
mod retention;
mod versions;
mod well_known;

use axum::routing::get;

use crate::Paths;

pub(crate) use well_known::client_config;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .at("/_matrix/client/versions", get(versions::get))
        .at("/.well-known/matrix/client", get(well_known::get))
        .v3("/capabilities", get(capabilities::get))
        .at("/_matrix/client/unstable/org.matrix.msc1763/retention/configuration", get(retention::get))
}
