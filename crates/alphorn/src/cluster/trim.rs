//! Keeping the log as long as it is needed and no longer: one node at a time looks, where `cluster.trim_after_days` says
//! that it should.

use std::sync::Arc;
use std::time::Duration;

use alphorn_log::jetstream::leases::Leases;
use alphorn_log::jetstream::{Link, Trimmed};
use alphorn_model::Clock;
use futures_util::FutureExt as _;

use super::Members;

/// How often nodes say how far they are.
const TELL: Duration = Duration::from_secs(60);
/// How often it is looked whether records can go.
const LOOK: Duration = Duration::from_secs(600);
/// The lease's name.
const LEASE: &str = "trim";

/// Says how far this node is, and the nodes of other sites that it hears, until the server stops.
pub(crate) async fn tell_positions(link: Link, members: Members) {
    let mut tick = tokio::time::interval(TELL);
    loop {
        tick.tick().await;
        let positions = members.positions();
        if let Err(error) = link.note_positions(&positions).await {
            tracing::debug!(%error, "how far this node is cannot be told now");
        }
    }
}

/// Takes the oldest records off whenever this node has the lease.
pub(crate) async fn run(link: Link, clock: Arc<dyn Clock>, keep: Duration) {
    let leases = Leases::new(link.clone());
    leases
        .hold(LEASE, || {
            let (link, clock) = (link.clone(), Arc::clone(&clock));
            async move {
                let mut tick = tokio::time::interval(LOOK);
                loop {
                    tick.tick().await;
                    match link.trim(keep, clock.now_ms()).await {
                        Ok(Trimmed::Off { records, first }) => {
                            tracing::info!(records, first, "the oldest records were taken off the log");
                        }
                        Ok(Trimmed::Kept(why)) => tracing::debug!(why, "the log stays as it is"),
                        Err(error) => tracing::warn!(%error, "the log cannot be made shorter now"),
                    }
                }
            }
            .boxed()
        })
        .await;
}
