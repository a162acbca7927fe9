//! Profiles. Specification: Client-Server API, "Profiles".

mod change;
mod get;

use axum::routing::get;

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    let field = || get(get::field).put(change::put).delete(change::delete);
    paths.v3("/profile/{user}", get(get::all)).v3("/profile/{user}/{key}", field()).at(
        // The name under which extended profiles were tried out.
        "/_matrix/client/unstable/uk.tcpip.msc4133/profile/{user}/{key}",
        field(),
    )
}
