//! Making accounts. Specification: Client-Server API, "Account registration and management".

mod available;
pub(crate) mod nonce;
mod register;
mod service;
mod shared_secret;
mod token_validity;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) use service::by_token as service_by_token;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/register", post(register::post))
        .v3("/register/available", get(available::get))
        .v1("/register/m.login.registration_token/validity", get(token_validity::get))
        .at("/_synapse/admin/v1/register", get(shared_secret::get).post(shared_secret::post))
}
