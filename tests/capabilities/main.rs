//! What people do with Alphorn, one module per capability, each over HTTP against a real server process.
//!
//! A module is named after what a user does (`converse`, `join_by_invite`), a test after what must hold.

mod converse;
mod sliding_sync;
