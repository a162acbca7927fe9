//! What a device publishes at once: identity keys, one-time keys, fallback keys.
//! Specification: Client-Server API, "Key algorithms", "One-time and fallback keys".

use std::collections::BTreeMap;

use alphorn_http::{
    engine::ReadError,
    model::{Fact, RawJson, Refusal, fact::KeysFact},
    store::Reader,
};
use ruma_common::CanonicalJsonValue;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::signed;

/// Longest identity keys of a device in bytes.
const DEVICE_KEYS_BYTES_MAX: usize = 16 * 1024;
/// Longest one-time or fallback key in bytes.
const KEY_BYTES_MAX: usize = 4 * 1024;
/// Longest `algorithm:key_id` in bytes.
const KEY_ID_BYTES_MAX: usize = 255;
/// One-time keys that a device may have waiting, of all algorithms; clients keep up to 100.
const ONE_TIME_KEYS_MAX: usize = 1_000;
/// Fallback keys in one request: one for each algorithm.
const FALLBACK_KEYS_MAX: usize = 16;

/// The part of a request that carries keys.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct BundleBody {
    pub(crate) device_keys: Option<RawJson>,
    pub(crate) one_time_keys: Option<BTreeMap<String, RawJson>>,
    pub(crate) fallback_keys: Option<BTreeMap<String, RawJson>>,
}

/// Keys that have the right form.
#[derive(Debug, Clone)]
pub(crate) struct Bundle {
    identity: Option<RawJson>,
    once: BTreeMap<String, RawJson>,
    fallback: BTreeMap<String, RawJson>,
}

impl BundleBody {
    /// Checks the form of everything, and that the identity keys are those of this very device.
    ///
    /// # Errors
    /// `M_BAD_JSON`, `M_INVALID_PARAM`.
    pub(crate) fn check(self, user: &str, device: &str) -> Result<Bundle, Refusal> {
        let identity = self.device_keys.map(|keys| check_identity(&keys, user, device)).transpose()?;
        let once = self.one_time_keys.unwrap_or_default();
        let fallback = self.fallback_keys.unwrap_or_default();
        if once.len() > ONE_TIME_KEYS_MAX || fallback.len() > FALLBACK_KEYS_MAX {
            return Err(too_many());
        }
        for (id, key) in once.iter().chain(&fallback) {
            check_key(id, key)?;
        }
        Ok(Bundle { identity, once, fallback })
    }
}

impl Bundle {
    /// All of it, for a device that has nothing yet.
    pub(crate) fn all_facts(&self, device: &str) -> Vec<Fact> {
        let device = || device.to_owned();
        let identity =
            self.identity.clone().map(|keys| KeysFact::DeviceKeysUploaded { device: device(), keys });
        let (once, fallback) = (self.once.clone(), self.fallback.clone());
        let once = (!once.is_empty()).then(|| KeysFact::OneTimeKeysUploaded { device: device(), keys: once });
        let fallback = (!fallback.is_empty())
            .then(|| KeysFact::FallbackKeysUploaded { device: device(), keys: fallback });
        [identity, once, fallback].into_iter().flatten().map(Fact::Keys).collect()
    }

    /// What is new of it. One-time keys that are stored already are passed over: the client repeats an upload whose
    /// answer was lost.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` when a stored one-time key would change.
    pub(crate) fn facts(
        &self,
        reader: &Reader<'_>,
        user: &str,
        device: &str,
    ) -> Result<(Vec<Fact>, BTreeMap<String, u64>), ReadError> {
        let mut facts = Vec::new();
        if let Some(keys) = &self.identity
            && reader.device_keys(user, device)?.is_none_or(|stored| stored.get() != keys.get())
        {
            facts.push(KeysFact::DeviceKeysUploaded { device: device.to_owned(), keys: keys.clone() });
        }
        let mut counts: BTreeMap<_, _> = reader.one_time_key_counts(user, device)?.into_iter().collect();
        // Clients look for this count above all; without keys it is 0 and not absent.
        counts.entry("signed_curve25519".to_owned()).or_insert(0);
        let mut keys = BTreeMap::new();
        for (id, key) in &self.once {
            match reader.one_time_key(user, device, id)? {
                None => {
                    *counts.entry(algorithm(id).to_owned()).or_insert(0) += 1;
                    keys.insert(id.clone(), key.clone());
                }
                Some(stored) if signed::same_key(&stored, key) => {}
                Some(_) => return Err(already_exists(id).into()),
            }
        }
        if counts.values().sum::<u64>() > ONE_TIME_KEYS_MAX as u64 {
            return Err(too_many().into());
        }
        if !keys.is_empty() {
            facts.push(KeysFact::OneTimeKeysUploaded { device: device.to_owned(), keys });
        }
        let mut keys = BTreeMap::new();
        for (id, key) in &self.fallback {
            let stored = reader.fallback_key(user, device, algorithm(id))?;
            if stored.is_none_or(|stored| stored.id != *id || !signed::same_key(&stored.key, key)) {
                keys.insert(id.clone(), key.clone());
            }
        }
        if !keys.is_empty() {
            facts.push(KeysFact::FallbackKeysUploaded { device: device.to_owned(), keys });
        }
        Ok((facts.into_iter().map(Fact::Keys).collect(), counts))
    }
}

fn too_many() -> Refusal {
    Refusal::invalid_param(format!(
        "a device may have {ONE_TIME_KEYS_MAX} one-time keys and {FALLBACK_KEYS_MAX} fallback keys"
    ))
}

/// Clients recognise this case by these words, which the first homeserver used.
fn already_exists(id: &str) -> Refusal {
    Refusal::invalid_param(format!("One time key {id} already exists with other content"))
}

fn algorithm(id: &str) -> &str {
    id.split_once(':').map_or(id, |(algorithm, _)| algorithm)
}

/// Identity keys as they are stored: in canonical form and without what is not signed.
fn check_identity(raw: &RawValue, user: &str, device: &str) -> Result<RawJson, Refusal> {
    if raw.get().len() > DEVICE_KEYS_BYTES_MAX {
        return Err(Refusal::invalid_param(format!(
            "device_keys are longer than {DEVICE_KEYS_BYTES_MAX} bytes"
        )));
    }
    let mut keys = signed::parse(raw, "device_keys")?;
    if signed::text(&keys, "user_id") != Some(user) || signed::text(&keys, "device_id") != Some(device) {
        return Err(Refusal::bad_json("device_keys are not those of this user and device"));
    }
    let algorithms = keys.get("algorithms").and_then(CanonicalJsonValue::as_array);
    if !algorithms.is_some_and(|list| list.iter().all(CanonicalJsonValue::is_string)) {
        return Err(Refusal::bad_json("device_keys need a list of algorithms"));
    }
    if !signed::child(&keys, "keys").is_some_and(|keys| keys.values().all(CanonicalJsonValue::is_string)) {
        return Err(Refusal::bad_json("device_keys need keys by algorithm and device"));
    }
    let by_signer = signed::child(&keys, "signatures");
    if !by_signer.is_some_and(|signers| signers.values().all(is_text_map)) {
        return Err(Refusal::bad_json("device_keys need signatures by user and key"));
    }
    keys.remove("unsigned");
    signed::to_raw(&keys)
}

fn is_text_map(value: &CanonicalJsonValue) -> bool {
    value.as_object().is_some_and(|map| map.values().all(CanonicalJsonValue::is_string))
}

fn check_key(id: &str, key: &RawValue) -> Result<(), Refusal> {
    let named = id.split_once(':').is_some_and(|(algorithm, name)| !algorithm.is_empty() && !name.is_empty());
    if !named || id.len() > KEY_ID_BYTES_MAX {
        return Err(Refusal::invalid_param("a key's name is its algorithm, a colon and an id"));
    }
    if key.get().len() > KEY_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("the key {id} is longer than {KEY_BYTES_MAX} bytes")));
    }
    match key.get().as_bytes().first() {
        Some(b'"') => Ok(()),
        Some(b'{') => {
            let object = signed::parse(key, id)?;
            if signed::text(&object, "key").is_none() {
                return Err(Refusal::bad_json(format!("the key {id} has no `key`")));
            }
            Ok(())
        }
        _ => Err(Refusal::bad_json(format!("the key {id} is neither text nor an object"))),
    }
}

#[cfg(test)]
mod tests;
