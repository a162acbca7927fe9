//! Media: what is stored under which id. The bytes are elsewhere.

use alphorn_model::fact::MediaFact;

use super::Write;
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
}

const COLUMNS: &str = "id, user, created_at, expires_at, content_type, file_name, size_bytes, sha256, object";

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
        MediaFact::Uploaded { user, content_type, file_name, size_bytes, sha256, object } => write.run(
            "INSERT INTO media VALUES (?1, ?2, ?3, NULL, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET \
             created_at = excluded.created_at, expires_at = NULL, content_type = excluded.content_type, \
             file_name = excluded.file_name, size_bytes = excluded.size_bytes, sha256 = excluded.sha256, \
             object = excluded.object",
            (write.subject, user.as_str(), write.time, content_type, file_name, size_bytes, sha256, object),
        ),
        MediaFact::Removed {} => write.run("DELETE FROM media WHERE id = ?1", [write.subject]),
    }?;
    Ok(())
}
