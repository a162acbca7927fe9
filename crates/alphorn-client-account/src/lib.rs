//! Floor 4: the part of the client-server API that concerns accounts - what the server offers,
//! registration and sessions, devices, profiles, account data, push rules. One file for each endpoint.

mod account;
mod data;
mod devices;
mod memory;
mod moderation;
mod networks;
mod paths;
mod people;
mod profile;
mod push;
mod registration;
mod server;
mod session;

use alphorn_http::App;
use axum::{Extension, Router};

use memory::Memory;
use paths::Paths;

/// The routes of this crate.
pub fn routes() -> Router<App> {
    [
        server::add,
        registration::add,
        session::add,
        devices::add,
        account::add,
        profile::add,
        data::add,
        push::add,
        people::add,
        moderation::add,
        networks::add,
    ]
    .into_iter()
    .fold(Paths::default(), |paths, add| add(paths))
    .into_router()
    .layer(Extension(Memory::default()))
}
