//! Aliases, registration tokens and reports.

use alphorn_model::fact::DirectoryFact;

use super::Write;
use crate::{Reader, Result};

/// A registration token. Specification: Client-Server API, "Token-authenticated registration".
#[derive(Debug, Clone)]
pub struct RegistrationToken {
    /// The token.
    pub token: String,
    /// How many registrations it allows; absent: any number.
    pub uses_allowed: Option<u64>,
    /// How many it served.
    pub used: u64,
    /// When it ends, in milliseconds since the epoch.
    pub expires_at: Option<u64>,
}

/// Something that a user reported.
#[derive(Debug, Clone)]
pub struct ReportRow {
    /// Where it stands on the log.
    pub position: i64,
    /// Its id.
    pub id: String,
    /// Who reported.
    pub reporter: String,
    /// The room.
    pub room: Option<String>,
    /// The event.
    pub event: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// In the reporter's words.
    pub reason: Option<String>,
    /// -100 (most offensive) to 0.
    pub score: Option<i64>,
    /// When, in milliseconds since the epoch.
    pub at: u64,
    /// When an administrator dealt with it.
    pub resolved_at: Option<u64>,
    /// Who did.
    pub resolved_by: Option<String>,
    /// What came of it.
    pub note: Option<String>,
}

const REPORT_COLUMNS: &str =
    "pos, id, reporter, room, event, user, reason, score, ts, resolved_at, resolved_by, note";

fn report_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<ReportRow> {
    Ok(ReportRow {
        position: row.get(0)?,
        id: row.get(1)?,
        reporter: row.get(2)?,
        room: row.get(3)?,
        event: row.get(4)?,
        user: row.get(5)?,
        reason: row.get(6)?,
        score: row.get(7)?,
        at: row.get(8)?,
        resolved_at: row.get(9)?,
        resolved_by: row.get(10)?,
        note: row.get(11)?,
    })
}

fn token_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<RegistrationToken> {
    Ok(RegistrationToken {
        token: row.get(0)?,
        uses_allowed: row.get(1)?,
        used: row.get(2)?,
        expires_at: row.get(3)?,
    })
}

impl Reader<'_> {
    /// What an alias points to: `(room id, who made it)`.
    pub fn alias(&self, alias: &str) -> Result<Option<(String, String)>> {
        self.one("SELECT room, creator FROM aliases WHERE alias = ?1", [alias], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// Local aliases of a room, at most 1,000.
    pub fn aliases_of(&self, room: &str) -> Result<Vec<String>> {
        self.all("SELECT alias FROM aliases WHERE room = ?1 ORDER BY alias LIMIT 1000", [room], |row| {
            row.get(0)
        })
    }

    /// A report.
    pub fn report(&self, id: &str) -> Result<Option<ReportRow>> {
        self.one(&format!("SELECT {REPORT_COLUMNS} FROM reports WHERE id = ?1"), [id], report_row)
    }

    /// Reports before a position, newest first, at most `limit`; only those nobody dealt with where `open`.
    pub fn reports_before(&self, position: i64, open: bool, limit: usize) -> Result<Vec<ReportRow>> {
        let source = if open { "INDEXED BY reports_open WHERE resolved_at IS NULL AND" } else { "WHERE" };
        self.all(
            &format!("SELECT {REPORT_COLUMNS} FROM reports {source} pos < ?1 ORDER BY pos DESC LIMIT ?2"),
            (position, limit),
            report_row,
        )
    }

    /// A registration token.
    pub fn registration_token(&self, token: &str) -> Result<Option<RegistrationToken>> {
        self.one(
            "SELECT token, uses_allowed, used, expires_at FROM registration_tokens WHERE token = ?1",
            [token],
            token_row,
        )
    }

    /// Registration tokens after `token` in alphabetical order, at most `limit`.
    pub fn registration_tokens_after(&self, token: &str, limit: usize) -> Result<Vec<RegistrationToken>> {
        self.all(
            "SELECT token, uses_allowed, used, expires_at FROM registration_tokens WHERE token > ?1 ORDER BY token LIMIT ?2",
            (token, limit),
            token_row,
        )
    }
}

pub(super) fn apply(write: &Write<'_>, fact: &DirectoryFact) -> Result<()> {
    match fact {
        DirectoryFact::AliasSet { alias, room, creator } => write.run(
            "INSERT OR REPLACE INTO aliases VALUES (?1, ?2, ?3)",
            (alias.as_str(), room.as_str(), creator.as_str()),
        ),
        DirectoryFact::AliasRemoved { alias } => {
            write.run("DELETE FROM aliases WHERE alias = ?1", [alias.as_str()])
        }
        DirectoryFact::RegistrationTokenSet { token, uses_allowed, expires_at } => write.run(
            "INSERT INTO registration_tokens VALUES (?1, ?2, 0, ?3) ON CONFLICT (token) DO UPDATE SET \
             uses_allowed = excluded.uses_allowed, expires_at = excluded.expires_at",
            (token, uses_allowed, expires_at),
        ),
        DirectoryFact::RegistrationTokenRemoved { token } => {
            write.run("DELETE FROM registration_tokens WHERE token = ?1", [token])
        }
        DirectoryFact::RegistrationTokenUsed { token } => {
            write.run("UPDATE registration_tokens SET used = used + 1 WHERE token = ?1", [token])
        }
        DirectoryFact::ReportResolved { id, by, note } => write.run(
            "UPDATE reports SET resolved_at = ?2, resolved_by = ?3, note = ?4 WHERE id = ?1",
            (id, write.time, by.as_str(), note),
        ),
        DirectoryFact::ReportReopened { id } => write.run(
            "UPDATE reports SET resolved_at = NULL, resolved_by = NULL, note = NULL WHERE id = ?1",
            [id],
        ),
        DirectoryFact::Reported { id, reporter, room, event, user, reason, score } => write.run(
            "INSERT INTO reports VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL, NULL)",
            (
                write.pos.0,
                id,
                reporter.as_str(),
                room.as_ref().map(|room| room.as_str()),
                event.as_ref().map(|event| event.as_str()),
                user.as_ref().map(|user| user.as_str()),
                reason,
                score,
                write.time,
            ),
        ),
    }?;
    Ok(())
}
