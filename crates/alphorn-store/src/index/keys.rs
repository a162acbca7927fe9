//! Device keys, one-time and fallback keys, cross-signing keys and signatures, the dehydrated device.
//! Specification: Client-Server API, "End-to-End Encryption".

use alphorn_model::{RawJson, fact::KeysFact};

use super::{
    Write, backups,
    device_lists::{mark_changed, mark_own_changed},
    raw, to_device,
};
use crate::{Reader, Result};

/// A key that can be handed out.
#[derive(Debug, Clone)]
pub struct ClaimableKey {
    /// `algorithm:key_id`.
    pub id: String,
    /// The key.
    pub key: RawJson,
    /// Whether it is the fallback key, which stays.
    pub fallback: bool,
    /// Whether it is a fallback key that was handed out before.
    pub used: bool,
}

/// A signature on a device key or cross-signing key.
#[derive(Debug, Clone)]
pub struct KeySignature {
    /// The device id or public key that is signed.
    pub target_key: String,
    /// Who signed.
    pub signer: String,
    /// With which key.
    pub signing_key: String,
    /// The signature.
    pub signature: String,
}

impl Reader<'_> {
    /// A device's identity keys.
    pub fn device_keys(&self, user: &str, device: &str) -> Result<Option<RawJson>> {
        self.one("SELECT keys FROM device_keys WHERE user = ?1 AND device = ?2", (user, device), |row| {
            row.get(0)
        })?
        .map(raw)
        .transpose()
    }

    /// The identity keys of all devices of a user: `(device, keys)`.
    pub fn all_device_keys(&self, user: &str) -> Result<Vec<(String, RawJson)>> {
        let rows = self.all(
            "SELECT device, keys FROM device_keys WHERE user = ?1 ORDER BY device",
            [user],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
        )?;
        rows.into_iter().map(|(device, keys)| Ok((device, raw(keys)?))).collect()
    }

    /// How many one-time keys a device has left, by algorithm.
    pub fn one_time_key_counts(&self, user: &str, device: &str) -> Result<Vec<(String, u64)>> {
        self.all(
            "SELECT algorithm, count(*) FROM one_time_keys WHERE user = ?1 AND device = ?2 GROUP BY algorithm",
            (user, device),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// One one-time key by its id (`algorithm:key_id`).
    pub fn one_time_key(&self, user: &str, device: &str, id: &str) -> Result<Option<RawJson>> {
        let algorithm = id.split(':').next().unwrap_or(id);
        self.one(
            "SELECT key FROM one_time_keys WHERE user = ?1 AND device = ?2 AND algorithm = ?3 AND id = ?4",
            (user, device, algorithm, id),
            |row| row.get(0),
        )?
        .map(raw)
        .transpose()
    }

    /// The key to hand out next: the oldest one-time key, or else the fallback key.
    pub fn claimable_key(&self, user: &str, device: &str, algorithm: &str) -> Result<Option<ClaimableKey>> {
        let map = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let once = self.one(
            "SELECT id, key FROM one_time_keys WHERE user = ?1 AND device = ?2 AND algorithm = ?3 ORDER BY pos, id LIMIT 1",
            (user, device, algorithm),
            map,
        )?;
        if let Some((id, key)) = once {
            return Ok(Some(ClaimableKey { id, key: raw(key)?, fallback: false, used: false }));
        }
        self.fallback_key(user, device, algorithm)
    }

    /// The fallback key of a device.
    pub fn fallback_key(&self, user: &str, device: &str, algorithm: &str) -> Result<Option<ClaimableKey>> {
        let found = self.one(
            "SELECT id, key, used FROM fallback_keys WHERE user = ?1 AND device = ?2 AND algorithm = ?3",
            (user, device, algorithm),
            |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)),
        )?;
        found.map(|(id, key, used)| Ok(ClaimableKey { id, key: raw(key)?, fallback: true, used })).transpose()
    }

    /// Algorithms for which a device has a fallback key that was not handed out yet.
    pub fn unused_fallback_algorithms(&self, user: &str, device: &str) -> Result<Vec<String>> {
        self.all(
            "SELECT algorithm FROM fallback_keys WHERE user = ?1 AND device = ?2 AND used = 0 ORDER BY algorithm",
            (user, device),
            |row| row.get(0),
        )
    }

    /// A cross-signing key; `usage` is `master`, `self_signing` or `user_signing`.
    pub fn cross_signing_key(&self, user: &str, usage: &str) -> Result<Option<RawJson>> {
        self.one("SELECT key FROM cross_signing WHERE user = ?1 AND usage = ?2", (user, usage), |row| {
            row.get(0)
        })?
        .map(raw)
        .transpose()
    }

    /// Signatures on a user's keys that `viewer` may see: those by the user and by the viewer.
    pub fn key_signatures(&self, target_user: &str, viewer: &str) -> Result<Vec<KeySignature>> {
        self.all(
            "SELECT target_key, signer, signing_key, signature FROM key_signatures \
             WHERE target_user = ?1 AND signer IN (?1, ?2)",
            (target_user, viewer),
            |row| {
                Ok(KeySignature {
                    target_key: row.get(0)?,
                    signer: row.get(1)?,
                    signing_key: row.get(2)?,
                    signature: row.get(3)?,
                })
            },
        )
    }

    /// The dehydrated device of a user: `(device id, data)`.
    pub fn dehydrated_device(&self, user: &str) -> Result<Option<(String, RawJson)>> {
        let found =
            self.one("SELECT device, data FROM dehydrated_devices WHERE user = ?1", [user], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?;
        found.map(|(device, data)| Ok((device, raw(data)?))).transpose()
    }
}

pub(super) fn apply(write: &Write<'_>, fact: &KeysFact) -> Result<()> {
    match fact {
        KeysFact::DeviceKeysUploaded { device, keys } => {
            write.run(
                "INSERT OR REPLACE INTO device_keys VALUES (?1, ?2, ?3)",
                (write.subject, device, keys.get()),
            )?;
            mark_changed(write, write.subject)
        }
        KeysFact::OneTimeKeysUploaded { device, keys } => {
            for (id, key) in keys {
                let algorithm = id.split(':').next().unwrap_or(id);
                write.run(
                    "INSERT INTO one_time_keys VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                    (write.subject, device, algorithm, write.pos.0, id, key.get()),
                )?;
            }
            Ok(())
        }
        KeysFact::FallbackKeysUploaded { device, keys } => {
            for (id, key) in keys {
                let algorithm = id.split(':').next().unwrap_or(id);
                write.run(
                    "INSERT OR REPLACE INTO fallback_keys VALUES (?1, ?2, ?3, ?4, ?5, 0)",
                    (write.subject, device, algorithm, id, key.get()),
                )?;
            }
            Ok(())
        }
        KeysFact::OneTimeKeyClaimed { device, key } => {
            let algorithm = key.split(':').next().unwrap_or(key);
            write.run(
                "DELETE FROM one_time_keys WHERE user = ?1 AND device = ?2 AND algorithm = ?3 AND id = ?4",
                (write.subject, device, algorithm, key),
            )?;
            Ok(())
        }
        KeysFact::FallbackKeyUsed { device, algorithm } => {
            write.run(
                "UPDATE fallback_keys SET used = 1 WHERE user = ?1 AND device = ?2 AND algorithm = ?3",
                (write.subject, device, algorithm),
            )?;
            Ok(())
        }
        KeysFact::CrossSigningUploaded { master, self_signing, user_signing } => cross_sign(
            write,
            &[("master", master), ("self_signing", self_signing), ("user_signing", user_signing)],
        ),
        KeysFact::SignatureUploaded { target_user, target_key, signing_key, signature } => {
            write.run(
                "INSERT OR REPLACE INTO key_signatures VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (target_user.as_str(), target_key, write.subject, signing_key, signature, write.seq),
            )?;
            // A signature on somebody else's key is shown to its signer only, who finds it by the table's own seq.
            if target_user == write.subject { mark_changed(write, write.subject) } else { Ok(()) }
        }
        KeysFact::DeviceListChanged {} => mark_changed(write, write.subject),
        KeysFact::DehydratedDeviceSet { device, data } => dehydrate(write, device.as_deref(), data.as_ref()),
        KeysFact::ToDeviceSent { transaction, messages } => {
            to_device::send(write, transaction.as_ref(), messages)
        }
        KeysFact::ToDeviceReceived { device, upto } => to_device::receive(write, device, *upto),
        other => backups::apply(write, other),
    }
}

fn cross_sign(write: &Write<'_>, keys: &[(&str, &Option<RawJson>)]) -> Result<()> {
    for (usage, key) in keys {
        if let Some(key) = key {
            write.run(
                "INSERT OR REPLACE INTO cross_signing VALUES (?1, ?2, ?3)",
                (write.subject, usage, key.get()),
            )?;
        }
    }
    // The user-signing key is nobody else's business.
    let seen_by_others = keys.iter().any(|(usage, key)| *usage != "user_signing" && key.is_some());
    if seen_by_others { mark_changed(write, write.subject) } else { mark_own_changed(write, write.subject) }
}

/// A user has at most one dehydrated device: whatever the one before had goes with it.
fn dehydrate(write: &Write<'_>, device: Option<&str>, data: Option<&RawJson>) -> Result<()> {
    if let Some((old, _)) = write.reader().dehydrated_device(write.subject)? {
        for table in ["device_keys", "one_time_keys", "fallback_keys", "to_device"] {
            write.run(
                &format!("DELETE FROM {table} WHERE user = ?1 AND device = ?2"),
                (write.subject, &old),
            )?;
        }
        write.run(
            "DELETE FROM key_signatures WHERE target_user = ?1 AND target_key = ?2",
            (write.subject, &old),
        )?;
        write.run("DELETE FROM dehydrated_devices WHERE user = ?1", [write.subject])?;
        mark_changed(write, write.subject)?;
    }
    if let (Some(device), Some(data)) = (device, data) {
        write
            .run("INSERT INTO dehydrated_devices VALUES (?1, ?2, ?3)", (write.subject, device, data.get()))?;
    }
    Ok(())
}

/// The account is deactivated: its keys go, those of devices went with the devices.
pub(super) fn forget_user(write: &Write<'_>) -> Result<()> {
    dehydrate(write, None, None)?;
    write.run("DELETE FROM key_signatures WHERE target_user = ?1 OR signer = ?1", [write.subject])?;
    backups::forget_user(write)
}
