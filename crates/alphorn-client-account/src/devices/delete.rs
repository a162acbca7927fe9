//! `DELETE /_matrix/client/v3/devices/{deviceId}` and `POST /_matrix/client/v3/delete_devices`.
//! Specification: "Device Management".

use alphorn_http::{App, JsonBody, OptionalJsonBody, Path, PeerAddr, Regular, Result, empty, model::Refusal};
use axum::extract::State;
use serde_json::{Map, Value};

/// Devices deleted at once at most.
const DEVICES_MAX: usize = 1_000;

/// Deletes a device. One that is not there is gone already.
pub(super) async fn one(
    State(app): State<App>,
    Regular(client): Regular,
    peer: PeerAddr,
    Path(device): Path<String>,
    OptionalJsonBody(body): OptionalJsonBody<Map<String, Value>>,
) -> Result {
    let proven = app.prove_user(&client, &format!("DELETE /devices/{device}"), &body, peer).await?;
    app.engine().delete_devices(&client.user, vec![device]).await?;
    app.proof_used(&proven);
    empty()
}

/// Deletes several devices.
pub(super) async fn many(
    State(app): State<App>,
    Regular(client): Regular,
    peer: PeerAddr,
    JsonBody(body): JsonBody<Map<String, Value>>,
) -> Result {
    let devices = body.get("devices").ok_or_else(|| Refusal::missing_param("missing field `devices`"))?;
    let devices: Vec<String> = serde_json::from_value(devices.clone())
        .map_err(|_| Refusal::bad_json("'devices' must be a list of device ids"))?;
    if devices.len() > DEVICES_MAX {
        return Err(Refusal::invalid_param(format!("at most {DEVICES_MAX} devices at once")).into());
    }
    let proven = app.prove_user(&client, "POST /delete_devices", &body, peer).await?;
    app.engine().delete_devices(&client.user, devices).await?;
    app.proof_used(&proven);
    empty()
}
