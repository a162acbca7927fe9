//! `PUT …/org.matrix.msc3814.v1/dehydrated_device`: puts a dehydrated device in the place of the one before.

use std::collections::BTreeMap;

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Result,
    model::{Aggregate, Fact, RawJson, Refusal, fact::KeysFact, ids::ID_BYTES_MAX},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use crate::keys::BundleBody;

/// Longest `device_data` in bytes.
const DATA_BYTES_MAX: usize = 128 * 1024;

#[derive(Deserialize)]
pub(crate) struct Body {
    device_id: String,
    device_data: RawJson,
    device_keys: RawJson,
    one_time_keys: Option<BTreeMap<String, RawJson>>,
    fallback_keys: Option<BTreeMap<String, RawJson>>,
}

pub(crate) async fn put(State(app): State<App>, client: Client, JsonBody(body): JsonBody<Body>) -> Result {
    client.no_guest()?;
    let (user, device) = (client.user.to_string(), body.device_id);
    if device.is_empty() || device.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("a device id has 1 to {ID_BYTES_MAX} bytes")).into());
    }
    check_data(&body.device_data)?;
    let keys = BundleBody {
        device_keys: Some(body.device_keys),
        one_time_keys: body.one_time_keys,
        fallback_keys: body.fallback_keys,
    };
    let mut facts = vec![Fact::Keys(KeysFact::DehydratedDeviceSet {
        device: Some(device.clone()),
        data: Some(body.device_data),
    })];
    facts.extend(keys.check(&user, &device)?.all_facts(&device));
    let answer = json!({ "device_id": device });
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            if reader.device(&user, &device)?.is_some() {
                return Err(Refusal::invalid_param("a device that is signed in has this id").into());
            }
            Ok((facts.clone(), ()))
        })
        .await?;
    RawAnswer::of(&answer)
}

fn check_data(data: &RawJson) -> std::result::Result<(), Refusal> {
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        algorithm: std::borrow::Cow<'a, str>,
    }
    if data.get().len() > DATA_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("device_data is longer than {DATA_BYTES_MAX} bytes")));
    }
    match serde_json::from_str::<Data<'_>>(data.get()) {
        Ok(data) if !data.algorithm.is_empty() => Ok(()),
        _ => Err(Refusal::bad_json("device_data must be an object with an algorithm")),
    }
}
