//! The server's signing key and what is signed with it.
//! Specification: appendices, "Signing JSON"; Server-Server API, "Signing Events".

use alphorn_model::OwnedServerName;
use ruma_common::CanonicalJsonObject;
use ruma_common::room_version_rules::RedactionRules;
use ruma_common::serde::Base64;
use ruma_signatures::{Ed25519KeyPair, Ed25519KeyPairParseError, JsonError};

/// An Ed25519 private key in PKCS#8 form is this and the 32 bytes of the seed (RFC 8410, section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Signs in this server's name.
#[derive(Debug)]
pub struct Signer {
    server_name: OwnedServerName,
    key_id: String,
    key: Ed25519KeyPair,
}

impl Signer {
    /// A signer from the seed of an Ed25519 key.
    ///
    /// # Errors
    /// When the key pair cannot be made of the seed.
    pub fn from_seed(
        server_name: OwnedServerName,
        key_version: &str,
        seed: &[u8; 32],
    ) -> Result<Self, Ed25519KeyPairParseError> {
        let mut document = [0_u8; 48];
        let (prefix, private) = document.split_at_mut(PKCS8_PREFIX.len());
        prefix.copy_from_slice(&PKCS8_PREFIX);
        private.copy_from_slice(seed);
        let key = Ed25519KeyPair::from_der(&document, key_version.to_owned())?;
        Ok(Self { server_name, key_id: format!("ed25519:{key_version}"), key })
    }

    /// The server in whose name it signs.
    #[must_use]
    pub fn server_name(&self) -> &OwnedServerName {
        &self.server_name
    }

    /// The key's id, `ed25519:version`.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The public key in unpadded base64.
    #[must_use]
    pub fn public_key_base64(&self) -> String {
        Base64::<ruma_common::serde::base64::Standard, _>::new(self.key.public_key()).encode()
    }

    /// Signs any object: the signature is added to its `signatures`.
    ///
    /// # Errors
    /// When `signatures` is there and has another shape.
    pub fn sign_json(&self, object: &mut CanonicalJsonObject) -> Result<(), JsonError> {
        ruma_signatures::sign_json(self.server_name.as_str(), &self.key, object)
    }

    /// Adds the content hash and the signature to an event.
    ///
    /// # Errors
    /// When the event is too large, or a field has a shape that hashing cannot take.
    pub(crate) fn hash_and_sign(
        &self,
        event: &mut CanonicalJsonObject,
        rules: &RedactionRules,
    ) -> Result<(), JsonError> {
        ruma_signatures::hash_and_sign_event(self.server_name.as_str(), &self.key, event, rules)
    }
}
