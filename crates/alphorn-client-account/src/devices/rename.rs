//! `PUT /_matrix/client/v3/devices/{deviceId}`. Specification: "Device Management"; Application Service
//! API, "Device management".

use alphorn_http::{
    App, Client, JsonBody, Path, RawAnswer, Result,
    model::{
        Aggregate, Fact, Refusal,
        fact::{AccountFact, KeysFact},
        ids::ID_BYTES_MAX,
    },
};
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;

/// Longest name in letters.
const NAME_LETTERS_MAX: usize = 100;

#[derive(Deserialize)]
pub(super) struct Body {
    display_name: Option<String>,
}

/// Refuses names that are too long.
pub(crate) fn check_name(name: Option<&str>) -> Result<()> {
    if name.is_some_and(|name| name.chars().count() > NAME_LETTERS_MAX) {
        let words = format!("a device's name has at most {NAME_LETTERS_MAX} letters");
        return Err(Refusal::invalid_param(words).into());
    }
    Ok(())
}

/// Gives a device another name. An application service makes the device by this if it is not there.
pub(super) async fn put(
    State(app): State<App>,
    client: Client,
    Path(device): Path<String>,
    JsonBody(body): JsonBody<Body>,
) -> Result<(StatusCode, RawAnswer)> {
    check_name(body.display_name.as_deref())?;
    if device.is_empty() || device.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param("a device id has 1 to 255 bytes").into());
    }
    let (name, may_make) = (client.user.to_string(), client.appservice.is_some());
    let made = app
        .engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let found = reader.device(&name, &device)?;
            let (device, display_name) = (device.clone(), body.display_name.clone());
            match found {
                Some(found) if display_name.is_none() || found.display_name == display_name => {
                    Ok((Vec::new(), false))
                }
                Some(_) => {
                    Ok((vec![Fact::Account(AccountFact::DeviceRenamed { device, display_name })], false))
                }
                None if may_make => {
                    let made = Fact::Account(AccountFact::DeviceCreated { device, display_name });
                    Ok((vec![made, Fact::Keys(KeysFact::DeviceListChanged {})], true))
                }
                None => Err(Refusal::not_found("there is no such device").into()),
            }
        })
        .await?;
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, RawAnswer::new("{}".to_owned())))
}
