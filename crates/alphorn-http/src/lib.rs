//! Floor 3: the shared HTTP edge. Handlers in the crates above take [`App`] as their state and get
//! who asks ([`Client`]), path, query and body through the extractors here; every way in which these
//! can be wrong is answered here with the Matrix error code that the specification gives it.

mod answer;
mod app;
mod auth;
mod body;
mod expiring;
pub mod filter;
mod interactive;
mod limit;
pub mod names;
mod path;
mod router;
mod session;
pub mod settings;
mod sightings;

pub use alphorn_engine as engine;
pub use alphorn_engine::{domain, model, store};
pub use answer::{ApiError, Json, RawAnswer, Result, empty};
pub use app::{App, AppServices, Shutdown, Site};
pub use auth::{Appservice, Client, MaybeClient, Namespaces, Regular, bearer_token};
pub use body::{JsonBody, OptionalJsonBody, RawBody, parse_json};
pub use expiring::Expiring;
pub use interactive::{Ask, Parameters, Proven, Recalled, Stage};
pub use limit::{Rate, RateLimits, Subject};
pub use path::{Path, Query};
pub use router::{PeerAddr, finish};
pub use session::session_answer;
pub use settings::Registration;
pub use sightings::{Sighting, Sightings};
