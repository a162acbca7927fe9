//! Records: what one append puts on the log.

use serde::{Deserialize, Serialize};

use crate::{Fact, Seq, TimestampMs};

/// The format of records that this program writes. A reader refuses a newer one.
pub const RECORD_VERSION: u16 = 1;

/// Names one attempt to append for ever: the retry of an ambiguous answer carries the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

/// The thing whose history a record belongs to; also the unit of compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// A room, by its id.
    Room(String),
    /// An account with its devices, keys and account data, by its user id.
    User(String),
    /// A room alias.
    Alias(String),
    /// A piece of media, by its media id.
    Media(String),
    /// The server as a whole: registration tokens, reports.
    Server,
    /// A node of a cluster, by its number: its heartbeats.
    Node(u32),
}

impl Aggregate {
    /// The kind, in a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Room(_) => "room",
            Self::User(_) => "user",
            Self::Alias(_) => "alias",
            Self::Media(_) => "media",
            Self::Server => "server",
            Self::Node(_) => "node",
        }
    }

    /// One string per aggregate, used as key in the store (and as subject in a cluster).
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Room(id) => format!("r{id}"),
            Self::User(id) => format!("u{id}"),
            Self::Alias(id) => format!("a{id}"),
            Self::Media(id) => format!("m{id}"),
            Self::Server => "s".to_owned(),
            Self::Node(number) => format!("n{number}"),
        }
    }
}

/// One or more facts of one aggregate, appended together or not at all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// [`RECORD_VERSION`] of the writer.
    pub v: u16,
    /// This record's name.
    pub id: RecordId,
    /// Whose history it is.
    pub aggregate: Aggregate,
    /// The sequence number of the aggregate's record before this one (0: there is none), where the
    /// facts were decided against it; absent where they need no precondition. Checked again by
    /// every store when it applies the record: one that lost a race is void everywhere alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Seq>,
    /// The node that wrote it.
    pub node: u32,
    /// When, by that node's clock.
    pub time: TimestampMs,
    /// What happened.
    pub facts: Vec<Fact>,
}
