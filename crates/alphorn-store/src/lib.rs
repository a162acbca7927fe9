//! Floor 1: what every node derives from the log - typed indexes in one SQLite database, one file
//! per subject under `index/`. No SQL outside this crate. The log's records are kept here too: in
//! an embedded server that table IS the log, in a cluster it is this node's copy of it.
//!
//! Writing goes through [`Writer`] alone, record by record in the log's order; everything but the
//! `log` table can be dropped and made again from it ([`maintenance::rebuild`]).

mod cache;
mod filling;
pub mod index;
pub mod maintenance;
mod pool;
mod reader;
mod schema;
mod writer;

pub use index::{
    account_data::AccountDatum,
    accounts::{Account, AccountKind},
    audit::{AuditCheck, AuditEntry, AuditFilter},
    backups::{Backup, BackupSession},
    device_lists::DeviceLists,
    devices::{Device, TokenOwner},
    directory::{RegistrationToken, ReportRow},
    invitations::Invitation,
    keys::{ClaimableKey, KeySignature},
    media::{MediaTotal, Medium},
    members::{ListedRoom, Member, Membership},
    people::words,
    receipts::StoredReceipt,
    relations::{Relation, ThreadSummary},
    retention::{AgingRoom, Lifetimes},
    rooms::{Purge, RoomMark, RoomRow},
    search::{SearchKey, search_words},
    timeline::StoredEvent,
    to_device::QueuedMessage,
};
pub use pool::Store;
pub use reader::Reader;
pub use schema::FORMAT_VERSION;
pub use writer::{Observer, Writer};

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A record in the log cannot be read: it is damaged, or of a newer format.
    #[error("record {seq} in the log cannot be read: {why}")]
    Record {
        /// Which record.
        seq: u64,
        /// Why.
        why: String,
    },
    /// The database was written by a newer program.
    #[error("the store has format {found}, this program knows formats up to {known}: use a newer alphorn")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest one known.
        known: u32,
    },
    /// A file could not be read or written.
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
    /// Something in an index contradicts the log.
    #[error("the store is inconsistent: {0}; run `alphorn store rebuild`")]
    Inconsistent(String),
}

/// The result of store functions.
pub type Result<T> = std::result::Result<T, StoreError>;
