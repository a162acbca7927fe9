//! `GET /_matrix/client/v3/devices` and `/devices/{deviceId}`. Specification: "Device Management".

use alphorn_http::{App, Client, Path, RawAnswer, Result, model::Refusal, store::Device};
use axum::extract::State;
use serde_json::{Value, json};

fn shown(app: &App, client: &Client, device: &Device) -> Value {
    let mut answer = json!({ "device_id": device.device });
    if let Some(name) = &device.display_name {
        answer["display_name"] = name.as_str().into();
    }
    if let Some(seen) = app.sightings().of(client.user.as_str(), &device.device) {
        answer["last_seen_ip"] = seen.address.into();
        answer["last_seen_ts"] = seen.at_ms.into();
    }
    answer
}

/// All devices of the user.
pub(super) async fn list(State(app): State<App>, client: Client) -> Result {
    let name = client.user.to_string();
    let devices = app.engine().read(move |reader| Ok(reader.devices(&name)?)).await?;
    let devices: Vec<_> = devices.iter().map(|device| shown(&app, &client, device)).collect();
    RawAnswer::of(&json!({ "devices": devices }))
}

/// One device of the user.
pub(super) async fn one(State(app): State<App>, client: Client, Path(device): Path<String>) -> Result {
    let name = client.user.to_string();
    let found = app.engine().read(move |reader| Ok(reader.device(&name, &device)?)).await?;
    let device = found.ok_or_else(|| Refusal::not_found("there is no such device"))?;
    RawAnswer::of(&shown(&app, &client, &device))
}
