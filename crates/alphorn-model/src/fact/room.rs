//! Facts of a room.

use serde::{Deserialize, Serialize};

use crate::{OwnedEventId, OwnedUserId, Position, RawJson};

/// How an event stands in the room's history.
/// Specification: Server-Server API, "Checks performed on receipt of a PDU".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// In the timeline; if it is a state event it is the current state from here on.
    #[default]
    Timeline,
    /// Known, but not part of the timeline (auth events of a remote room, invite state).
    Outlier,
    /// Refused by the authorisation rules; kept so that references resolve.
    Rejected,
    /// Allowed by its own history, not by the current state: not shown to clients.
    SoftFailed,
}

/// The client's transaction id of a send, so that a retry finds the event.
/// Specification: Client-Server API, "Transaction identifiers".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Who sent it.
    pub user: OwnedUserId,
    /// From which device.
    pub device: String,
    /// The id the client chose.
    pub id: String,
}

/// An event became part of a room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventFact {
    /// The event's id.
    pub event_id: OwnedEventId,
    /// The signed event in the federation format of its room version, canonical JSON. It may lack
    /// `event_id` (versions 3 and later) and, for a creation event of version 12, `room_id`.
    pub pdu: RawJson,
    /// How it stands in the history.
    #[serde(default, skip_serializing_if = "is_timeline")]
    pub placement: Placement,
    /// The client's transaction, if a client here sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<Transaction>,
    /// Where state resolution moved the current state by more than this event: the entries that changed,
    /// `(type, state_key, event id or nothing)`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved: Vec<(String, String, Option<OwnedEventId>)>,
}

fn is_timeline(placement: &Placement) -> bool {
    *placement == Placement::Timeline
}

/// What happens in a room.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomFact {
    /// The room came to be here: always the first fact of the aggregate.
    Opened {
        /// Its room version.
        version: String,
    },
    /// An event was added.
    Event(EventFact),
    /// An administrator of the server closed the room, or opened it again: nobody gets into a closed one.
    ClosureChanged {
        /// Closed now?
        closed: bool,
        /// Whether those who are in it leave.
        #[serde(default)]
        remove_members: bool,
    },
    /// What was said up to a position is older than the room keeps it, or the room is being purged: its contents are
    /// gone from every store. What stays of an event is its place among the others, and what its id rests on.
    Expired {
        /// The last position that this concerns.
        upto: Position,
        /// Whether the room's state loses what nothing rests on, too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        state: bool,
    },
    /// An administrator of the server wants everything in the room gone; [`RoomFact::Expired`] does it step by step.
    PurgeBegan {},
    /// Nothing is left of what was in the room.
    PurgeEnded {},
    /// The room was listed in, or taken off, this server's public directory.
    DirectoryVisibility {
        /// Listed or not.
        public: bool,
    },
}
