//! The words of messages, names and topics, for searching. What is encrypted has none.
//! Specification: Client-Server API, "Server Side Search".

use alphorn_model::Position;

use super::{Write, timeline::Head};
use crate::{Reader, Result};

/// Words of a search taken into account.
const WORDS_MAX: usize = 12;

/// What of an event is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchKey {
    /// `content.body` of messages.
    Body,
    /// `content.name` of the room's name.
    Name,
    /// `content.topic` of the room's topic.
    Topic,
}

impl SearchKey {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Body, Self::Name, Self::Topic];

    const fn column(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Name => "name",
            Self::Topic => "topic",
        }
    }
}

/// The words of a search term, in the form in which texts are indexed.
#[must_use]
pub fn search_words(term: &str) -> Vec<String> {
    term.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .take(WORDS_MAX)
        .collect()
}

impl Reader<'_> {
    /// Where events stand that have all of these words, newest first: those before `before`, at most
    /// `limit`, in these rooms. The words are those of [`search_words`].
    pub fn search(
        &self,
        rooms: &[i64],
        words: &[String],
        keys: &[SearchKey],
        before: Position,
        limit: usize,
    ) -> Result<Vec<Position>> {
        if rooms.is_empty() || words.is_empty() || keys.is_empty() {
            return Ok(Vec::new());
        }
        let rooms: Vec<_> = rooms.iter().map(|room| format!("r{room}")).collect();
        let columns: Vec<_> = keys.iter().map(|key| key.column()).collect();
        let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
        let query = format!(
            "room : ({}) AND {{{}}} : ({})",
            rooms.join(" OR "),
            columns.join(" "),
            words.join(" AND ")
        );
        self.all(
            "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3",
            (query, before.0, limit),
            |row| Ok(Position(row.get(0)?)),
        )
    }
}

/// Takes up the words of an event that has some.
pub(super) fn apply(write: &Write<'_>, nid: i64, head: &Head<'_>) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Words {
        body: Option<serde_json::Value>,
        name: Option<serde_json::Value>,
        topic: Option<serde_json::Value>,
    }
    let searched = match head.state_key.as_deref() {
        None => head.kind == "m.room.message",
        Some("") => matches!(&*head.kind, "m.room.name" | "m.room.topic"),
        Some(_) => false,
    };
    if !searched {
        return Ok(());
    }
    let Ok(words) = serde_json::from_str::<Words>(head.raw_content()) else { return Ok(()) };
    let text = |kind: &str, value: &Option<serde_json::Value>| {
        let text = value.as_ref().and_then(serde_json::Value::as_str)?;
        (head.kind == kind && !text.is_empty()).then(|| text.to_owned())
    };
    let body = text("m.room.message", &words.body);
    let (name, topic) = (text("m.room.name", &words.name), text("m.room.topic", &words.topic));
    if body.is_none() && name.is_none() && topic.is_none() {
        return Ok(());
    }
    write.run(
        "INSERT INTO search (rowid, room, body, name, topic) VALUES (?1, ?2, ?3, ?4, ?5)",
        (write.pos.0, format!("r{nid}"), body, name, topic),
    )?;
    Ok(())
}

/// A redacted event has no words any more.
pub(super) fn forget(write: &Write<'_>, position: Position) -> Result<()> {
    write.run("DELETE FROM search WHERE rowid = ?1", [position.0])?;
    Ok(())
}
