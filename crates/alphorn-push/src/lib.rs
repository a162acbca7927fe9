//! Floor 4: push. A follower of the log: it reads new events from its saved cursor, asks each
//! member's push rules, and tells the push gateways of those who want to know. It can be killed and
//! started again: what was not confirmed is told once more.
//! Specification: Client-Server API, "Push Notifications"; Push Gateway API.

mod badge;
mod delivery;
mod notice;

use std::{path::PathBuf, sync::Arc, time::Duration};

use alphorn_egress::Egress;
use alphorn_engine::Engine;
use alphorn_model::{
    Fact, Refusal, Seq,
    fact::{Placement, RoomFact},
};
use futures_util::{FutureExt as _, future::BoxFuture};

use badge::Badges;
use delivery::Deliveries;

/// Records looked at in one go.
const BATCH: usize = 200;

/// Older events than this are not pushed any more when the follower comes back: phones have synced since.
const TOO_OLD_MS: u64 = 60 * 60_000;

/// Where a follower remembers how far it is.
pub trait Cursor: Send + Sync + 'static {
    /// How far it was; nothing: it never began.
    fn load(&self) -> BoxFuture<'_, Result<Option<Seq>, CursorError>>;

    /// Remembers how far it is.
    fn save(&self, at: Seq) -> BoxFuture<'_, Result<(), CursorError>>;
}

/// Why a cursor cannot be read or written.
pub type CursorError = Box<dyn std::error::Error + Send + Sync>;

/// How long what fails is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// Follows the log until it is dropped.
pub async fn follow(engine: Engine, egress: Arc<Egress>, cursor: Arc<dyn Cursor>) {
    let deliveries = Deliveries::new(engine.clone(), egress);
    let badges = Arc::new(Badges::default());
    let mut at = loop {
        match cursor.load().await {
            Ok(at) => break at.unwrap_or_else(|| engine.wake().applied()),
            Err(error) => {
                tracing::warn!(%error, "push does not know how far it was; asking again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    loop {
        engine.wake().past(at).await;
        match step(&engine, &deliveries, &badges, at).await {
            Ok(reached) => at = reached,
            Err(error) => {
                tracing::warn!(%error, "push cannot read the log; trying again");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        }
        if let Err(error) = cursor.save(at).await {
            tracing::warn!(%error, "push cannot remember how far it is; after a restart some pushes come twice");
        }
    }
}

/// Handles the next records; gives how far it came.
async fn step(
    engine: &Engine,
    deliveries: &Deliveries,
    badges: &Arc<Badges>,
    at: Seq,
) -> Result<Seq, Refusal> {
    let oldest = engine.now_ms().saturating_sub(TOO_OLD_MS);
    let (inner, reached) = (
        engine.clone(),
        engine.read(move |reader| {
            let (records, last) = reader.counted_after(at, BATCH)?;
            let fresh: Vec<_> = records.into_iter().filter(|(_, record)| record.time >= oldest).collect();
            Ok((last, fresh))
        }),
    );
    let (last, records) = reached.await?;
    let badges = Arc::clone(badges);
    let notices = engine
        .read(move |reader| {
            let mut notices = Vec::new();
            for (_, record) in &records {
                for fact in &record.facts {
                    if let Fact::Room(RoomFact::Event(event)) = fact
                        && event.placement == Placement::Timeline
                    {
                        notices.extend(notice::notices(&inner, reader, event.event_id.as_str())?);
                    }
                }
            }
            notices.iter().for_each(|notice| badges.note(notice));
            let read = badges.notices(&inner, reader, records.iter().map(|(_, record)| record))?;
            read.iter().for_each(|notice| badges.note(notice));
            notices.extend(read);
            Ok(notices)
        })
        .await?;
    for notice in notices {
        deliveries.send(notice).await;
    }
    Ok(last)
}

/// A cursor in a file, for a server that is alone.
pub struct FileCursor(pub PathBuf);

impl Cursor for FileCursor {
    fn load(&self) -> BoxFuture<'_, Result<Option<Seq>, CursorError>> {
        async {
            match tokio::fs::read_to_string(&self.0).await {
                Ok(text) => Ok(text.trim().parse().ok()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error.into()),
            }
        }
        .boxed()
    }

    fn save(&self, at: Seq) -> BoxFuture<'_, Result<(), CursorError>> {
        async move {
            let fresh = self.0.with_extension("new");
            tokio::fs::write(&fresh, at.to_string()).await?;
            Ok(tokio::fs::rename(&fresh, &self.0).await?)
        }
        .boxed()
    }
}
