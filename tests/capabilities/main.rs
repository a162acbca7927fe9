//! What people do with Alphorn, one module per capability, each over HTTP against a real server process.
//!
//! A module is named after what a user does (`converse`, `join_by_invite`), a test after what must hold.

#![expect(clippy::unwrap_used, reason = "these are tests, with functions of their own")]

mod back_up_keys;
mod choose_notifications;
mod converse;
mod dehydrate_device;
mod exchange_files;
mod find_people;
mod keep_settings;
mod manage_devices;
mod message_devices;
mod moderate_accounts;
mod register;
mod share_keys;
mod show_profile;
mod sign_in;
mod sliding_sync;
mod verify_devices;
