//! Refusals: what the server answers when a request cannot be done, by meaning.
//! Specification: Client-Server API, "Standard error response".

use serde_json::{Map, Value};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal;)*) => {
        /// A Matrix error code with the HTTP status that goes with it unless an endpoint says otherwise.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }
        impl ErrorCode {
            /// The code as it stands in the JSON answer.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// The usual HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)* } }
        }
    };
}

codes! {
    /// Forbidden access.
    Forbidden = "M_FORBIDDEN", 403;
    /// The access token is not known.
    UnknownToken = "M_UNKNOWN_TOKEN", 401;
    /// No access token was given.
    MissingToken = "M_MISSING_TOKEN", 401;
    /// Valid JSON of the wrong shape.
    BadJson = "M_BAD_JSON", 400;
    /// Not JSON at all.
    NotJson = "M_NOT_JSON", 400;
    /// Nothing there.
    NotFound = "M_NOT_FOUND", 404;
    /// Too many requests.
    LimitExceeded = "M_LIMIT_EXCEEDED", 429;
    /// The endpoint or method does not exist.
    Unrecognized = "M_UNRECOGNIZED", 404;
    /// Anything else.
    Unknown = "M_UNKNOWN", 500;
    /// User-interactive authentication or a token is needed.
    Unauthorized = "M_UNAUTHORIZED", 401;
    /// The account is deactivated.
    UserDeactivated = "M_USER_DEACTIVATED", 403;
    /// The account is locked.
    UserLocked = "M_USER_LOCKED", 401;
    /// The account is suspended.
    UserSuspended = "M_USER_SUSPENDED", 403;
    /// The user name is taken.
    UserInUse = "M_USER_IN_USE", 400;
    /// The user name is not allowed.
    InvalidUsername = "M_INVALID_USERNAME", 400;
    /// The alias is taken.
    RoomInUse = "M_ROOM_IN_USE", 400;
    /// The state asked for is not valid.
    InvalidRoomState = "M_INVALID_ROOM_STATE", 400;
    /// A third-party identifier is taken.
    ThreepidInUse = "M_THREEPID_IN_USE", 400;
    /// A third-party identifier is unknown.
    ThreepidNotFound = "M_THREEPID_NOT_FOUND", 400;
    /// Third-party identifiers cannot be authenticated.
    ThreepidAuthFailed = "M_THREEPID_AUTH_FAILED", 403;
    /// Third-party identifiers of this kind are not supported.
    ThreepidDenied = "M_THREEPID_DENIED", 403;
    /// Third-party identifiers of this kind cannot be added.
    ThreepidMediumNotSupported = "M_THREEPID_MEDIUM_NOT_SUPPORTED", 400;
    /// The room version is not supported.
    UnsupportedRoomVersion = "M_UNSUPPORTED_ROOM_VERSION", 400;
    /// The room version does not suit.
    IncompatibleRoomVersion = "M_INCOMPATIBLE_ROOM_VERSION", 400;
    /// State that the request would change or needs is bad.
    BadState = "M_BAD_STATE", 400;
    /// Guests may not do this.
    GuestAccessForbidden = "M_GUEST_ACCESS_FORBIDDEN", 403;
    /// A required parameter is missing.
    MissingParam = "M_MISSING_PARAM", 400;
    /// A parameter is invalid.
    InvalidParam = "M_INVALID_PARAM", 400;
    /// The request or entity is too large.
    TooLarge = "M_TOO_LARGE", 413;
    /// The name is reserved by an application service.
    Exclusive = "M_EXCLUSIVE", 400;
    /// A resource of the server is exhausted.
    ResourceLimitExceeded = "M_RESOURCE_LIMIT_EXCEEDED", 403;
    /// The password is too weak.
    WeakPassword = "M_WEAK_PASSWORD", 400;
    /// The last room of a notice cannot be left.
    CannotLeaveServerNoticeRoom = "M_CANNOT_LEAVE_SERVER_NOTICE_ROOM", 403;
    /// The key backup version is not the current one.
    WrongRoomKeysVersion = "M_WRONG_ROOM_KEYS_VERSION", 403;
    /// The media is not uploaded yet.
    NotYetUploaded = "M_NOT_YET_UPLOADED", 504;
    /// The media was uploaded already.
    CannotOverwriteMedia = "M_CANNOT_OVERWRITE_MEDIA", 409;
    /// The restricted join cannot be authorised here.
    UnableToAuthoriseJoin = "M_UNABLE_TO_AUTHORISE_JOIN", 400;
    /// The restricted join cannot be granted here.
    UnableToGrantJoin = "M_UNABLE_TO_GRANT_JOIN", 400;
    /// The annotation was sent already.
    DuplicateAnnotation = "M_DUPLICATE_ANNOTATION", 400;
    /// The alias does not point to the room.
    BadAlias = "M_BAD_ALIAS", 400;
    /// The signature does not verify.
    InvalidSignature = "M_INVALID_SIGNATURE", 400;
    /// The sliding-sync connection is not known any more.
    UnknownPos = "M_UNKNOWN_POS", 400;
    /// The profile is too large.
    ProfileTooLarge = "M_PROFILE_TOO_LARGE", 400;
    /// The profile key is too long.
    KeyTooLarge = "M_KEY_TOO_LARGE", 400;
    /// The user may not be invited.
    InviteBlocked = "M_INVITE_BLOCKED", 403;
    /// The server cannot be trusted to check this.
    ServerNotTrusted = "M_SERVER_NOT_TRUSTED", 400;
    /// Connecting to another service failed.
    ConnectionFailed = "M_CONNECTION_FAILED", 502;
    /// Another service took too long.
    ConnectionTimeout = "M_CONNECTION_TIMEOUT", 504;
    /// An application service URL is not set.
    UrlNotSet = "M_URL_NOT_SET", 400;
    /// An application service answered with an error.
    BadStatus = "M_BAD_STATUS", 502;
    /// Writes are refused for now: the disk is full or the log cannot be written.
    WritesUnavailable = "IO.ALPHORN.WRITES_UNAVAILABLE", 503;
    /// This node of a cluster lacks what others have.
    NodeBehind = "IO.ALPHORN.NODE_BEHIND", 503;
}

/// A clear "no": the code, words for a person, and whatever else the endpoint specifies.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct Refusal {
    /// The Matrix error code.
    pub code: ErrorCode,
    /// Words for a person.
    pub message: String,
    /// The HTTP status, where it is not the code's usual one.
    pub status: Option<u16>,
    /// Further top-level fields of the JSON answer (`soft_logout`, `retry_after_ms`, ...).
    pub extra: Map<String, Value>,
}

impl Refusal {
    /// A refusal with the code's usual status.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status: None, extra: Map::new() }
    }

    /// The same with another HTTP status.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same with a further field in the answer.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.to_owned(), value.into());
        self
    }

    /// `M_FORBIDDEN`.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// `M_NOT_FOUND`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// `M_BAD_JSON`.
    pub fn bad_json(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadJson, message)
    }

    /// `M_INVALID_PARAM`.
    pub fn invalid_param(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParam, message)
    }

    /// `M_MISSING_PARAM`.
    pub fn missing_param(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::MissingParam, message)
    }

    /// `M_UNKNOWN` with status 500: something on our side is broken. The cause is logged, not shown.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Unknown, "internal server error")
    }

    /// This node of a cluster lacks what the client has from another one.
    #[must_use]
    pub fn behind() -> Self {
        Self::new(
            ErrorCode::NodeBehind,
            "this node is still reading what others have already; try another one",
        )
        .with("retry_after_ms", 2000)
    }

    /// This node of a cluster must not be asked: what it has is not what the others have.
    #[must_use]
    pub fn aside() -> Self {
        Self::new(ErrorCode::NodeBehind, "this node stands aside; try another one")
            .with("retry_after_ms", 2000)
    }

    /// The log takes no writes now (disk full, or no quorum): try again later.
    #[must_use]
    pub fn writes_unavailable(why: &str) -> Self {
        Self::new(ErrorCode::WritesUnavailable, format!("the server cannot store anything now: {why}"))
            .with("retry_after_ms", 2000)
    }
}
