//! Floor 4: how clients learn of news - classic `/sync` and sliding sync.

mod classic;
mod ephemeral;
mod ignored;
mod presence;
mod sliding;
mod to_device;

use std::{sync::Arc, time::Duration};

use alphorn_http::{
    App,
    engine::Engine,
    model::{Refusal, Seq},
};
use axum::Router;

/// How long a client's token may be ahead of this node before it is asked whether more can come at all.
const AHEAD_TIME: Duration = Duration::from_secs(2);

/// How long a client waits for a node that is known to be behind.
const BEHIND_TIME: Duration = Duration::from_secs(20);

/// What the nodes of a cluster tell each other of the sliding sync connections of their clients, so that these go on at
/// another node. Cheap to clone.
#[derive(Clone, Default)]
pub struct Connections(Arc<sliding::Shared>);

impl Connections {
    /// What other nodes are to be told next: of so many connections at most, each for itself.
    #[must_use]
    pub fn tell(&self, engine: &Engine, limit: usize) -> Vec<Vec<u8>> {
        self.0.tell(engine.ephemera().node_run(), limit)
    }

    /// Another node began: it knows of no connection yet.
    pub fn tell_all_again(&self) {
        self.0.tell_all_again();
    }

    /// Another node tells of one of its connections.
    pub fn hear(&self, told: &[u8]) {
        self.0.hear(told);
    }
}

/// The routes of this crate.
pub fn routes(connections: &Connections) -> Router<App> {
    classic::routes().merge(sliding::routes(Arc::clone(&connections.0)))
}

/// Waits until this node has what a client's token shows that the client has: it may come from another node.
/// Where nothing more can come, the token is from a store that was restored to an earlier time.
///
/// # Errors
/// When this node is behind and stays so: the client is better served by another one.
async fn catch_up(engine: &Engine, seq: Seq) -> Result<(), Refusal> {
    if seq <= engine.wake().applied() {
        return Ok(());
    }
    let caught_up = engine.wake().past(seq - 1);
    if tokio::time::timeout(AHEAD_TIME, caught_up).await.is_ok() {
        return Ok(());
    }
    // A node whose broker is frozen does not know for some seconds that it is behind: the log itself is asked.
    if !engine.is_behind() && engine.up_to_date().await.is_ok() {
        return Ok(());
    }
    let late = tokio::time::timeout(BEHIND_TIME, engine.wake().past(seq - 1)).await.is_err();
    if late { Err(Refusal::behind()) } else { Ok(()) }
}
