//! Waiting for something that arrives through sync, with a useful text when it never does.
use std::{future::Future, time::Duration};

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// How long one thing may take to come through sync. Generous: both clients, their SQLite stores
/// and the server may share two busy cores.
pub const ARRIVAL: Duration = Duration::from_secs(30);

/// Limit of a whole step: two arrivals and some requests.
pub const STEP: Duration = Duration::from_secs(90);

/// Asks `probe` until it answers `Ok`; its `Err` describes what was seen instead.
///
/// # Errors
/// When nothing arrived in time; the text names `what` and what was seen last.
pub async fn until<T, F>(what: &str, mut probe: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T, String>>,
{
    let started = Instant::now();
    loop {
        match probe().await {
            Ok(value) => return Ok(value),
            Err(seen) if started.elapsed() > ARRIVAL => {
                bail!("waited {} s for {what}; last seen: {seen}", ARRIVAL.as_secs())
            }
            Err(_) => sleep(Duration::from_millis(40)).await,
        }
    }
}
