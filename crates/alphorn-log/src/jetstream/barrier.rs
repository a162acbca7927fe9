//! Reading what others have written for certain: asks the log's leader how far the log is, and waits until that
//! is applied here. All who ask at the same time share one question.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream;
use tokio::{sync::Mutex, time::Instant};

use super::{Shared, health::State};
use crate::Refused;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// When the last question that was answered was asked.
#[derive(Default)]
pub(super) struct Barriers(Mutex<Option<Instant>>);

/// Waits until everything is applied that was on the log when this was called.
pub(super) async fn barrier(shared: Arc<Shared>) -> Result<(), Refused> {
    let called = Instant::now();
    let mut answered = shared.barriers.0.lock().await;
    if answered.is_some_and(|asked| asked > called) {
        return Ok(());
    }
    if *shared.health.state().borrow() != State::Live {
        return Err(Refused::Behind);
    }
    let asked = Instant::now();
    tokio::time::timeout(PATIENCE, reach(&shared)).await.map_err(|_| Refused::Behind)??;
    *answered = Some(asked);
    Ok(())
}

async fn reach(shared: &Shared) -> Result<(), Refused> {
    let context = jetstream::new(shared.client.clone());
    let stream = context.get_stream(shared.names.stream()).await.map_err(|_| Refused::NoQuorum)?;
    let last = stream.cached_info().state.last_sequence;
    let mut applied = shared.applied.clone();
    applied.wait_for(|applied| *applied >= last).await.map_err(|_| Refused::Stopping)?;
    Ok(())
}
