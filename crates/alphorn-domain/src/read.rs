//! What is seen of stored events: by clients, by users with or without the right to, and by push rules.

pub mod client_event;
pub mod prune;
pub mod push;
pub mod visibility;

pub use client_event::{client_event, stripped_event, stripped_state, write_client_event};
pub use prune::{prune, prune_content};
pub use push::{PushContext, PushEvent, PushOutcome, default_ruleset, push_outcome, read_ruleset};
pub use visibility::{HistoryVisibility, Sight, may_see};
