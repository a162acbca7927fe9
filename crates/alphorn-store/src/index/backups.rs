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

    /// One session of a backup.
    pub fn backup_session(
        &self,
        user: &str,
        version: u64,
        room: &str,
        session: &str,
    ) -> Result<Option<RawJson>> {
        self.one(
            "SELECT data FROM backup_sessions WHERE user = ?1 AND version = ?2 AND room = ?3 AND session = ?4",
            (user, version, room, session),
            |row| row.get(0),
        )?
        .map(raw)
        .transpose()
    }

    /// Sessions of a backup after `(room, session)` in their order, of one room or of all, at most `limit`.
    pub fn backup_sessions_after(
        &self,
        user: &str,
        version: u64,
        room: Option<&str>,
        after: (&str, &str),
        limit: usize,
    ) -> Result<Vec<BackupSession>> {
        let rows = match room {
            Some(room) => self.all(
                "SELECT room, session, data FROM backup_sessions WHERE user = ?1 AND version = ?2 \
                 AND room = ?3 AND session > ?4 ORDER BY session LIMIT ?5",
                (user, version, room, after.1, limit),
                map_session,
            )?,
            None => self.all(
                "SELECT room, session, data FROM backup_sessions WHERE user = ?1 AND version = ?2 \
                 AND (room, session) > (?3, ?4) ORDER BY room, session LIMIT ?5",
                (user, version, after.0, after.1, limit),
                map_session,
            )?,
        };
        rows.into_iter()
            .map(|(room, session, data)| Ok(BackupSession { room, session, data: raw(data)? }))
            .collect()
    }
}

fn map_session(row: &rusqlite::Row<'_>) -> rusqlite::Result<(String, String, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
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
            let mut added = 0;
            for (room, session, data) in sessions {
                added += put(write, *version, (room, session), data)?;
            }
            changed(write, *version, added)?;
        }
        KeysFact::BackupKeysDeleted { version, room, session } => {
            let removed = match (room, session) {
                (Some(room), Some(session)) => write.run(
                    "DELETE FROM backup_sessions WHERE user = ?1 AND version = ?2 AND room = ?3 AND session = ?4",
                    (write.subject, version, room, session),
                )?,
                (Some(room), None) => write.run(
                    "DELETE FROM backup_sessions WHERE user = ?1 AND version = ?2 AND room = ?3",
                    (write.subject, version, room),
                )?,
                (None, _) => write.run(
                    "DELETE FROM backup_sessions WHERE user = ?1 AND version = ?2",
                    (write.subject, version),
                )?,
            };
            changed(write, *version, -i64::try_from(removed).unwrap_or(i64::MAX))?;
        }
        _ => {}
    }
    Ok(())
}

/// Stores one session; how many more there are now.
fn put(write: &Write<'_>, version: u64, name: (&str, &str), data: &RawJson) -> Result<i64> {
    let (room, session) = name;
    let params = (write.subject, version, room, session, data.get());
    if write.run("INSERT INTO backup_sessions VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING", params)?
        == 1
    {
        return Ok(1);
    }
    write.run(
        "UPDATE backup_sessions SET data = ?5 WHERE user = ?1 AND version = ?2 AND room = ?3 AND session = ?4",
        params,
    )?;
    Ok(0)
}

/// The number of sessions is kept, not counted: a backup can have very many.
fn changed(write: &Write<'_>, version: u64, by: i64) -> Result<()> {
    write.run(
        "UPDATE backups SET etag = ?3, count = count + ?4 WHERE user = ?1 AND version = ?2",
        (write.subject, version, write.pos.0, by),
    )?;
    Ok(())
}

/// All backups of the aggregate's user are deleted; their numbers stay taken.
pub(super) fn forget_user(write: &Write<'_>) -> Result<()> {
    write.run("UPDATE backups SET deleted = 1 WHERE user = ?1", [write.subject])?;
    write.run("DELETE FROM backup_sessions WHERE user = ?1", [write.subject])?;
    Ok(())
}
