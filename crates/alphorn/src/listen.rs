//! Sockets, TLS and HTTP: connections come in, requests go to the router, and all ends in order.

mod body;
mod connection;
mod stream;

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use crate::config::Limits;
use crate::metrics::Metrics;
use crate::peer::Network;

/// What all listeners share.
pub(crate) struct Edge {
    /// Where requests go.
    pub(crate) router: Router,
    /// Whose word about the client's address is taken.
    pub(crate) trusted_proxies: Vec<Network>,
    /// The bounds in force.
    pub(crate) limits: Limits,
    /// The books.
    pub(crate) metrics: Arc<Metrics>,
    /// True once the server is to stop.
    pub(crate) stopping: watch::Receiver<bool>,
    connections: Arc<Semaphore>,
    by_address: Mutex<HashMap<IpAddr, u32>>,
}

/// One connection's share of what is bounded.
struct Share {
    edge: Arc<Edge>,
    address: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut by_address = self.edge.by_address.lock();
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

impl Edge {
    /// An edge without connections.
    pub(crate) fn new(
        router: Router,
        trusted_proxies: Vec<Network>,
        limits: Limits,
        metrics: Arc<Metrics>,
        stopping: watch::Receiver<bool>,
    ) -> Arc<Self> {
        let most = usize::try_from(limits.max_connections)
            .map_or(Semaphore::MAX_PERMITS, |most| most.min(Semaphore::MAX_PERMITS));
        Arc::new(Self {
            router,
            trusted_proxies,
            limits,
            metrics,
            stopping,
            connections: Arc::new(Semaphore::new(most)),
            by_address: Mutex::new(HashMap::new()),
        })
    }

    /// A share for a connection from this address, unless it has its fill. Proxies stand for many clients
    /// and are not counted.
    fn share(self: &Arc<Self>, address: IpAddr, permit: OwnedSemaphorePermit) -> Option<Share> {
        let trusted = self.trusted_proxies.iter().any(|network| network.contains(address));
        let mut by_address = self.by_address.lock();
        let count = by_address.entry(address).or_insert(0);
        if !trusted && *count >= self.limits.max_connections_per_address {
            return None;
        }
        *count += 1;
        drop(by_address);
        Some(Share { edge: Arc::clone(self), address, _permit: permit })
    }

    /// Takes connections until the server is to stop.
    pub(crate) async fn accept(self: Arc<Self>, listener: TcpListener, tls: Option<TlsAcceptor>) {
        let mut stopping = self.stopping.clone();
        loop {
            let next = async {
                let permit = Arc::clone(&self.connections).acquire_owned().await.ok()?;
                Some((listener.accept().await, permit))
            };
            let accepted = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                accepted = next => accepted,
            };
            match accepted {
                None => return,
                Some((Ok((stream, peer)), permit)) => {
                    if let Some(share) = self.share(peer.ip().to_canonical(), permit) {
                        tokio::spawn(connection::serve(share, stream, peer, tls.clone()));
                    }
                }
                Some((Err(error), _)) => after_failure(&error).await,
            }
        }
    }

    /// Lets running requests finish, but not for ever. True when all did.
    pub(crate) async fn drain(&self, within: Duration) -> bool {
        // Each connection holds one permit, so all of them together mean that no connection is left.
        let all = self.connections.acquire_many(self.limits.max_connections);
        tokio::time::timeout(within, all).await.is_ok()
    }
}

/// A failed `accept` concerns one connection, or says that files have run out: then only waiting helps.
async fn after_failure(error: &io::Error) {
    let of_one_connection = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    );
    if !of_one_connection {
        tracing::error!(%error, "no connection can be accepted; trying again in a second");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Opens a listening socket.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}
