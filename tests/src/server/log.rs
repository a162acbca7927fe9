//! The switch between the logs: with `ALPHORN_TEST_LOG=jetstream` in the environment every server under test is
//! the one node of a cluster of its own, on nats-servers that all tests of a process share.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use tokio::sync::OnceCell;

use super::ServerError;
use crate::nats::{self, Cluster};

/// The variable, and its value.
const SWITCH: (&str, &str) = ("ALPHORN_TEST_LOG", "jetstream");
/// How many nats-servers keep the logs; one, unless this says more.
const SERVERS: &str = "ALPHORN_TEST_NATS_SERVERS";

static NATS: OnceCell<Cluster> = OnceCell::const_new();

#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the server")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn servers() -> usize {
    variable(SERVERS).and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// The arguments that make the log of a server, where it is to have one elsewhere.
pub(super) fn init() -> Option<[String; 4]> {
    is_on()
        .then(|| ["cluster", "init", "--replicas"].map(str::to_owned))
        .map(|[one, two, three]| [one, two, three, servers().to_string()])
}

fn is_on() -> bool {
    variable(SWITCH.0).is_some_and(|value| value == SWITCH.1)
}

/// What a server at this place is configured with; nothing: its log is its own.
pub(super) async fn overlay(home: &Path) -> Result<toml::Table, ServerError> {
    let mut overlay = toml::Table::new();
    if !is_on() {
        return Ok(overlay);
    }
    let nats = NATS
        .get_or_try_init(|| async { Cluster::builder().servers(servers()).try_start().await })
        .await
        .map_err(|error| ServerError::Binary(error.to_string()))?;
    // Of one place, also for a server that comes back to it.
    let mut hash = DefaultHasher::new();
    home.hash(&mut hash);
    let mut cluster = toml::Table::new();
    let mut set = |key: &str, value: toml::Value| drop(cluster.insert(key.to_owned(), value));
    set("nats", nats.urls().into());
    set("name", format!("test-{:x}", hash.finish()).into());
    set("secret", "the secret of a server under test".into());
    set("user", nats::USER.into());
    set("password", nats::PASSWORD.into());
    set("leave_seconds", 0.into());
    overlay.insert("cluster".to_owned(), cluster.into());
    Ok(overlay)
}
