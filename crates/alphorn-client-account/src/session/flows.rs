//! `GET /_matrix/client/v3/login`. Specification: Client-Server API, "Login".

use alphorn_http::{RawAnswer, Result};
use serde_json::json;

/// How one can sign in.
pub(super) async fn get() -> Result {
    RawAnswer::of(&json!({ "flows": [
        { "type": "m.login.password" },
        { "type": "m.login.token", "get_login_token": true },
        { "type": "m.login.application_service" },
    ] }))
}
