//! `GET /_matrix/client/v3/account/whoami`. Specification: Client-Server API, "Current account information".

use alphorn_http::{Client, RawAnswer, Result};
use serde_json::json;

/// Who asks.
pub(super) async fn get(client: Client) -> Result {
    let mut answer = json!({ "user_id": client.user, "is_guest": client.guest });
    if !client.device.is_empty() {
        answer["device_id"] = client.device.as_str().into();
    }
    RawAnswer::of(&answer)
}
