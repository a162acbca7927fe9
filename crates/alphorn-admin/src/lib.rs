//! Floor 4: the administrator's API under `/_alphorn/admin/v1`, for the web client and for scripts, and the few
//! addresses that go with it for people who are not signed in. One endpoint is one function; its types are what the
//! OpenAPI document `docs/admin-api.openapi.json` is made of, so that the two cannot differ.

mod api;
mod audit;
mod document;
mod invitations;
mod page;
mod people;
mod tokens;

use alphorn_http::App;
use axum::Router;

use api::Api;

/// The routes of this crate.
pub fn routes() -> Router<App> {
    api().into_router()
}

/// The OpenAPI document of these routes.
#[must_use]
pub fn document() -> serde_json::Value {
    api().document()
}

fn api() -> Api {
    let areas = [people::add, invitations::add, tokens::add, audit::add];
    areas.into_iter().fold(Api::new(), |api, add| add(api))
}
