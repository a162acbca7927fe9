//! Black-box test support: starts the real `alphorn` binary and talks to it over HTTP as its users do.
//!
//! ```no_run
//! # async fn example() {
//! use alphorn_tests::Server;
//! use serde_json::json;
//!
//! let server = Server::start().await;
//! let alice = server.register("alice").await;
//! let bob = server.register("bob").await;
//! let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
//! bob.join(&room).await;
//! let event_id = bob.send_text(&room, "hello").await;
//! let sync = alice.sync(None).await;
//! let last = sync["rooms"]["join"][&room]["timeline"]["events"].as_array().unwrap().last().unwrap();
//! assert_eq!(last["event_id"], event_id);
//! alice.get("/_matrix/client/v3/rooms/!nowhere:x/state").await.expect_error(403, "M_FORBIDDEN");
//! # }
//! ```
//!
//! Every wait in here has an end. What a test asks for and does not get is a panic that names the request,
//! the status and the body; code that must live with failure (the drills, the load generator) uses
//! [`http::Client`] and its [`http::HttpError`] instead.

pub mod binary;
pub mod cable;
pub mod drill;
pub mod fake_clock;
pub mod gateway;
pub mod http;
pub mod kill;
pub mod nats;
pub mod network;
pub mod nodes;
mod ports;
mod process;
pub mod server;
pub mod small_disk;
pub mod user;

pub use crate::http::{Client, HttpError, Response, segment};
pub use crate::server::{Server, ServerBuilder};
pub use crate::user::User;
