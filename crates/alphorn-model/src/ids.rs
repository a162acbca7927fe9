//! Matrix identifiers: ruma's types, re-exported, and checks that are ours to make.
//! Specification: appendices, "Identifier Grammar".

pub use ruma_common::{
    DeviceId, EventId, MxcUri, OwnedDeviceId, OwnedEventId, OwnedMxcUri, OwnedRoomAliasId, OwnedRoomId,
    OwnedServerName, OwnedUserId, RoomAliasId, RoomId, RoomVersionId, ServerName, UserId,
};

/// Longest identifier, state key or event type, in bytes.
pub const ID_BYTES_MAX: usize = 255;

/// Whether `localpart` may be given to a new account: non-empty and only `a-z`, `0-9`, `._=-/+`.
/// Specification: appendices, "User Identifiers".
#[must_use]
pub fn is_valid_localpart(localpart: &str) -> bool {
    !localpart.is_empty()
        && localpart.bytes().all(|b| {
            b.is_ascii_lowercase()
                || b.is_ascii_digit()
                || matches!(b, b'.' | b'_' | b'=' | b'-' | b'/' | b'+')
        })
}
