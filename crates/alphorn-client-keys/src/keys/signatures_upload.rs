//! `POST /_matrix/client/v3/keys/signatures/upload`: a user signed devices or keys.
//! Specification: Client-Server API, "Cross-signing".
//!
//! Every signature is verified before it is stored: of own devices by the self-signing key, of the own master key
//! by own devices, of another user's master key by the user-signing key.

use std::collections::BTreeMap;

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Result,
    engine::ReadError,
    model::{Aggregate, ErrorCode, Fact, OwnedUserId, RawJson, Refusal, UserId, fact::KeysFact},
    store::{KeySignature, Reader},
};
use axum::extract::State;
use ruma_common::CanonicalJsonObject;
use serde_json::{Value, json};

use super::cross_signing::{CrossSigningKey, Usage};
use crate::signed;

/// Signed objects in one request.
const OBJECTS_MAX: usize = 500;
/// Signatures by one user on one object.
const SIGNATURES_MAX: usize = 8;

type Body = BTreeMap<String, BTreeMap<String, RawJson>>;
type Failures = BTreeMap<String, BTreeMap<String, Value>>;

pub(crate) async fn upload(State(app): State<App>, client: Client, JsonBody(body): JsonBody<Body>) -> Result {
    if body.values().map(BTreeMap::len).sum::<usize>() > OBJECTS_MAX {
        return Err(Refusal::invalid_param(format!("at most {OBJECTS_MAX} signed objects at once")).into());
    }
    let signer = client.user.to_string();
    let failures = app
        .engine()
        .decide(Aggregate::User(signer.clone()), move |reader| decide(reader, &signer, &body))
        .await?;
    RawAnswer::of(&json!({ "failures": failures }))
}

fn decide(
    reader: &Reader<'_>,
    signer: &str,
    body: &Body,
) -> std::result::Result<(Vec<Fact>, Failures), ReadError> {
    let (mut facts, mut failures) = (Vec::new(), Failures::new());
    for (target, objects) in body {
        let target = UserId::parse(target)
            .map_err(|_| Refusal::invalid_param(format!("{target:?} is not a user id")))?;
        let known = reader.key_signatures(target.as_str(), signer)?;
        for (key, raw) in objects {
            let case = Case { reader, signer, target: &target, key, known: &known };
            match case.check(raw) {
                Ok(new) => facts.extend(new.into_iter().map(Fact::Keys)),
                Err(ReadError::Refused(why)) => {
                    let why = json!({ "errcode": why.code.as_str(), "error": why.message });
                    failures.entry(target.to_string()).or_default().insert(key.clone(), why);
                }
                Err(failed) => return Err(failed),
            }
        }
    }
    Ok((facts, failures))
}

/// One signed object.
struct Case<'a> {
    reader: &'a Reader<'a>,
    signer: &'a str,
    target: &'a OwnedUserId,
    /// The device or the public key that is signed.
    key: &'a str,
    /// Signatures stored already.
    known: &'a [KeySignature],
}

impl Case<'_> {
    fn check(&self, raw: &RawJson) -> std::result::Result<Vec<KeysFact>, ReadError> {
        let object = signed::parse(raw, "the signed object")?;
        let stored = self.stored()?.ok_or_else(|| Refusal::not_found("there is no such key"))?;
        if !signed::same_content(&stored, &object) {
            return Err(Refusal::invalid_param("this is not the key that is stored").into());
        }
        let signatures = signed::child(&object, "signatures").and_then(|all| signed::child(all, self.signer));
        let signatures =
            signatures.ok_or_else(|| invalid("the object has no signature by the user who uploads it"))?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(Refusal::invalid_param("too many signatures on one object").into());
        }
        let mut facts = Vec::new();
        for (id, signature) in signatures {
            let signature = signature.as_str().unwrap_or_default();
            if self.is_known(&stored, id, signature) {
                continue;
            }
            let public = self.public_key(id)?.ok_or_else(|| invalid(format!("{id} may not sign this")))?;
            if !signed::is_signed(&object, self.signer, id, &public) {
                return Err(invalid(format!("the signature by {id} does not verify")).into());
            }
            facts.push(KeysFact::SignatureUploaded {
                target_user: self.target.clone(),
                target_key: self.key.to_owned(),
                signing_key: id.clone(),
                signature: signature.to_owned(),
            });
        }
        Ok(facts)
    }

    fn is_own(&self) -> bool {
        self.target.as_str() == self.signer
    }

    /// The object as its owner uploaded it.
    fn stored(&self) -> std::result::Result<Option<CanonicalJsonObject>, ReadError> {
        if self.is_own()
            && let Some(keys) = self.reader.device_keys(self.signer, self.key)?
        {
            return Ok(Some(signed::parse(&keys, "device_keys")?));
        }
        let master = CrossSigningKey::stored(self.reader, self.target.as_str(), Usage::Master)?;
        Ok(master.filter(|master| master.public == self.key).map(|master| master.object))
    }

    fn is_known(&self, stored: &CanonicalJsonObject, id: &str, signature: &str) -> bool {
        signed::signature(stored, self.signer, id) == Some(signature)
            || self.known.iter().any(|known| {
                known.target_key == self.key
                    && known.signer == self.signer
                    && known.signing_key == id
                    && known.signature == signature
            })
    }

    /// The public half of the key that is to have signed, if that key may sign this object.
    fn public_key(&self, id: &str) -> std::result::Result<Option<String>, ReadError> {
        let usage = if self.is_own() { Usage::SelfSigning } else { Usage::UserSigning };
        if let Some(key) = CrossSigningKey::stored(self.reader, self.signer, usage)?
            && key.id() == id
        {
            return Ok(Some(key.public));
        }
        let Some(device) = id.strip_prefix("ed25519:").filter(|_| self.is_own()) else { return Ok(None) };
        let Some(keys) = self.reader.device_keys(self.signer, device)? else { return Ok(None) };
        let keys = signed::parse(&keys, "device_keys")?;
        let public = signed::child(&keys, "keys").and_then(|keys| signed::text(keys, id));
        Ok(public.map(str::to_owned))
    }
}

fn invalid(words: impl Into<String>) -> Refusal {
    Refusal::new(ErrorCode::InvalidSignature, words)
}
