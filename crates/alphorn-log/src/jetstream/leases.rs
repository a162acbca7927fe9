//! Leases: what one node at a time does for all of them, such as telling push gateways. A lease is an entry
//! that the broker's majority keeps and forgets when it is not renewed; with it, a place to remember how far
//! the work is.

use std::time::Duration;

use alphorn_model::Seq;
use async_nats::{
    Client,
    jetstream::{self, kv},
};
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::{Link, Names};

/// After this long without a renewal a lease is free.
const LASTS: Duration = Duration::from_secs(10);

/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(2);

/// A holder that could not renew for this long stops: before anybody else can begin.
const GIVEN_UP: Duration = Duration::from_secs(7);

/// How often others try to get it.
const TRY: Duration = Duration::from_secs(2);

/// A failure of the broker, in words.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A bucket of the cluster; it is made when it is first used.
pub(super) async fn bucket(
    client: &Client,
    names: &Names,
    name: &str,
    lasts: Duration,
) -> Result<kv::Store, Failure> {
    let bucket = format!("{}_{name}", names.stream());
    let context = jetstream::new(client.clone());
    if let Ok(store) = context.get_key_value(&bucket).await {
        return Ok(store);
    }
    // As many copies as the log has.
    let mut log = context.get_stream(names.stream()).await?;
    let num_replicas = log.info().await?.config.num_replicas;
    let config = kv::Config { bucket, history: 1, max_age: lasts, num_replicas, ..kv::Config::default() };
    Ok(context.create_key_value(config).await?)
}

/// Where it is remembered how far work is.
pub(super) const PROGRESS: &str = "progress";

/// The leases of a cluster.
#[derive(Clone)]
pub struct Leases {
    link: Link,
}

impl Leases {
    /// Those of this node's cluster.
    #[must_use]
    pub const fn new(link: Link) -> Self {
        Self { link }
    }

    /// Does `work` whenever this node has the lease, and drops it when it has it no more. Never ends.
    pub async fn hold(self, name: &str, work: impl Fn() -> BoxFuture<'static, ()>) {
        loop {
            match self.take(name).await {
                Ok(Some((store, revision))) => {
                    tracing::info!(name, "this node does it for the cluster from now on");
                    tokio::select! {
                        () = self.renew(&store, name, revision) => tracing::info!(name, "another node may do it now"),
                        () = work() => {}
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, name, "no lease can be had"),
            }
            tokio::time::sleep(TRY).await;
        }
    }

    async fn bucket(&self, name: &str, lasts: Duration) -> Result<kv::Store, Failure> {
        bucket(self.link.client(), self.link.names(), name, lasts).await
    }

    async fn take(&self, name: &str) -> Result<Option<(kv::Store, u64)>, Failure> {
        // The site that has the log does it.
        if self.link.standby().is_some() {
            return Ok(None);
        }
        let store = self.bucket("leases", LASTS).await?;
        if let Some(entry) = store.entry(name).await?
            && entry.operation == kv::Operation::Put
        {
            return Ok(None);
        }
        let holder = self.link.node().to_string();
        // Another node was faster, or the broker has no majority: later.
        Ok(store.create(name, holder.into()).await.ok().map(|revision| (store, revision)))
    }

    /// Renews until that fails for too long.
    async fn renew(&self, store: &kv::Store, name: &str, mut revision: u64) {
        let mut renewed = Instant::now();
        let holder = self.link.node().to_string();
        while renewed.elapsed() < GIVEN_UP {
            tokio::time::sleep(RENEWAL).await;
            let asked = Instant::now();
            let update = store.update(name, holder.clone().into(), revision);
            match tokio::time::timeout(RENEWAL, update).await {
                Ok(Ok(next)) => (revision, renewed) = (next, asked),
                // An answer that was lost may have been a success: then the entry says so.
                Ok(Err(_)) | Err(_) => match tokio::time::timeout(RENEWAL, store.entry(name)).await {
                    Ok(Ok(Some(entry))) if entry.value == holder.as_bytes() => revision = entry.revision,
                    Ok(Ok(_)) => return,
                    _ => {}
                },
            }
        }
    }

    /// How far work is, as it was remembered last.
    ///
    /// # Errors
    /// When the broker does not say.
    pub async fn progress(&self, name: &str) -> Result<Option<Seq>, Failure> {
        let found = self.bucket(PROGRESS, Duration::ZERO).await?.get(name).await?;
        Ok(found.and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse().ok()))
    }

    /// Remembers how far work is.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub async fn remember(&self, name: &str, at: Seq) -> Result<(), Failure> {
        self.bucket(PROGRESS, Duration::ZERO).await?.put(name, at.to_string().into()).await?;
        Ok(())
    }
}
