//! What an administrator can do to a server from the same machine, as data: the command line says it, and
//! either the running server does it or the command itself.

mod perform;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use perform::perform;

/// One page of a list.
pub(crate) const PAGE: usize = 1000;

/// An order to the server.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Operation {
    /// Make an account.
    UserAdd {
        /// Name or whole address.
        name: String,
        /// Its password.
        password: String,
        /// With an administrator's rights.
        admin: bool,
    },
    /// Give an account a new password.
    UserPasswd {
        /// Name or whole address.
        name: String,
        /// The new password.
        password: String,
        /// Leave its devices logged in.
        keep_devices: bool,
    },
    /// Close an account.
    UserDeactivate {
        /// Name or whole address.
        name: String,
    },
    /// List accounts.
    UserList {
        /// Only addresses behind this one.
        after: String,
    },
    /// Give or take an administrator's rights.
    UserAdmin {
        /// Name or whole address.
        name: String,
        /// Give or take.
        admin: bool,
    },
    /// Make a registration token.
    TokenAdd {
        /// The token; made up when absent.
        token: Option<String>,
        /// How many accounts can be made with it.
        uses: Option<u64>,
        /// For how long from now.
        expires_in_ms: Option<u64>,
    },
    /// List registration tokens.
    TokenList {
        /// Only tokens behind this one.
        after: String,
    },
    /// Make a registration token invalid.
    TokenRemove {
        /// The token.
        token: String,
    },
    /// Verify entries of the audit log.
    AuditVerify {
        /// The entry after which to begin.
        after: u64,
        /// Its hash, from the answer before.
        hash: Option<String>,
    },
    /// The hash of an entry of the audit log.
    AuditHash {
        /// Which.
        entry: u64,
    },
    /// List rooms.
    RoomList {
        /// Only rooms behind this one.
        after: i64,
    },
    /// Show a room.
    RoomShow {
        /// Identifier or alias.
        room: String,
    },
}

/// Why an order was not carried out.
#[derive(Clone, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
pub(crate) struct OperationError {
    /// The Matrix error code.
    pub(crate) errcode: String,
    /// Words for a person.
    pub(crate) error: String,
}

impl From<alphorn_model::Refusal> for OperationError {
    fn from(refusal: alphorn_model::Refusal) -> Self {
        Self { errcode: refusal.code.as_str().to_owned(), error: refusal.message }
    }
}

/// What came of an order.
pub(crate) type Outcome = Result<Value, OperationError>;
