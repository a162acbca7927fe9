//! Facts of the server as a whole: aliases, registration tokens, reports.

use serde::{Deserialize, Serialize};

use crate::{OwnedEventId, OwnedRoomAliasId, OwnedRoomId, OwnedUserId, TimestampMs};

/// What happens to the server's directories.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryFact {
    /// An alias was pointed to a room (aggregate: the alias).
    AliasSet {
        /// The alias.
        alias: OwnedRoomAliasId,
        /// The room.
        room: OwnedRoomId,
        /// Who made it.
        creator: OwnedUserId,
    },
    /// An alias was removed (aggregate: the alias).
    AliasRemoved {
        /// The alias.
        alias: OwnedRoomAliasId,
    },
    /// A registration token was made or changed.
    RegistrationTokenSet {
        /// The token. Not a secret of a person; administrators list it.
        token: String,
        /// How many registrations it allows; absent: any number.
        uses_allowed: Option<u64>,
        /// When it ends.
        expires_at: Option<TimestampMs>,
    },
    /// A registration token was removed.
    RegistrationTokenRemoved {
        /// The token.
        token: String,
    },
    /// A registration token was used up by one registration.
    RegistrationTokenUsed {
        /// The token.
        token: String,
    },
    /// A user reported an event, a room or a user.
    Reported {
        /// The report's id.
        id: String,
        /// Who reported.
        reporter: OwnedUserId,
        /// The room.
        room: Option<OwnedRoomId>,
        /// The event.
        event: Option<OwnedEventId>,
        /// The user.
        user: Option<OwnedUserId>,
        /// In the reporter's words.
        reason: Option<String>,
        /// -100 (most offensive) to 0.
        score: Option<i64>,
    },
    /// An administrator dealt with a report.
    ReportResolved {
        /// The report's id.
        id: String,
        /// Who.
        by: OwnedUserId,
        /// What came of it, in the administrator's words.
        note: Option<String>,
    },
    /// A report that was dealt with is open again.
    ReportReopened {
        /// The report's id.
        id: String,
    },
}
