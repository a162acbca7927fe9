//! Facts of an account: registration, devices and their tokens, profile, account data, receipts.

use serde::{Deserialize, Serialize};

use crate::{OwnedEventId, OwnedRoomId, Position, RawJson, TimestampMs};

/// What has to be done in a user's rooms after a change of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// Tell the rooms of a changed display name or avatar. Specification: "Events on Change of Profile
    /// Information".
    ShowProfile,
    /// Leave the rooms of a deactivated account. Specification: "Account deactivation".
    LeaveRooms,
}

/// What happens to an account. The aggregate is the user; only facts about something else name a user.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountFact {
    /// The account was made.
    Registered {
        /// Argon2id hash in PHC form; absent where no password can be used.
        password_hash: Option<String>,
        /// Whether it administers the server.
        #[serde(default)]
        admin: bool,
        /// Whether it is a guest's.
        #[serde(default)]
        guest: bool,
        /// The application service that owns it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appservice: Option<String>,
    },
    /// A guest became an ordinary user with a password. Specification: "Guest Access".
    GuestUpgraded {
        /// Argon2id hash in PHC form.
        password_hash: String,
    },
    /// The password was changed (or removed).
    PasswordChanged {
        /// Argon2id hash in PHC form.
        password_hash: Option<String>,
    },
    /// The account was deactivated: password, devices, tokens, keys and profile are gone with it.
    Deactivated {
        /// Whether its owner asked for erasure.
        erase: bool,
    },
    /// A deactivated account was opened again, with this password.
    Reactivated {
        /// Argon2id hash in PHC form.
        password_hash: Option<String>,
    },
    /// Administrator's rights were given or taken.
    AdminChanged {
        /// Whether it administers the server now.
        admin: bool,
    },
    /// The account was locked or unlocked. Specification: "Account locking".
    LockChanged {
        /// Locked now?
        locked: bool,
    },
    /// The account was suspended or not any more. Specification: "Account suspension".
    SuspensionChanged {
        /// Suspended now?
        suspended: bool,
    },
    /// A profile field was set or removed. Specification: "Profiles".
    ProfileChanged {
        /// `displayname`, `avatar_url`, `m.tz`, ...
        key: String,
        /// The JSON value; absent: removed.
        value: Option<RawJson>,
    },
    /// A device was made (or came back under the same id).
    DeviceCreated {
        /// Its id.
        device: String,
        /// What its owner calls it.
        display_name: Option<String>,
    },
    /// A device was renamed.
    DeviceRenamed {
        /// Its id.
        device: String,
        /// What its owner calls it.
        display_name: Option<String>,
    },
    /// A device was deleted with its tokens, keys and messages.
    DeviceDeleted {
        /// Its id.
        device: String,
    },
    /// An access token was given out for a device. Hashes are SHA-256, URL-safe base64.
    TokenIssued {
        /// The device's id.
        device: String,
        /// Hash of the access token.
        token_hash: String,
        /// When the access token ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<TimestampMs>,
        /// Hash of the refresh token that comes with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refresh_hash: Option<String>,
        /// The refresh token that was used to get it; its first use of the new pair ends the old one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces_refresh: Option<String>,
    },
    /// Access tokens and refresh tokens were ended.
    TokensRevoked {
        /// Hashes of access and refresh tokens.
        hashes: Vec<String>,
    },
    /// Account data was set. Specification: "Client Config".
    AccountDataSet {
        /// The room it is for; absent: global.
        room: Option<OwnedRoomId>,
        /// `m.direct`, `m.push_rules`, `m.tag`, `m.fully_read`, ...
        kind: String,
        /// The content; `{}` for removed ones.
        content: RawJson,
    },
    /// A filter was stored. Specification: "Filtering".
    FilterStored {
        /// Its id.
        filter: String,
        /// The definition.
        definition: RawJson,
    },
    /// A read receipt moved. Specification: "Receipts".
    ReceiptMoved {
        /// The room.
        room: OwnedRoomId,
        /// `m.read` or `m.read.private`.
        kind: String,
        /// `main`, a thread root, or absent for unthreaded.
        thread: Option<String>,
        /// The event up to which was read.
        event: OwnedEventId,
        /// When.
        ts: TimestampMs,
    },
    /// A left room was forgotten.
    RoomForgotten {
        /// The room.
        room: OwnedRoomId,
    },
    /// A pusher was set. Specification: "Push Notifications".
    PusherSet {
        /// The application's id.
        app_id: String,
        /// The push key.
        pushkey: String,
        /// The pusher as the client gave it.
        pusher: RawJson,
        /// The device that set it.
        device: String,
    },
    /// A pusher was removed.
    PusherRemoved {
        /// The application's id.
        app_id: String,
        /// The push key.
        pushkey: String,
    },
    /// A token for another service was given out. Specification: "OpenID".
    OpenIdIssued {
        /// SHA-256 of the token.
        token_hash: String,
        /// When it ends.
        expires_at: TimestampMs,
    },
    /// What follows in rooms from changes of the account was done, for changes up to a position.
    FollowedUp {
        /// What was done.
        what: FollowUp,
        /// The last change that it was done for.
        upto: Position,
    },
    /// An invitation was made: whoever knows its code sets the account's password, once. One made before ends.
    InvitationSet {
        /// SHA-256 of the code, URL-safe base64.
        code_hash: String,
        /// When it ends.
        expires_at: TimestampMs,
        /// Whether its use signs out the devices that there are.
        #[serde(default)]
        log_out: bool,
    },
    /// The invitation was used or taken back.
    InvitationEnded {},
    /// A third-party identifier was bound to or removed from the account by an administrator.
    ThreepidChanged {
        /// `email` or `msisdn`.
        medium: String,
        /// The address.
        address: String,
        /// When it was validated; absent: removed.
        validated_at: Option<TimestampMs>,
    },
}
