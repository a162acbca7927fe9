//! Key backups. Specification: Client-Server API, "Server-side key backups".

use alphorn_model::{RawJson, fact::KeysFact};

use super::{Write, raw};
use crate::{Reader, Result};

/// A backup.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Its version.
    pub version: u64,
    /// The algorithm.
    pub algorithm: String,
    /// Public data of the algorithm.
    pub auth_data: RawJson,
    /// Changes with every change of its keys.
    pub etag: u64,
    /// How many sessions it has.
    pub count: u64,
}

/// A session in a backup.
#[derive(Debug, Clone)]
pub struct BackupSession {
    /// The room.
    pub room: String,
    /// The session.
    pub session: String,
    /// The encrypted key data.
    pub data: RawJson,
}

impl Reader<'_> {
    /// The number of a user's newest backup, deleted ones included; 0: there never was one.
    pub fn last_backup_version(&self, user: &str) -> Result<u64> {
        let found = self.one("SELECT max(version) FROM backups WHERE user = ?1", [user], |row| {
            row.get::<_, Option<u64>>(0)
        })?;
        Ok(found.flatten().unwrap_or(0))
    }

    /// A backup by version, or the newest one. Deleted ones are not there.
    pub fn backup(&self, user: &str, version: Option<u64>) -> Result<Option<Backup>> {
        let found = self.one(
            "SELECT version, algorithm, auth_data, etag, count FROM backups WHERE user = ?1 AND deleted = 0 \
             AND (?2 IS NULL OR version = ?2) ORDER BY version DESC LIMIT 1",
            (user, version),
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?, row.get(4)?)),
        )?;
        found
            .map(|(version, algorithm, auth_data, etag, count)| {
                Ok(Backup { version, algorithm, auth_data: raw(auth_data)?, etag, count })
            })
            .transpose()
    }

    /// Sessions of a backup: all, one room's, or one.
    pub fn backup_sessions(
        &self,
        user: &str,
        version: u64,
        room: Option<&str>,
        session: Option<&str>,
    ) -> Result<Vec<BackupSession>> {
        let rows = self.all(
            "SELECT room, session, data FROM backup_sessions WHERE user = ?1 AND version = ?2 \
             AND (?3 IS NULL OR room = ?3) AND (?4 IS NULL OR session = ?4) ORDER BY room, session",
            (user, version, room, session),
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)),
        )?;
        rows.into_iter()
            .map(|(room, session, data)| Ok(BackupSession { room, session, data: raw(data)? }))
            .collect()
    }
}

pub(super) fn apply(write: &Write<'_>, fact: &KeysFact) -> Result<()> {
    match fact {
        KeysFact::BackupCreated { version, algorithm, auth_data } => {
            write.run(
                "INSERT INTO backups (user, version, algorithm, auth_data) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                (write.subject, version, algorithm, auth_data.get()),
            )?;
        }
        KeysFact::BackupUpdated { version, auth_data } => {
            write.run(
                "UPDATE backups SET auth_data = ?3 WHERE user = ?1 AND version = ?2",
                (write.subject, version, auth_data.get()),
            )?;
        }
        KeysFact::BackupDeleted { version } => {
            write.run(
                "UPDATE backups SET deleted = 1 WHERE user = ?1 AND version = ?2",
                (write.subject, version),
            )?;
            write.run(
                "DELETE FROM backup_sessions WHERE user = ?1 AND version = ?2",
                (write.subject, version),
            )?;
        }
        KeysFact::BackupKeysStored { version, sessions } => {
            for (room, session, data) in sessions {
                write.run(
                    "INSERT OR REPLACE INTO backup_sessions VALUES (?1, ?2, ?3, ?4, ?5)",
                    (write.subject, version, room, session, data.get()),
                )?;
            }
            recount(write, *version)?;
        }
        KeysFact::BackupKeysDeleted { version, room, session } => {
            write.run(
                "DELETE FROM backup_sessions WHERE user = ?1 AND version = ?2 AND (?3 IS NULL OR room = ?3) \
                 AND (?4 IS NULL OR session = ?4)",
                (write.subject, version, room, session),
            )?;
            recount(write, *version)?;
        }
        _ => {}
    }
    Ok(())
}

fn recount(write: &Write<'_>, version: u64) -> Result<()> {
    write.run(
        "UPDATE backups SET etag = ?3, count = (SELECT count(*) FROM backup_sessions WHERE user = ?1 AND version = ?2) \
         WHERE user = ?1 AND version = ?2",
        (write.subject, version, write.pos.0),
    )?;
    Ok(())
}
