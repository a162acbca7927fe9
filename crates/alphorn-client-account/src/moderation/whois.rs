//! `GET /_matrix/client/v3/admin/whois/{userId}`. Specification: "Server Administration".

use alphorn_http::{App, Client, Path, RawAnswer, Result, model::Refusal};
use axum::extract::State;
use serde_json::{Map, Value, json};

/// The devices of a user, and from where they were last seen: for the user and for administrators.
pub(super) async fn get(State(app): State<App>, client: Client, Path(user): Path<String>) -> Result {
    if client.user != user.as_str() {
        client.administrator()?;
    }
    let name = user.clone();
    let devices = app
        .engine()
        .read(move |reader| {
            reader.account(&name)?.ok_or_else(|| Refusal::not_found("there is no such user here"))?;
            Ok(reader.devices(&name)?)
        })
        .await?;
    let devices: Map<String, Value> = devices
        .into_iter()
        .map(|device| {
            let connections: Vec<_> = app
                .sightings()
                .of(&user, &device.device)
                .map(|seen| json!({ "ip": seen.address, "last_seen": seen.at_ms, "user_agent": seen.agent }))
                .into_iter()
                .collect();
            (device.device, json!({ "sessions": [{ "connections": connections }] }))
        })
        .collect();
    RawAnswer::of(&json!({ "user_id": user, "devices": devices }))
}
