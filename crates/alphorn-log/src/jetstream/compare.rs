//! Comparing notes: nodes tell each other what the log was up to a record, as they applied it. One that
//! stands alone with another opinion has read other bytes than all others: it stands aside.

use std::{collections::HashMap, sync::Arc, time::Duration};

use alphorn_model::{Digest, Seq};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior};

use super::Shared;

/// How often a node tells.
const EVERY: Duration = Duration::from_secs(10);

/// Other nodes that must disagree before this one doubts itself; fewer, and it only says so.
const DOUBTERS: usize = 2;

/// Nodes remembered at most.
const NODES_MAX: usize = 64;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    node: u32,
    seq: Seq,
    digest: Digest,
}

/// Compares until the node stops.
pub(super) async fn run(shared: Arc<Shared>) {
    let subject = shared.names.subject("digest-of-hashes");
    let Ok(mut notes) = shared.client.subscribe(subject.clone()).await else { return };
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut disagreeing = HashMap::new();
    loop {
        tokio::select! {
            _ = tick.tick() => tell(&shared, &subject).await,
            note = notes.next() => match note {
                Some(note) => hear(&shared, &mut disagreeing, &note.payload),
                None => return,
            },
        }
    }
}

async fn tell(shared: &Shared, subject: &str) {
    let Some((seq, digest)) = shared.health.newest_digest() else { return };
    if shared.health.is_fenced() {
        return;
    }
    let note = Note { node: shared.settings.node, seq, digest };
    if let Ok(note) = serde_json::to_vec(&note)
        && let Err(error) = shared.client.publish(subject.to_owned(), note.into()).await
    {
        tracing::debug!(%error, "the log's digest cannot be told");
    }
}

fn hear(shared: &Shared, disagreeing: &mut HashMap<u32, Instant>, note: &[u8]) {
    let Ok(note) = serde_json::from_slice::<Note>(note) else { return };
    if note.node == shared.settings.node {
        return;
    }
    // Records that are not applied here yet, or long ago, are compared another time.
    match shared.health.digest_at(note.seq) {
        None => {}
        Some(own) if own == note.digest => {
            disagreeing.remove(&note.node);
        }
        Some(_) => {
            tracing::error!(node = note.node, seq = note.seq, "another node has read another log");
            if disagreeing.len() < NODES_MAX {
                disagreeing.insert(note.node, Instant::now());
            }
        }
    }
    disagreeing.retain(|_, since| since.elapsed() < EVERY * 4);
    if disagreeing.len() >= DOUBTERS {
        shared.health.distrust(
            "other nodes agree with each other about the log, and not with this one: its disk, or the NATS server it \
             reads from, gave other bytes",
        );
    }
}
