//! Sliding sync connections between nodes: told beside the log, so that clients go on where another node answered them.

use std::time::Duration;

use alphorn_client_sync::Connections;
use alphorn_engine::Engine;
use alphorn_log::jetstream::Link;
use futures_util::StreamExt as _;
use tokio::time::MissedTickBehavior;

/// How often others are told of what changed.
const EVERY: Duration = Duration::from_secs(1);

/// Connections of which they are told at a time.
const AT_ONCE: usize = 200;

/// The first byte of a message: a node begins and knows nothing; one connection follows.
const BEGINS: u8 = b'?';
const ONE: u8 = b'=';

/// Tells the other nodes and hears them until the server stops.
pub(crate) async fn run(link: Link, engine: Engine, connections: Connections) {
    let subject = link.names().subject("connections");
    let Ok(mut heard) = link.client().subscribe(subject.clone()).await else { return };
    let own = link.node().to_be_bytes();
    let tell = async |kind: u8, text: &[u8]| {
        let message = [&[kind], own.as_slice(), text].concat();
        if let Err(error) = link.client().publish(subject.clone(), message.into()).await {
            tracing::debug!(%error, "other nodes cannot be told of a connection");
        }
    };
    tell(BEGINS, &[]).await;
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                for told in connections.tell(&engine, AT_ONCE) {
                    tell(ONE, &told).await;
                }
            }
            message = heard.next() => {
                let Some(message) = message else { return };
                let Some((kind, rest)) = message.payload.split_first() else { continue };
                let Some((node, told)) = rest.split_first_chunk() else { continue };
                match *kind {
                    _ if *node == own => {}
                    BEGINS => connections.tell_all_again(),
                    ONE => connections.hear(told),
                    _ => {}
                }
            }
        }
    }
}
