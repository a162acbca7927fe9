//! Sessions: signing in and out. Specification: Client-Server API, "Login", "Refreshing access tokens".

mod flows;
mod get_token;
mod login;
mod logout;
mod refresh;
mod whoami;

use axum::routing::{get, post};

use crate::Paths;

pub(crate) fn add(paths: Paths) -> Paths {
    paths
        .v3("/login", get(flows::get).post(login::post))
        .v1("/login/get_token", post(get_token::post))
        .v3("/logout", post(logout::post))
        .v3("/logout/all", post(logout::post_all))
        .v3("/refresh", post(refresh::post))
        .v3("/account/whoami", get(whoami::get))
}
