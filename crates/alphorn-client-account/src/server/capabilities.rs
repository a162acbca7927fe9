//! `GET /_matrix/client/v3/capabilities`. Specification: Client-Server API, "Capabilities negotiation".

use alphorn_http::{App, Client, RawAnswer, Result};
use axum::extract::State;
use serde_json::{Map, Value, json};

/// Room versions that are served, all of them stable. Specification: "Room Versions".
const ROOM_VERSIONS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

/// What clients may do here.
pub(super) async fn get(State(app): State<App>, client: Client) -> Result {
    let available: Map<String, Value> =
        ROOM_VERSIONS.iter().map(|version| ((*version).to_owned(), "stable".into())).collect();
    let mut capabilities = json!({
        "m.room_versions": { "default": app.site().default_room_version, "available": available },
        "m.change_password": { "enabled": !client.guest },
        "m.set_displayname": { "enabled": true },
        "m.set_avatar_url": { "enabled": true },
        "m.profile_fields": { "enabled": true },
        "m.3pid_changes": { "enabled": false },
        "m.get_login_token": { "enabled": !client.guest },
    });
    if client.admin {
        capabilities["m.account_moderation"] = json!({ "lock": true, "suspend": true });
    }
    RawAnswer::of(&json!({ "capabilities": capabilities }))
}
