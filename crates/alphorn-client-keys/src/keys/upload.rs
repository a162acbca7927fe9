//! `POST /_matrix/client/v3/keys/upload`: a device publishes its keys.
//! Specification: Client-Server API, "End-to-End Encryption", "Key management API".

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Result,
    model::{Aggregate, ErrorCode, Refusal},
};
use axum::extract::State;
use serde_json::json;

use super::BundleBody;

pub(crate) async fn upload(
    State(app): State<App>,
    client: Client,
    JsonBody(body): JsonBody<BundleBody>,
) -> Result {
    let (user, device) = (client.user.to_string(), client.device.clone());
    if device.is_empty() {
        return Err(Refusal::invalid_param("keys belong to a device: name one in `device_id`").into());
    }
    let bundle = body.check(&user, &device)?;
    let counts = app
        .engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            // The session may have ended while the request was on its way: keys of no device would stay for ever.
            if reader.device(&user, &device)?.is_none() {
                return Err(Refusal::new(ErrorCode::UnknownToken, "this device was deleted").into());
            }
            bundle.facts(reader, &user, &device)
        })
        .await?;
    RawAnswer::of(&json!({ "one_time_key_counts": counts }))
}
