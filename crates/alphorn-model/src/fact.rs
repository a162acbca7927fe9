//! Facts: what happened, in the past tense, self-contained. Everything the server knows is derived
//! from them. Fields may be added with a default; meanings never change, and variants are never removed.

mod account;
mod administration;
mod directory;
mod keys;
mod log;
mod media;
mod room;

use serde::{Deserialize, Serialize};

pub use account::{AccountFact, FollowUp};
pub use administration::{Act, Actor, AdministrationFact};
pub use directory::DirectoryFact;
pub use keys::{KeysFact, ToDeviceMessage};
pub use log::LogFact;
pub use media::MediaFact;
pub use room::{EventFact, Placement, RoomFact, Transaction};

/// One thing that happened, by subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// In a room (aggregate: the room).
    Room(RoomFact),
    /// To an account (aggregate: the user).
    Account(AccountFact),
    /// To keys and device messages (aggregate: the user).
    Keys(KeysFact),
    /// To aliases, the room directory, registration tokens and reports (aggregates: alias, server).
    Directory(DirectoryFact),
    /// To media (aggregate: the media id).
    Media(MediaFact),
    /// To the log itself (aggregate: the server).
    Log(LogFact),
    /// Of administration (aggregate: whatever the record is about, or the server).
    Administration(AdministrationFact),
}
