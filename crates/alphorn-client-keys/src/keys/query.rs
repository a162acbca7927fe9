//! `POST /_matrix/client/v3/keys/query`: the public keys of devices and users.
//! Specification: Client-Server API, "Key management API"; "Cross-signing" on who sees which keys.

use std::collections::{BTreeMap, HashMap};

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Result,
    engine::ReadError,
    model::{RawJson, Refusal, UserId},
    store::Reader,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Users in one request; clients ask for about 250 at once.
const USERS_MAX: usize = 2_000;

#[derive(Deserialize)]
pub(crate) struct Body {
    device_keys: BTreeMap<String, Vec<String>>,
}

#[derive(Default, Serialize)]
struct Answer {
    device_keys: BTreeMap<String, Map<String, Value>>,
    master_keys: BTreeMap<String, Value>,
    self_signing_keys: BTreeMap<String, Value>,
    user_signing_keys: BTreeMap<String, Value>,
    failures: BTreeMap<String, Value>,
}

pub(crate) async fn query(State(app): State<App>, client: Client, JsonBody(body): JsonBody<Body>) -> Result {
    if body.device_keys.len() > USERS_MAX {
        return Err(Refusal::invalid_param(format!("at most {USERS_MAX} users at once")).into());
    }
    let (viewer, here) = (client.user.to_string(), app.engine().server_name().clone());
    let answer = app
        .engine()
        .read(move |reader| {
            let mut answer = Answer::default();
            for (user, devices) in &body.device_keys {
                let parsed = UserId::parse(user)
                    .map_err(|_| Refusal::invalid_param(format!("{user:?} is not a user id")))?;
                if parsed.server_name() == here {
                    answer.add(reader, &viewer, user, devices)?;
                } else {
                    answer.failures.insert(parsed.server_name().to_string(), unreachable_server());
                }
            }
            Ok(answer)
        })
        .await?;
    RawAnswer::of(&answer)
}

/// What `failures` says about a server that cannot be asked.
pub(super) fn unreachable_server() -> Value {
    json!({ "errcode": "M_CONNECTION_FAILED", "error": "this server is not connected to others", "status": 503 })
}

impl Answer {
    fn add(
        &mut self,
        reader: &Reader<'_>,
        viewer: &str,
        user: &str,
        devices: &[String],
    ) -> std::result::Result<(), ReadError> {
        let signatures = Signatures::of(reader, viewer, user)?;
        let mut names: HashMap<_, _> =
            reader.devices(user)?.into_iter().map(|device| (device.device, device.display_name)).collect();
        let mut by_device = Map::new();
        for (device, keys) in reader.all_device_keys(user)? {
            if !devices.is_empty() && !devices.contains(&device) {
                continue;
            }
            let Some(mut keys) = object(&keys) else { continue };
            signatures.add_to(&mut keys, &device);
            let mut unsigned = Map::new();
            if let Some(name) = names.remove(&device).flatten() {
                unsigned.insert("device_display_name".to_owned(), name.into());
            }
            keys.insert("unsigned".to_owned(), unsigned.into());
            by_device.insert(device, keys.into());
        }
        self.device_keys.insert(user.to_owned(), by_device);
        let keys_of = |usage| -> std::result::Result<Option<Value>, ReadError> {
            let Some(mut key) = reader.cross_signing_key(user, usage)?.as_ref().and_then(object) else {
                return Ok(None);
            };
            if let Some(public) = key.get("keys").and_then(Value::as_object).and_then(public_key) {
                signatures.add_to(&mut key, &public);
            }
            Ok(Some(key.into()))
        };
        let own = viewer == user;
        for (usage, target, visible) in [
            ("master", &mut self.master_keys, true),
            ("self_signing", &mut self.self_signing_keys, true),
            // Whom somebody verified is nobody else's business.
            ("user_signing", &mut self.user_signing_keys, own),
        ] {
            if visible && let Some(key) = keys_of(usage)? {
                target.insert(user.to_owned(), key);
            }
        }
        Ok(())
    }
}

/// Signatures uploaded for a user's keys that the viewer may see, by the signed key.
struct Signatures(HashMap<String, Vec<(String, String, String)>>);

impl Signatures {
    fn of(reader: &Reader<'_>, viewer: &str, user: &str) -> std::result::Result<Self, ReadError> {
        let mut by_target: HashMap<String, Vec<_>> = HashMap::new();
        for found in reader.key_signatures(user, viewer)? {
            by_target.entry(found.target_key).or_default().push((
                found.signer,
                found.signing_key,
                found.signature,
            ));
        }
        Ok(Self(by_target))
    }

    fn add_to(&self, object: &mut Map<String, Value>, target: &str) {
        let Some(found) = self.0.get(target) else { return };
        let all = object.entry("signatures").or_insert_with(|| json!({}));
        let Value::Object(all) = all else { return };
        for (signer, key, signature) in found {
            let by_signer = all.entry(signer.clone()).or_insert_with(|| json!({}));
            if let Value::Object(by_signer) = by_signer {
                by_signer.insert(key.clone(), signature.clone().into());
            }
        }
    }
}

fn object(raw: &RawJson) -> Option<Map<String, Value>> {
    serde_json::from_str(raw.get()).ok()
}

/// The public key of a cross-signing key, which has exactly one.
fn public_key(keys: &Map<String, Value>) -> Option<String> {
    keys.values().next().and_then(Value::as_str).map(str::to_owned)
}
