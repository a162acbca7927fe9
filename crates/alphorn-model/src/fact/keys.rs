//! Facts of end-to-end encryption: device keys, one-time keys, cross-signing, backups, to-device
//! messages. The server stores them for clients and reads no secret.
//! Specification: Client-Server API, "End-to-End Encryption".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{OwnedUserId, RawJson, Seq};

/// One message to one device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ToDeviceMessage {
    /// The receiving user.
    pub user: OwnedUserId,
    /// The receiving device.
    pub device: String,
    /// The event type.
    pub kind: String,
    /// The content.
    pub content: RawJson,
}

/// What happens to keys. The aggregate is the user whose keys they are, or the sender of messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeysFact {
    /// A device published its identity keys.
    DeviceKeysUploaded {
        /// The device.
        device: String,
        /// The signed `DeviceKeys` object.
        keys: RawJson,
    },
    /// A device added one-time keys: `algorithm:key_id` to key.
    OneTimeKeysUploaded {
        /// The device.
        device: String,
        /// The keys.
        keys: BTreeMap<String, RawJson>,
    },
    /// A device replaced fallback keys: `algorithm:key_id` to key.
    FallbackKeysUploaded {
        /// The device.
        device: String,
        /// The keys.
        keys: BTreeMap<String, RawJson>,
    },
    /// A one-time key was handed out and is gone.
    OneTimeKeyClaimed {
        /// The device.
        device: String,
        /// `algorithm:key_id`.
        key: String,
    },
    /// A fallback key was handed out.
    FallbackKeyUsed {
        /// The device.
        device: String,
        /// The algorithm.
        algorithm: String,
    },
    /// Cross-signing keys were published; absent ones stay as they were.
    CrossSigningUploaded {
        /// The master key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        master: Option<RawJson>,
        /// The self-signing key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        self_signing: Option<RawJson>,
        /// The user-signing key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_signing: Option<RawJson>,
    },
    /// The aggregate's user signed a key.
    SignatureUploaded {
        /// Whose key was signed.
        target_user: OwnedUserId,
        /// The device id or the public cross-signing key.
        target_key: String,
        /// The signing key's id (`ed25519:...`).
        signing_key: String,
        /// The signature.
        signature: String,
    },
    /// A key backup was begun. Specification: "Server-side key backups".
    BackupCreated {
        /// Its version.
        version: u64,
        /// The algorithm.
        algorithm: String,
        /// Public data of the algorithm.
        auth_data: RawJson,
    },
    /// The public data of a backup were replaced.
    BackupUpdated {
        /// Its version.
        version: u64,
        /// Public data of the algorithm.
        auth_data: RawJson,
    },
    /// A backup was deleted with its keys.
    BackupDeleted {
        /// Its version.
        version: u64,
    },
    /// Sessions were put into a backup: `(room id, session id, key data)`.
    BackupKeysStored {
        /// The version.
        version: u64,
        /// The sessions.
        sessions: Vec<(String, String, RawJson)>,
    },
    /// Sessions were deleted from a backup.
    BackupKeysDeleted {
        /// The version.
        version: u64,
        /// Only this room's.
        room: Option<String>,
        /// Only this session.
        session: Option<String>,
    },
    /// The aggregate's user sent messages to devices. Specification: "Send-to-Device messaging".
    ToDeviceSent {
        /// Device and transaction id of the sender, so that a retry sends nothing twice.
        transaction: Option<(String, String)>,
        /// The messages.
        messages: Vec<ToDeviceMessage>,
    },
    /// A device acknowledged the messages up to a record: they may be dropped.
    ToDeviceReceived {
        /// The device.
        device: String,
        /// Up to and including this record.
        upto: Seq,
    },
    /// Something that others see of the user's devices changed without new keys (a device went away).
    DeviceListChanged {},
    /// The device stored, replaced or removed its dehydrated device.
    DehydratedDeviceSet {
        /// The dehydrated device; absent: removed.
        device: Option<String>,
        /// Its data.
        data: Option<RawJson>,
    },
}
