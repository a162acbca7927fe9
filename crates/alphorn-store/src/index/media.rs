//! Media: what is stored under which id. The bytes are elsewhere.

use std::collections::BTreeSet;

use alphorn_model::{Position, fact::MediaFact};
use serde_json::Value;

use super::{Write, timeline::Head};
use crate::{Reader, Result};

/// A piece of media, or a place reserved for one.
#[derive(Debug, Clone)]
pub struct Medium {
    /// Its id.
    pub id: String,
    /// Who uploaded it, or may.
    pub user: String,
    /// When it was reserved or uploaded, in milliseconds since the epoch.
    pub created_at: u64,
    /// Until when a reserved one may be uploaded.
    pub expires_at: Option<u64>,
    /// The content type the client gave.
    pub content_type: Option<String>,
    /// The file name the client gave.
    pub file_name: Option<String>,
    /// Size in bytes.
    pub size_bytes: Option<u64>,
    /// SHA-256 in hexadecimal digits.
    pub sha256: Option<String>,
    /// The key of the bytes; absent while it is only reserved.
    pub object: Option<String>,
    /// Whether an administrator keeps it back.
    pub quarantined: bool,
}

const COLUMNS: &str =
    "id, user, created_at, expires_at, content_type, file_name, size_bytes, sha256, object, quarantined";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Medium> {
    Ok(Medium {
        id: row.get(0)?,
        user: row.get(1)?,
        created_at: row.get(2)?,
        expires_at: row.get(3)?,
        content_type: row.get(4)?,
        file_name: row.get(5)?,
        size_bytes: row.get(6)?,
        sha256: row.get(7)?,
        object: row.get(8)?,
        quarantined: row.get(9)?,
    })
}

impl Reader<'_> {
    /// A piece of media.
    pub fn medium(&self, id: &str) -> Result<Option<Medium>> {
        self.one(&format!("SELECT {COLUMNS} FROM media WHERE id = ?1"), [id], row)
    }

    /// Media after `id` in alphabetical order, at most `limit`.
    pub fn media_after(&self, id: &str, limit: usize) -> Result<Vec<Medium>> {
        self.all(&format!("SELECT {COLUMNS} FROM media WHERE id > ?1 ORDER BY id LIMIT ?2"), (id, limit), row)
    }

    /// How many places a user has reserved and not used, as of `now_ms`.
    pub fn media_pending(&self, user: &str, now_ms: u64) -> Result<u64> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM media INDEXED BY media_reserved WHERE user = ?1 AND object IS NULL AND expires_at > ?2 LIMIT 1000)";
        Ok(self.one(sql, (user, now_ms), |row| row.get(0))?.unwrap_or(0))
    }

    /// Whether any media has its bytes under this key.
    pub fn object_is_used(&self, object: &str) -> Result<bool> {
        self.one("SELECT 1 FROM media INDEXED BY media_by_object WHERE object = ?1", [object], |_| Ok(()))
            .map(|found| found.is_some())
    }
}

/// What a user's stored media comes to.
#[derive(Debug, Clone)]
pub struct MediaTotal {
    /// The user.
    pub user: String,
    /// How many pieces.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
}

fn total_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<MediaTotal> {
    Ok(MediaTotal { user: row.get(0)?, files: row.get(1)?, bytes: row.get(2)? })
}

impl Reader<'_> {
    /// What a user's media comes to.
    pub fn media_total(&self, user: &str) -> Result<Option<MediaTotal>> {
        self.one("SELECT user, files, bytes FROM media_totals WHERE user = ?1", [user], total_row)
    }

    /// What everybody's media comes to.
    pub fn media_total_of_all(&self) -> Result<MediaTotal> {
        let total = self.media_total("")?;
        Ok(total.unwrap_or_else(|| MediaTotal { user: String::new(), files: 0, bytes: 0 }))
    }

    /// What users' media comes to, most bytes first: those after `(bytes, user)`, at most `limit`.
    pub fn media_totals_after(&self, after: Option<(u64, &str)>, limit: usize) -> Result<Vec<MediaTotal>> {
        let (bytes, user) = after.unwrap_or((i64::MAX as u64, "\u{10FFFF}"));
        self.all(
            "SELECT user, files, bytes FROM media_totals INDEXED BY media_by_size \
             WHERE (bytes, user) < (?1, ?2) AND user != '' ORDER BY bytes DESC, user DESC LIMIT ?3",
            (bytes, user, limit),
            total_row,
        )
    }

    /// A user's media, newest first: those before `(created_at, id)`, at most `limit`. Also places reserved.
    pub fn media_of(&self, user: &str, before: Option<(u64, &str)>, limit: usize) -> Result<Vec<Medium>> {
        let (at, id) = before.unwrap_or((i64::MAX as u64, ""));
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM media INDEXED BY media_by_user WHERE user = ?1 \
                 AND (created_at, id) < (?2, ?3) ORDER BY created_at DESC, id DESC LIMIT ?4"
            ),
            (user, at, id, limit),
            row,
        )
    }

    /// Media that is kept back after `id` in alphabetical order, at most `limit`.
    pub fn media_quarantined(&self, id: &str, limit: usize) -> Result<Vec<Medium>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM media INDEXED BY media_quarantined WHERE quarantined = 1 AND id > ?1 \
                 ORDER BY id LIMIT ?2"
            ),
            (id, limit),
            row,
        )
    }
}

/// Counts a piece of media of a user, and of all under the empty name, or does not count it any more.
fn count(write: &Write<'_>, user: &str, files: i64, bytes: i64) -> Result<()> {
    for user in [user, ""] {
        write.run(
            "INSERT INTO media_totals VALUES (?1, max(?2, 0), max(?3, 0)) ON CONFLICT (user) DO UPDATE SET \
             files = max(files + ?2, 0), bytes = max(bytes + ?3, 0)",
            (user, files, bytes),
        )?;
    }
    Ok(())
}

/// Ends the count of what is stored under the subject's id, if anything is.
fn uncount(write: &Write<'_>) -> Result<()> {
    let Some(medium) = write.reader().medium(write.subject)? else { return Ok(()) };
    if medium.object.is_some() {
        let bytes = i64::try_from(medium.size_bytes.unwrap_or(0)).unwrap_or(i64::MAX);
        count(write, &medium.user, -1, -bytes)?;
    }
    Ok(())
}

pub(super) fn apply(write: &Write<'_>, fact: &MediaFact) -> Result<()> {
    match fact {
        MediaFact::Reserved { user, expires_at } => {
            // Places that the user reserved and let expire are gone: they would gather otherwise.
            write.run(
                "DELETE FROM media WHERE user = ?1 AND object IS NULL AND expires_at <= ?2",
                (user.as_str(), write.time),
            )?;
            write.run(
            "INSERT INTO media (id, user, created_at, expires_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            (write.subject, user.as_str(), write.time, expires_at),
        )
        }
        MediaFact::Uploaded { user, content_type, file_name, size_bytes, sha256, object } => {
            uncount(write)?;
            count(write, user.as_str(), 1, i64::try_from(*size_bytes).unwrap_or(i64::MAX))?;
            write.run(
            "INSERT INTO media VALUES (?1, ?2, ?3, NULL, ?4, ?5, ?6, ?7, ?8, 0) ON CONFLICT (id) DO UPDATE SET \
             created_at = excluded.created_at, expires_at = NULL, content_type = excluded.content_type, \
             file_name = excluded.file_name, size_bytes = excluded.size_bytes, sha256 = excluded.sha256, \
             object = excluded.object",
            (write.subject, user.as_str(), write.time, content_type, file_name, size_bytes, sha256, object),
        )
        }
        MediaFact::QuarantineChanged { quarantined } => {
            write.run("UPDATE media SET quarantined = ?2 WHERE id = ?1", (write.subject, quarantined))
        }
        MediaFact::Removed {} => {
            uncount(write)?;
            write.run("DELETE FROM media WHERE id = ?1", [write.subject])
        }
    }?;
    Ok(())
}

/// Takes up which files an event refers to. Faces of people would be most of them, and are in their profiles.
pub(super) fn note_uses(write: &Write<'_>, head: &Head<'_>) -> Result<()> {
    if head.kind == "m.room.member" || !head.raw_content().contains("mxc:") {
        return Ok(());
    }
    let Ok(content) = serde_json::from_str::<Value>(head.raw_content()) else { return Ok(()) };
    let mut found = BTreeSet::new();
    addresses(&content, &mut found);
    for media in found {
        write.run("INSERT OR IGNORE INTO media_uses VALUES (?1, ?2)", (write.pos.0, media))?;
    }
    Ok(())
}

/// An event without content refers to nothing any more.
pub(super) fn forget_uses(write: &Write<'_>, position: Position) -> Result<()> {
    write.run("DELETE FROM media_uses WHERE pos = ?1", [position.0])?;
    Ok(())
}

/// Files taken from one event at most.
const ADDRESSES_MAX: usize = 16;

/// Gathers the files that any text of a content is the address of.
fn addresses(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if found.len() < ADDRESSES_MAX => {
            found.extend(text.strip_prefix("mxc://").filter(|id| id.len() <= 255).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| addresses(field, found)),
        _ => {}
    }
}
