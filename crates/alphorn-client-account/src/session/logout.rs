//! `POST /_matrix/client/v3/logout` and `/logout/all`. Specification: Client-Server API, "Login".

use alphorn_http::{App, Client, Result, empty, engine::ReadError};
use axum::extract::State;

/// Ends the session, with its device.
pub(super) async fn post(State(app): State<App>, client: Client) -> Result {
    // An application service that acts without a device has no session to end.
    if !client.device.is_empty() {
        app.engine().delete_devices(&client.user, vec![client.device.clone()]).await?;
    }
    empty()
}

/// Ends all sessions of the user, with their devices.
pub(super) async fn post_all(State(app): State<App>, client: Client) -> Result {
    let name = client.user.to_string();
    let devices = app.engine().read(move |reader| Ok::<_, ReadError>(reader.devices(&name)?)).await?;
    let devices = devices.into_iter().map(|device| device.device).collect();
    app.engine().delete_devices(&client.user, devices).await?;
    empty()
}
