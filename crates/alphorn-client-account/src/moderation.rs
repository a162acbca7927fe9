//! What administrators see and do about accounts. Specification: Client-Server API, "Server
//! Administration", "Account moderation".

mod standing;
mod whois;

use axum::routing::get;

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/admin/whois/{user}", get(whois::get))
        .v1("/admin/lock/{user}", get(standing::locked).put(standing::lock))
        .v1("/admin/suspend/{user}", get(standing::suspended).put(standing::suspend))
}
