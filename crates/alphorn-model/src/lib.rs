//! Floor 0: the vocabulary that every other crate speaks - identifiers, facts and records of the log,
//! positions and tokens, errors, and the ports through which time, randomness and the log's
//! destination are passed in. No input or output happens here.

pub mod error;
pub mod fact;
pub mod ids;
pub mod ports;
pub mod position;
pub mod record;
pub mod secret;

pub use error::{ErrorCode, Refusal};
pub use fact::Fact;
pub use ids::{
    EventId, OwnedDeviceId, OwnedEventId, OwnedRoomAliasId, OwnedRoomId, OwnedServerName, OwnedUserId,
    RoomAliasId, RoomId, RoomVersionId, ServerName, UserId,
};
pub use ports::{Clock, Delivered, Digest, Entropy, Sink, SinkError, SystemClock, SystemEntropy, Verdict};
pub use position::{Position, Seq, SyncToken};
pub use record::{Aggregate, Record, RecordId};

/// Raw JSON kept as the text it arrived in.
pub type RawJson = Box<serde_json::value::RawValue>;

/// Milliseconds since the Unix epoch.
pub type TimestampMs = u64;
