//! Devices and the tokens by which they are known.
//! Specification: Client-Server API, "Device Management", "Refreshing access tokens".

use alphorn_model::fact::AccountFact;

use super::{Write, device_lists::mark_changed};
use crate::{Reader, Result};

/// A device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its id.
    pub device: String,
    /// What its owner calls it.
    pub display_name: Option<String>,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: u64,
}

/// Whom a token belongs to.
#[derive(Debug, Clone)]
pub struct TokenOwner {
    /// The user.
    pub user: String,
    /// The device.
    pub device: String,
    /// When the access token ends, in milliseconds since the epoch.
    pub expires_at: Option<u64>,
    /// The refresh token whose use gave this one: it ends when this one is first used.
    pub replaces_refresh: Option<String>,
}

impl Reader<'_> {
    /// A device of a user.
    pub fn device(&self, user: &str, device: &str) -> Result<Option<Device>> {
        self.one(
            "SELECT device, display_name, created_at FROM devices WHERE user = ?1 AND device = ?2",
            (user, device),
            |row| Ok(Device { device: row.get(0)?, display_name: row.get(1)?, created_at: row.get(2)? }),
        )
    }

    /// All devices of a user.
    pub fn devices(&self, user: &str) -> Result<Vec<Device>> {
        self.all(
            "SELECT device, display_name, created_at FROM devices WHERE user = ?1 ORDER BY device",
            [user],
            |row| Ok(Device { device: row.get(0)?, display_name: row.get(1)?, created_at: row.get(2)? }),
        )
    }

    /// Whom an access token belongs to, by its hash.
    pub fn token_owner(&self, hash: &str) -> Result<Option<TokenOwner>> {
        self.one(
            "SELECT user, device, expires_at, replaces_refresh FROM tokens WHERE hash = ?1",
            [hash],
            |row| {
                Ok(TokenOwner {
                    user: row.get(0)?,
                    device: row.get(1)?,
                    expires_at: row.get(2)?,
                    replaces_refresh: row.get(3)?,
                })
            },
        )
    }

    /// Hashes of all access and refresh tokens of a device.
    pub fn token_hashes(&self, user: &str, device: &str) -> Result<Vec<String>> {
        self.all(
            "SELECT hash FROM tokens WHERE user = ?1 AND device = ?2 UNION ALL \
             SELECT hash FROM refresh_tokens WHERE user = ?1 AND device = ?2",
            (user, device),
            |row| row.get(0),
        )
    }

    /// Whom a refresh token belongs to, by its hash: `(user, device, hash of its access token)`.
    pub fn refresh_owner(&self, hash: &str) -> Result<Option<(String, String, String)>> {
        self.one("SELECT user, device, access_hash FROM refresh_tokens WHERE hash = ?1", [hash], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
    }

    /// How many OpenID tokens of a user are good at `now`, counted up to `limit`.
    pub fn openid_count(&self, user: &str, now: u64, limit: u64) -> Result<u64> {
        let sql =
            "SELECT count(*) FROM (SELECT 1 FROM openid_tokens WHERE user = ?1 AND expires_at > ?2 LIMIT ?3)";
        Ok(self.one(sql, (user, now, limit), |row| row.get(0))?.unwrap_or(0))
    }

    /// Whom an OpenID token belongs to, and until when.
    pub fn openid_owner(&self, hash: &str) -> Result<Option<(String, u64)>> {
        self.one("SELECT user, expires_at FROM openid_tokens WHERE hash = ?1", [hash], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

pub(super) fn issue_openid(write: &Write<'_>, hash: &str, expires_at: u64) -> Result<()> {
    write
        .run("DELETE FROM openid_tokens WHERE user = ?1 AND expires_at < ?2", (write.subject, write.time))?;
    write
        .run("INSERT OR REPLACE INTO openid_tokens VALUES (?1, ?2, ?3)", (hash, write.subject, expires_at))?;
    Ok(())
}

pub(super) fn apply(write: &Write<'_>, fact: &AccountFact) -> Result<()> {
    match fact {
        AccountFact::DeviceCreated { device, display_name } => {
            write.run(
                "INSERT INTO devices VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user, device) DO UPDATE SET \
                 display_name = coalesce(excluded.display_name, display_name)",
                (write.subject, device, display_name, write.time),
            )?;
        }
        AccountFact::DeviceRenamed { device, display_name } => {
            write.run(
                "UPDATE devices SET display_name = ?3 WHERE user = ?1 AND device = ?2",
                (write.subject, device, display_name),
            )?;
            mark_changed(write, write.subject)?;
        }
        AccountFact::DeviceDeleted { device } => delete(write, device)?,
        AccountFact::TokenIssued { device, token_hash, expires_at, refresh_hash, replaces_refresh } => {
            write.run(
                "INSERT OR REPLACE INTO tokens VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (token_hash, write.subject, device, expires_at, refresh_hash, replaces_refresh),
            )?;
            if let Some(refresh) = refresh_hash {
                write.run(
                    "INSERT OR REPLACE INTO refresh_tokens VALUES (?1, ?2, ?3, ?4)",
                    (refresh, write.subject, device, token_hash),
                )?;
            }
        }
        AccountFact::TokensRevoked { hashes } => {
            for hash in hashes {
                write.run("DELETE FROM tokens WHERE hash = ?1 AND user = ?2", (hash, write.subject))?;
                write
                    .run("DELETE FROM refresh_tokens WHERE hash = ?1 AND user = ?2", (hash, write.subject))?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn delete(write: &Write<'_>, device: &str) -> Result<()> {
    for table in [
        "devices",
        "tokens",
        "refresh_tokens",
        "pushers",
        "device_keys",
        "one_time_keys",
        "fallback_keys",
        "to_device",
    ] {
        write
            .run(&format!("DELETE FROM {table} WHERE user = ?1 AND device = ?2"), (write.subject, device))?;
    }
    write
        .run("DELETE FROM to_device_transactions WHERE user = ?1 AND device = ?2", (write.subject, device))?;
    write.run("DELETE FROM transactions WHERE user = ?1 AND device = ?2", (write.subject, device))?;
    write.run(
        "DELETE FROM key_signatures WHERE target_user = ?1 AND target_key = ?2",
        (write.subject, device),
    )?;
    mark_changed(write, write.subject)
}
