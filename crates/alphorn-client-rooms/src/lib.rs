//! Floor 4: the Client-Server API of rooms - making them, being in them, sending into them, reading
//! them, finding them. One endpoint is one file; what they share stands beside them by subject.

mod content;
mod create;
mod directory;
mod face;
mod history;
mod invitees;
mod legacy;
mod look;
mod marks;
mod membership;
mod place;
mod profile;
mod related;
mod reports;
mod search;
mod sending;
mod spaces;
mod upgrade;

use alphorn_http::App;
use axum::Router;

/// All routes of rooms. The prefix `r0` is what clients of before version 1.1 use; what they ask is
/// the same.
pub fn routes() -> Router<App> {
    Router::new()
        .nest("/_matrix/client/v3", version_3())
        .nest("/_matrix/client/r0", version_3())
        .nest("/_matrix/client/v1", version_1())
        .nest("/_matrix/client/unstable", spaces::routes_unstable())
}

fn version_3() -> Router<App> {
    Router::new()
        .merge(create::routes())
        .merge(membership::routes())
        .merge(sending::routes())
        .merge(directory::routes())
        .merge(history::routes())
        .merge(legacy::routes())
        .merge(marks::routes())
        .merge(reports::routes())
        .merge(search::routes())
        .merge(upgrade::routes())
}

fn version_1() -> Router<App> {
    Router::new().merge(history::routes_1()).merge(related::routes_1()).merge(spaces::routes_1())
}
