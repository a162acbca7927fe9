//! `PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}`: messages to devices.
//! Specification: Client-Server API, "Send-to-Device messaging".

use std::collections::BTreeMap;

use alphorn_http::{
    App, Client, JsonBody, Path, Result, empty,
    engine::ReadError,
    model::{
        Aggregate, Fact, OwnedUserId, RawJson, Refusal, UserId,
        fact::{KeysFact, ToDeviceMessage},
        ids::ID_BYTES_MAX,
    },
    store::Reader,
};
use axum::extract::State;
use serde::Deserialize;

/// Messages that one request may become.
const MESSAGES_MAX: usize = 5_000;
/// Bytes that they may have in all: `*` multiplies what was sent.
const MESSAGES_BYTES_MAX: usize = 8 << 20;
/// Every device of a user.
const ALL_DEVICES: &str = "*";

#[derive(Deserialize)]
pub(crate) struct Body {
    messages: BTreeMap<String, BTreeMap<String, RawJson>>,
}

pub(crate) async fn send(
    State(app): State<App>,
    client: Client,
    Path((kind, transaction)): Path<(String, String)>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    if kind.len() > ID_BYTES_MAX || transaction.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param(format!(
            "event type and transaction id have at most {ID_BYTES_MAX} bytes"
        ))
        .into());
    }
    let mut local = Vec::new();
    for (user, by_device) in body.messages {
        let parsed =
            UserId::parse(&user).map_err(|_| Refusal::invalid_param(format!("{user:?} is not a user id")))?;
        if let Some((device, _)) = by_device.iter().find(|(_, content)| !content.get().starts_with('{')) {
            return Err(Refusal::bad_json(format!("the message to {device:?} is not an object")).into());
        }
        if parsed.server_name() == app.engine().server_name() {
            local.push((parsed, by_device));
        } else {
            tracing::debug!(server = %parsed.server_name(), "a message to a device elsewhere has no way there");
        }
    }
    let sending = Sending {
        sender: client.user.to_string(),
        transaction: (client.device.clone(), transaction),
        kind,
        local,
    };
    let aggregate = Aggregate::User(sending.sender.clone());
    app.engine().decide(aggregate, move |reader| Ok((sending.decide(reader)?, ()))).await?;
    empty()
}

struct Sending {
    sender: String,
    /// Device and transaction id.
    transaction: (String, String),
    kind: String,
    local: Vec<(OwnedUserId, BTreeMap<String, RawJson>)>,
}

impl Sending {
    fn decide(&self, reader: &Reader<'_>) -> std::result::Result<Vec<Fact>, ReadError> {
        let (device, id) = &self.transaction;
        if reader.to_device_transaction(&self.sender, device, id)? {
            return Ok(Vec::new());
        }
        let (mut messages, mut bytes) = (Vec::new(), 0_usize);
        for (user, by_device) in &self.local {
            for (device, content) in by_device {
                for device in receivers(reader, user.as_str(), device)? {
                    bytes = bytes.saturating_add(content.get().len());
                    let kind = self.kind.clone();
                    messages.push(ToDeviceMessage {
                        user: user.clone(),
                        device,
                        kind,
                        content: content.clone(),
                    });
                    if messages.len() > MESSAGES_MAX || bytes > MESSAGES_BYTES_MAX {
                        return Err(Refusal::invalid_param("too many messages at once").into());
                    }
                }
            }
        }
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = Some(self.transaction.clone());
        Ok(vec![Fact::Keys(KeysFact::ToDeviceSent { transaction, messages })])
    }
}

/// The devices that get a message: those that there are, so that nothing waits for ever.
fn receivers(reader: &Reader<'_>, user: &str, device: &str) -> std::result::Result<Vec<String>, ReadError> {
    if device == ALL_DEVICES {
        return Ok(reader.devices(user)?.into_iter().map(|device| device.device).collect());
    }
    let known = reader.device(user, device)?.is_some()
        || reader.dehydrated_device(user)?.is_some_and(|(dehydrated, _)| dehydrated == device);
    Ok(if known { vec![device.to_owned()] } else { Vec::new() })
}
