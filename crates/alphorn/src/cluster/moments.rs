//! Typing and presence between nodes: beside the log, and lost without harm.

use alphorn_engine::{Engine, Moment};
use alphorn_log::jetstream::Link;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

/// Moments that wait to be told at most.
const WAITING_MAX: usize = 4_096;

#[derive(Serialize, Deserialize)]
struct Told {
    node: u32,
    #[serde(flatten)]
    moment: Moment,
}

/// Tells the other nodes and hears them until the server stops.
pub(crate) async fn run(link: Link, engine: Engine) {
    let subject = link.names().subject("moments");
    let Ok(mut told) = link.client().subscribe(subject.clone()).await else { return };
    let (sender, mut own) = mpsc::channel(WAITING_MAX);
    engine.ephemera().share(sender);
    loop {
        tokio::select! {
            moment = own.recv() => {
                let Some(moment) = moment else { return };
                if let Ok(bytes) = serde_json::to_vec(&Told { node: link.node(), moment })
                    && let Err(error) = link.client().publish(subject.clone(), bytes.into()).await
                {
                    tracing::debug!(%error, "other nodes cannot be told of a moment");
                }
            }
            message = told.next() => {
                let Some(message) = message else { return };
                let Ok(told) = serde_json::from_slice::<Told>(&message.payload) else { continue };
                if told.node != link.node()
                    && let Some(user) = engine.ephemera().hear(told.moment, engine.now_ms())
                {
                    engine.wake_rooms_of(user).await;
                }
            }
        }
    }
}
