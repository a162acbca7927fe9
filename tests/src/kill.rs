//! The kill test: a server under mixed load is killed with SIGKILL at random moments, again and again, and
//! nothing that it acknowledged may be lost, doubled or out of order.
//!
//! - [`history`] judges: acknowledgements on one side, what can be read on the other. It knows no HTTP.
//! - [`actor`] makes load and notes what was acknowledged; [`reader`] follows `/sync` with its old tokens.
//! - [`verify`] reads back what the actors noted.
//! - [`rounds`] starts, kills and counts.
//!
//! A SIGKILL does not take the page cache away: that acknowledged writes were really flushed to the disk is
//! the subject of another drill.

pub mod actor;
pub mod ask;
pub mod history;
pub mod operations;
pub mod reader;
pub mod record;
pub mod rounds;
pub mod verify;

pub use rounds::{Settings, Summary, run};
