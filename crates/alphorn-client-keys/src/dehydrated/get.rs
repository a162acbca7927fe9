//! `GET …/org.matrix.msc3814.v1/dehydrated_device`: the dehydrated device, to be brought back to life.

use alphorn_http::{App, Client, RawAnswer, Result, model::Refusal};
use axum::extract::State;
use serde_json::json;

pub(crate) async fn get(State(app): State<App>, client: Client) -> Result {
    let user = client.user.to_string();
    let found = app.engine().read(move |reader| Ok(reader.dehydrated_device(&user)?)).await?;
    let (device, data) = found.ok_or_else(|| Refusal::not_found("there is no dehydrated device"))?;
    RawAnswer::of(&json!({ "device_id": device, "device_data": data }))
}
