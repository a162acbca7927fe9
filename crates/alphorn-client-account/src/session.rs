//! Sessions: signing in and out. Specification: Client-Server API, "Login", "Refreshing access tokens".

mod flows;
mod get_token;
mod login;
mod logout;
mod refresh;
mod whoami;

use alphorn_http::engine::Session;
use alphorn_http::model::OwnedUserId;
use axum::routing::{get, post};
use serde_json::{Value, json};

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

/// What a client is told of a session that was begun.
pub(crate) fn answer(user: &OwnedUserId, session: &Session) -> Value {
    let mut answer = json!({
        "user_id": user,
        "home_server": user.server_name(),
        "device_id": session.device,
        "access_token": session.access_token,
    });
    if let Some(refresh_token) = &session.refresh_token {
        answer["refresh_token"] = refresh_token.as_str().into();
    }
    if let Some(expires_in_ms) = session.expires_in_ms {
        answer["expires_in_ms"] = expires_in_ms.into();
    }
    answer
}
