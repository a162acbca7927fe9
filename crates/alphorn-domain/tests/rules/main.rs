//! The rules of rooms, driven from outside as the engine drives them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod creation;
mod events;
mod membership;
mod properties;
mod reading;
mod resolution;
mod room;
mod versions;
