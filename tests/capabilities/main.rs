//! What people do with Alphorn, one module per capability, each over HTTP against a real server process.
//!
//! A module is named after what a user does (`converse`, `join_by_invite`), a test after what must hold.

#![expect(clippy::unwrap_used, reason = "these are tests, with functions of their own")]

mod administer_people;
mod administer_rooms;
mod administer_server;
mod administer_tokens;
mod audit;
mod back_up_keys;
mod choose_notifications;
mod come_and_go;
mod converse;
mod create_rooms;
mod dehydrate_device;
mod exchange_files;
mod find_people;
mod find_rooms;
mod keep_settings;
mod let_messages_go;
mod look_into_rooms;
mod manage_devices;
mod mark_rooms;
mod message_devices;
mod moderate_accounts;
mod open_the_client;
mod read_rooms;
mod receive_pushes;
mod refer_to_messages;
mod register;
mod search_messages;
mod share_keys;
mod show_profile;
mod sign_in;
mod sliding_sync;
mod upgrade_rooms;
mod verify_devices;
