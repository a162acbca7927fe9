//! Invitations: codes with which the owner of an account sets its password, once.

use super::Write;
use crate::{Reader, Result};

/// An invitation that was not used yet.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Whose account it opens.
    pub user: String,
    /// SHA-256 of its code.
    pub code_hash: String,
    /// When it ends, in milliseconds since the epoch.
    pub expires_at: u64,
    /// Whether its use signs out the devices that there are.
    pub log_out: bool,
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Invitation> {
    Ok(Invitation {
        user: row.get(0)?,
        code_hash: row.get(1)?,
        expires_at: row.get(2)?,
        log_out: row.get(3)?,
    })
}

impl Reader<'_> {
    /// The invitation of an account.
    pub fn invitation(&self, user: &str) -> Result<Option<Invitation>> {
        self.one("SELECT user, code_hash, expires_at, log_out FROM invitations WHERE user = ?1", [user], row)
    }

    /// The invitation with a code, by the code's hash.
    pub fn invitation_by_code(&self, code_hash: &str) -> Result<Option<Invitation>> {
        self.one(
            "SELECT user, code_hash, expires_at, log_out FROM invitations WHERE code_hash = ?1",
            [code_hash],
            row,
        )
    }
}

pub(super) fn set(write: &Write<'_>, code_hash: &str, expires_at: u64, log_out: bool) -> Result<()> {
    write.run(
        "INSERT OR REPLACE INTO invitations VALUES (?1, ?2, ?3, ?4)",
        (write.subject, code_hash, expires_at, log_out),
    )?;
    Ok(())
}

pub(super) fn end(write: &Write<'_>) -> Result<()> {
    write.run("DELETE FROM invitations WHERE user = ?1", [write.subject])?;
    Ok(())
}
