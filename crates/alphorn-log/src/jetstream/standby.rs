//! A site that copies another one's log: how far behind it is, and noticing that it was promoted.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream;
use tokio::time::Instant;

use super::{Shared, sites, stream};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);

/// How long the broker has for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a site that was promoted tries to end the log that was before.
const END_EVERY: Duration = Duration::from_secs(5);

/// Looks until the node stops.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut looked = Instant::now();
    loop {
        tokio::time::sleep(EVERY).await;
        let standby = shared.health.standby();
        if standby.is_none() && looked.elapsed() < END_EVERY {
            continue;
        }
        looked = Instant::now();
        match tokio::time::timeout(PATIENCE, stream::find(&shared.client, &shared.names)).await {
            Ok(Ok(Some(info))) => {
                let now = stream::standby(&info);
                if standby.is_some() && now.is_none() {
                    tracing::info!("this site was promoted: its log is the log now");
                }
                if now.is_none() && standby.is_none() {
                    end_former(&shared, &info).await;
                }
                if standby.is_some() {
                    // A copy is not written to: this answer is what says that the broker is there.
                    shared.health.answered();
                    shared.health.set_standby(now);
                }
            }
            Ok(_) => {}
            Err(_) if standby.is_some() => {
                shared.health.silent();
                if let Err(error) = shared.client.force_reconnect().await {
                    tracing::debug!(%error, "another server of NATS cannot be tried");
                }
            }
            Err(_) => {}
        }
    }
}

/// Ends the log that was before this one, when its broker can be reached again: nothing may be written there any more.
async fn end_former(shared: &Shared, info: &jetstream::stream::Info) {
    let Some(former) = info.config.metadata.get(stream::FORMER).and_then(|text| sites::Place::parse(text))
    else {
        return;
    };
    let epochs = sites::epochs(&info.config.metadata).len();
    match tokio::time::timeout(PATIENCE, sites::seal_former(&shared.client, &former, epochs)).await {
        Ok(Ok(true)) => tracing::warn!(
            stream = former.stream,
            domain = former.domain,
            "the log of the former site was ended: `alphorn cluster lost` lists what did not get here"
        ),
        Ok(Ok(false)) | Err(_) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the former site's log cannot be ended now"),
    }
}
