//! Proof that the whole way works: a small record when nothing else was applied for a while. One that is
//! not applied in time means a broken path, even where the broker says that all is well.

use std::{sync::Arc, time::Duration};

use alphorn_model::{Aggregate, Record, RecordId, record::RECORD_VERSION, secret};
use tokio::time::Instant;

use super::{Shared, append, health::State};
use crate::{Outcome, Refused};

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(500);

/// A node that has seen nothing applied for this long writes a heartbeat.
const IDLE: Duration = Duration::from_secs(4);

/// A heartbeat that is not applied within this time: another of the broker's servers is tried.
const LATE: Duration = Duration::from_secs(3);

/// How often records that nobody waits for any more are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// How long a server of the broker has before the next one is tried.
const MOVE: Duration = Duration::from_secs(3);

/// How often a broker that does not answer is tried.
const PROBE: Duration = Duration::from_secs(1);

/// Looks after the log until the node stops.
pub(super) async fn run(shared: Arc<Shared>) {
    let prefix = secret::alphanumeric(&alphorn_model::SystemEntropy, 16);
    let mut applied = shared.applied.clone();
    let mut news = Instant::now();
    let mut count = 0_u64;
    let mut swept = news;
    let mut moved = news;
    loop {
        tokio::time::sleep(LOOK).await;
        shared.health.look();
        // Requests that were given up leave their records behind, most of all while much is written.
        if swept.elapsed() > SWEEP {
            swept = Instant::now();
            shared.own.sweep();
        }
        if applied.has_changed().unwrap_or(false) {
            applied.borrow_and_update();
            news = Instant::now();
        }
        let state = shared.health.state().borrow().clone();
        let due = match state {
            State::Live => news.elapsed() > IDLE,
            State::ReadOnly(Refused::Standby) => false,
            State::ReadOnly(_) => true,
            State::Starting | State::CatchingUp(_) | State::Fenced(_) => false,
        };
        if !due {
            continue;
        }
        if state == State::ReadOnly(Refused::NoQuorum) && moved.elapsed() > MOVE {
            // A server that is frozen keeps its connections: another one answers, or none does.
            moved = Instant::now();
            reconnect(&shared).await;
        }
        count += 1;
        beat(&shared, format!("hb{prefix}{count:x}"), matches!(state, State::Live)).await;
        if !matches!(state, State::Live) {
            tokio::time::sleep(PROBE).await;
        }
    }
}

async fn reconnect(shared: &Shared) {
    if let Err(error) = shared.client.force_reconnect().await {
        tracing::debug!(%error, "another server of NATS cannot be tried");
    }
}

async fn beat(shared: &Shared, id: String, live: bool) {
    let record = Record {
        v: RECORD_VERSION,
        id: RecordId(id),
        aggregate: Aggregate::Node(shared.settings.node),
        prev: None,
        node: shared.settings.node,
        time: shared.clock.now_ms(),
        facts: Vec::new(),
    };
    let id = record.id.clone();
    let outcome = tokio::time::timeout(LATE, append::probe(shared, record)).await;
    if !matches!(outcome, Ok(Outcome::Committed(_))) {
        tracing::debug!(?outcome, "a heartbeat did not come back");
        if live || outcome.is_err() {
            shared.health.silent();
            reconnect(shared).await;
        }
    }
    shared.own.forget(&id);
}
