//! `GET /_matrix/client/v3/devices` and `/devices/{deviceId}`. Specification: "Device Management".

use alphorn_http::{App, Client, Path, RawAnswer, Result, model::Refusal, store::Device};
use axum::extract::State;
use serde_json::{Value, json};

/// What is not known is told as null: matrix-nio takes no list in which a device lacks one of the fields.
fn shown(app: &App, client: &Client, device: &Device) -> Value {
    let seen = app.sightings().of(client.user.as_str(), &device.device);
    let (address, at_ms) = seen.map(|seen| (seen.address, seen.at_ms)).unzip();
    json!({
        "device_id": device.device,
        "display_name": device.display_name,
        "last_seen_ip": address,
        "last_seen_ts": at_ms,
    })
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
