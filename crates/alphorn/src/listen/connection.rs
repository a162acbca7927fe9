//! One connection: TLS, then HTTP/2 or HTTP/1.1, until the client leaves or the server stops.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use alphorn_http::PeerAddr;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::body::StallBody;
use super::stream::StallGuard;
use super::{Edge, Share};
use crate::peer;

/// Longest request head. Access tokens, filters in queries and cookies of proxies fit easily.
const HEAD_BYTES_MAX: usize = 64 * 1024;
const FIRST_WORDS_TIME: Duration = Duration::from_secs(20);
const H2_STREAMS_MAX: u32 = 128;
const H2_STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const H2_PING_INTERVAL: Duration = Duration::from_secs(60);
const H2_PING_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves one connection to its end.
pub(super) async fn serve(share: Share, stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>) {
    let edge = Arc::clone(&share.edge);
    let metrics = Arc::clone(&edge.metrics);
    let _counted = metrics.connection();
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let handshake_time = first_words_time(&edge);
    let outcome = match tls {
        None => http1(edge, guard(&share, stream), peer).await,
        Some(acceptor) => match tokio::time::timeout(handshake_time, acceptor.accept(stream)).await {
            Err(_) => return,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                return;
            }
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                Box::pin(http2(edge, guard(&share, stream), peer)).await
            }
            Ok(Ok(stream)) => Box::pin(http1(edge, guard(&share, stream), peer)).await,
        },
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// How long a new connection may be silent: whoever connects wants something.
fn first_words_time(edge: &Edge) -> Duration {
    Duration::from_secs(edge.limits.header_timeout_seconds).min(FIRST_WORDS_TIME)
}

fn guard<S>(share: &Share, stream: S) -> TokioIo<StallGuard<S>> {
    let patience = Duration::from_secs(share.edge.limits.stall_timeout_seconds);
    TokioIo::new(StallGuard::new(stream, first_words_time(&share.edge), patience))
}

async fn http1<S>(edge: Arc<Edge>, io: TokioIo<StallGuard<S>>, peer: SocketAddr) -> hyper::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stopping = edge.stopping.clone();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    builder.header_read_timeout(Duration::from_secs(edge.limits.header_timeout_seconds));
    builder.max_buf_size(HEAD_BYTES_MAX);
    let service = service_fn(move |request| respond(Arc::clone(&edge), peer, request));
    let mut connection = pin!(builder.serve_connection(io, service));
    tokio::select! {
        outcome = connection.as_mut() => return outcome,
        _ = stopping.wait_for(|stopping| *stopping) => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}

async fn http2<S>(edge: Arc<Edge>, io: TokioIo<StallGuard<S>>, peer: SocketAddr) -> hyper::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut stopping = edge.stopping.clone();
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new());
    builder.max_concurrent_streams(H2_STREAMS_MAX);
    builder.max_header_list_size(u32::try_from(HEAD_BYTES_MAX).unwrap_or(u32::MAX));
    builder.initial_stream_window_size(H2_STREAM_WINDOW_BYTES);
    // A telephone that went out of reach says nothing; only an unanswered ping tells.
    builder.keep_alive_interval(H2_PING_INTERVAL).keep_alive_timeout(H2_PING_TIMEOUT);
    let service = service_fn(move |request| respond(Arc::clone(&edge), peer, request));
    let mut connection = pin!(builder.serve_connection(io, service));
    tokio::select! {
        outcome = connection.as_mut() => return outcome,
        _ = stopping.wait_for(|stopping| *stopping) => connection.as_mut().graceful_shutdown(),
    }
    connection.await
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// Hands a request to the router, with the client's address where handlers look for it.
fn respond(edge: Arc<Edge>, peer: SocketAddr, request: hyper::Request<Incoming>) -> Answer {
    let stall = Duration::from_secs(edge.limits.stall_timeout_seconds);
    let mut request = request.map(|body| Body::new(StallBody::new(body, stall)));
    let client = peer::client_address(peer.ip(), request.headers(), &edge.trusted_proxies);
    request.extensions_mut().insert(PeerAddr(SocketAddr::new(client, peer.port())));
    Box::pin(edge.router.clone().oneshot(request))
}
