//! `DELETE …/org.matrix.msc3814.v1/dehydrated_device`: removes the dehydrated device with its keys and messages.

use alphorn_http::{
    App, Client, RawAnswer, Result,
    model::{Aggregate, Fact, Refusal, fact::KeysFact},
};
use axum::extract::State;
use serde_json::json;

pub(crate) async fn delete(State(app): State<App>, client: Client) -> Result {
    let user = client.user.to_string();
    let device = app
        .engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            let found = reader.dehydrated_device(&user)?;
            let (device, _) = found.ok_or_else(|| Refusal::not_found("there is no dehydrated device"))?;
            let fact = KeysFact::DehydratedDeviceSet { device: None, data: None };
            Ok((vec![Fact::Keys(fact)], device))
        })
        .await?;
    RawAnswer::of(&json!({ "device_id": device }))
}
