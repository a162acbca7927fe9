//! Clients that stay at one node whatever happens: a reader of history, and a load balancer.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::book::{Book, Who};
use crate::http::Client;
use crate::nodes::Readiness;

/// Longest wait for one answer.
const ANSWER_WAIT: Duration = Duration::from_secs(2);
/// Pause between two requests.
const PAUSE: Duration = Duration::from_millis(50);

/// Asks for the same thing again and again until told to stop. A load balancer tells others what it found.
#[expect(clippy::too_many_arguments, reason = "all of one probe, which is one loop")]
pub async fn ask(
    who: Who,
    node: usize,
    client: Client,
    token: Option<String>,
    path: String,
    readiness: Option<Readiness>,
    book: Book,
    stop: watch::Receiver<bool>,
) {
    let client = client.with_answer_wait(ANSWER_WAIT);
    while !*stop.borrow() {
        let started = Instant::now();
        let failure = match client.get(token.as_deref(), &path).await {
            Ok(answer) if answer.status == 200 => None,
            Ok(answer) => Some(answer.summary()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(readiness) = &readiness {
            readiness.set(node, failure.is_none());
        }
        book.note(who, node, started, failure);
        tokio::time::sleep(PAUSE).await;
    }
}
