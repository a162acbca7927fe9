//! Floor 4: the administrator's API under `/_alphorn/admin/v1`, for the web client and for scripts, and the few
//! addresses that go with it for people who are not signed in. One endpoint is one function; its types are what the
//! OpenAPI document `docs/admin-api.openapi.json` is made of, so that the two cannot differ.

mod api;
mod audit;
mod document;
mod invitations;
mod media;
mod operation;
mod page;
mod people;
mod reports;
mod rooms;
mod settings;
mod tokens;

use std::sync::Arc;

use alphorn_http::App;
use alphorn_media::MediaRepository;
use axum::{Extension, Router};

use api::{Api, Around};
pub use operation::{Disk, Machine, Node};

/// The routes of this crate.
pub fn routes(media: Arc<MediaRepository>, machine: Arc<dyn Machine>) -> Router<App> {
    api().into_router().layer(Extension(Around { media, machine }))
}

/// The OpenAPI document of these routes.
#[must_use]
pub fn document() -> serde_json::Value {
    api().document()
}

fn api() -> Api {
    let areas = [
        people::add,
        invitations::add,
        tokens::add,
        audit::add,
        rooms::add,
        reports::add,
        media::add,
        operation::add,
        settings::add,
    ];
    areas.into_iter().fold(Api::new(), |api, add| add(api))
}
