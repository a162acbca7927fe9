//! Cross-signing keys: their form, and what has to sign them.
//! Specification: Client-Server API, "Cross-signing".

use alphorn_http::{
    engine::ReadError,
    model::{ErrorCode, RawJson, Refusal},
    store::Reader,
};
use ruma_common::{CanonicalJsonObject, CanonicalJsonValue, serde::Base64};
use serde_json::value::RawValue;

use crate::signed;

/// Longest cross-signing key in bytes, with its signatures.
const KEY_BYTES_MAX: usize = 16 * 1024;

/// What a cross-signing key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    Master,
    SelfSigning,
    UserSigning,
}

impl Usage {
    /// As it stands in keys.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::SelfSigning => "self_signing",
            Self::UserSigning => "user_signing",
        }
    }

    /// The member of an upload that carries such a key.
    pub(super) const fn member(self) -> &'static str {
        match self {
            Self::Master => "master_key",
            Self::SelfSigning => "self_signing_key",
            Self::UserSigning => "user_signing_key",
        }
    }
}

/// A cross-signing key of the right form.
#[derive(Debug, Clone)]
pub(super) struct CrossSigningKey {
    /// The whole object.
    pub(super) object: CanonicalJsonObject,
    /// The public key in base64.
    pub(super) public: String,
}

impl CrossSigningKey {
    /// Checks the form of an uploaded key.
    ///
    /// # Errors
    /// `M_BAD_JSON`, `M_INVALID_PARAM`.
    pub(super) fn check(raw: &RawValue, usage: Usage, user: &str) -> Result<Self, Refusal> {
        let member = usage.member();
        if raw.get().len() > KEY_BYTES_MAX {
            return Err(Refusal::invalid_param(format!("{member} is longer than {KEY_BYTES_MAX} bytes")));
        }
        let object = signed::parse(raw, member)?;
        if signed::text(&object, "user_id") != Some(user) {
            return Err(Refusal::invalid_param(format!("{member} is not this user's")));
        }
        let usages = object.get("usage").and_then(CanonicalJsonValue::as_array).unwrap_or_default();
        if !usages.iter().any(|word| word.as_str() == Some(usage.as_str())) {
            return Err(Refusal::invalid_param(format!("{member} lacks the usage {:?}", usage.as_str())));
        }
        let public = only_public_key(&object)
            .ok_or_else(|| Refusal::invalid_param(format!("{member} needs exactly one Ed25519 key")))?;
        Ok(Self { public: public.to_owned(), object })
    }

    /// A key that the store has.
    pub(super) fn stored(reader: &Reader<'_>, user: &str, usage: Usage) -> Result<Option<Self>, ReadError> {
        let Some(raw) = reader.cross_signing_key(user, usage.as_str())? else { return Ok(None) };
        let object = signed::parse(&raw, usage.member())?;
        let public = only_public_key(&object).ok_or_else(Refusal::internal)?.to_owned();
        Ok(Some(Self { object, public }))
    }

    /// The id under which its signatures stand.
    pub(super) fn id(&self) -> String {
        format!("ed25519:{}", self.public)
    }

    /// Refuses a key that `master` has not signed.
    ///
    /// # Errors
    /// `M_INVALID_SIGNATURE`.
    pub(super) fn check_signed_by(&self, master: &Self, user: &str, usage: Usage) -> Result<(), Refusal> {
        if signed::is_signed(&self.object, user, &master.id(), &master.public) {
            return Ok(());
        }
        let words = format!("{} is not signed by the master key", usage.member());
        Err(Refusal::new(ErrorCode::InvalidSignature, words))
    }

    /// As text for the log.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub(super) fn to_raw(&self) -> Result<RawJson, Refusal> {
        signed::to_raw(&self.object)
    }
}

/// `{"ed25519:KEY": "KEY"}` and nothing else, where the key has the length of one.
fn only_public_key(object: &CanonicalJsonObject) -> Option<&str> {
    let keys = signed::child(object, "keys")?;
    let (id, public) = keys.first_key_value().filter(|_| keys.len() == 1)?;
    let public = public.as_str()?;
    let bytes: Base64 = Base64::parse(public).ok()?;
    (id.strip_prefix("ed25519:") == Some(public) && bytes.as_bytes().len() == 32).then_some(public)
}
