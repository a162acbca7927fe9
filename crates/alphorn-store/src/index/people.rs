//! The user directory: the words by which users can be found, and which rooms make their members
//! visible to everybody. Specification: Client-Server API, "User Directory".

use super::Write;
use crate::{Reader, Result};

/// Words kept of one user at most.
const WORDS_MAX: usize = 16;

/// Letters kept of one word at most.
const WORD_LETTERS_MAX: usize = 64;

/// The words of a text: lower case, without punctuation.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| word.chars().take(WORD_LETTERS_MAX).collect())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl Reader<'_> {
    /// Users who have a word that begins with `prefix` (lower case), best fits first, at most `limit`.
    pub fn people(&self, prefix: &str, limit: usize) -> Result<Vec<String>> {
        self.all(
            "SELECT DISTINCT user FROM people_words WHERE word >= ?1 AND word < ?2 ORDER BY word, user LIMIT ?3",
            (prefix, format!("{prefix}\u{10FFFF}"), limit),
            |row| row.get(0),
        )
    }

    /// Users by words that begin with `prefix` (lower case), after a word and user, at most `limit`: each user with
    /// the first of the words that fit.
    pub fn people_after(
        &self,
        prefix: &str,
        (word, user): (&str, &str),
        limit: usize,
    ) -> Result<Vec<(String, String)>> {
        self.all(
            "SELECT w.word, w.user FROM people_words w WHERE w.word >= ?1 AND w.word < ?2 \
             AND (w.word, w.user) > (?3, ?4) AND NOT EXISTS (SELECT 1 FROM people_words o \
             INDEXED BY people_words_by_user WHERE o.user = w.user AND o.word >= ?1 AND o.word < w.word) \
             ORDER BY w.word, w.user LIMIT ?5",
            (prefix, format!("{prefix}\u{10FFFF}"), word, user, limit),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// The words by which a user is found.
    pub fn words_of(&self, user: &str) -> Result<Vec<String>> {
        self.all("SELECT word FROM people_words WHERE user = ?1", [user], |row| row.get(0))
    }

    /// Whether a user is in a room that anyone can join or read.
    pub fn in_open_room(&self, user: &str) -> Result<bool> {
        self.one(
            "SELECT 1 FROM members INDEXED BY members_by_user JOIN rooms ON rooms.nid = members.room \
             WHERE members.user = ?1 AND members.membership = 0 AND rooms.open = 1 LIMIT 1",
            [user],
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }
}

/// The account's name or state changed: finds its words anew.
pub(super) fn refresh(write: &Write<'_>) -> Result<()> {
    write.run("DELETE FROM people_words WHERE user = ?1", [write.subject])?;
    let reader = write.reader();
    let account = reader.account(write.subject)?;
    if account.is_none_or(|account| account.deactivated || account.guest) {
        return Ok(());
    }
    let localpart = write.subject.split(':').next().unwrap_or_default();
    let name = reader.profile_field(write.subject, "displayname")?;
    let name = name.and_then(|name| serde_json::from_str::<String>(name.get()).ok()).unwrap_or_default();
    for word in words(localpart).into_iter().chain(words(&name)) {
        write.run("INSERT OR IGNORE INTO people_words VALUES (?1, ?2)", (word, write.subject))?;
    }
    Ok(())
}

/// The room's join rule or history visibility changed.
pub(super) fn refresh_open(write: &Write<'_>, nid: i64) -> Result<()> {
    let says = |kind: &str, field: &str, word: &str| -> Result<bool> {
        let Some(event) = write.reader().state_event(nid, kind, "")? else { return Ok(false) };
        let event: serde_json::Value = serde_json::from_str(event.pdu.get()).unwrap_or_default();
        Ok(event.pointer(&format!("/content/{field}")).and_then(|value| value.as_str()) == Some(word))
    };
    let open = says("m.room.join_rules", "join_rule", "public")?
        || says("m.room.history_visibility", "history_visibility", "world_readable")?;
    write.run("UPDATE rooms SET open = ?2 WHERE nid = ?1", (nid, open))?;
    Ok(())
}
