//! What people do with Alphorn, one module per capability, each over HTTP against a real server process.
//!
//! A module is named after what a user does (`converse`, `join_by_invite`), a test after what must hold.

mod choose_notifications;
mod converse;
mod find_people;
mod keep_settings;
mod manage_devices;
mod moderate_accounts;
mod register;
mod show_profile;
mod sign_in;
mod sliding_sync;
