//! `/health`, `/ready`, `/metrics`, the authority's certificate, and the books kept on every request.

use std::sync::Arc;

use alphorn_http::PeerAddr;
use alphorn_log::jetstream::State as ClusterState;
use alphorn_model::Clock;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::cluster::Members;
use crate::metrics::{self, Metrics};
use crate::peer::Network;

/// What the probes look at.
#[derive(Clone)]
pub(crate) struct Probes {
    /// The books.
    pub(crate) metrics: Arc<Metrics>,
    /// Whether `/metrics` answers, and to whom.
    pub(crate) metrics_networks: Option<Arc<[Network]>>,
    /// The private authority's certificate.
    pub(crate) authority_pem: Option<Arc<str>>,
    /// Tells the time.
    pub(crate) clock: Arc<dyn Clock>,
    /// How this node stands to its cluster, where it is one of several.
    pub(crate) state: Option<watch::Receiver<ClusterState>>,
    /// The nodes of that cluster.
    pub(crate) members: Option<Members>,
    /// True once the server is to stop.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// The routes of this module.
pub(crate) fn routes(probes: Probes) -> Router {
    Router::new()
        .route("/health", get(|| async { "alive\n" }))
        .route("/ready", get(ready))
        .route("/readable", get(readable))
        .route("/metrics", get(figures))
        .route("/_alphorn/v1/ca.pem", get(authority))
        .route("/_alphorn/v1/nodes", get(nodes))
        .with_state(probes)
}

/// Keeps the books on all requests of a router.
pub(crate) fn counted(router: Router, metrics: Arc<Metrics>) -> Router {
    router.layer(middleware::from_fn_with_state(metrics, count))
}

async fn count(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let class = metrics::class_of(route.as_ref().map(MatchedPath::as_str));
    let _running = metrics.running(class);
    let start = Instant::now();
    let response = next.run(request).await;
    let (took, status) = (start.elapsed(), response.status());
    metrics.finished(class, status.as_u16(), took);
    let route = route.as_ref().map_or("no route", MatchedPath::as_str);
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::warn!(%method, route, status = status.as_u16(), took_us, "request failed");
    } else {
        tracing::debug!(%method, route, status = status.as_u16(), took_us, "request");
    }
    response
}

/// Whether requests should be sent here: not while the server stops, and not while it cannot write.
async fn ready(State(probes): State<Probes>) -> Response {
    if *probes.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if probes.metrics.writes_refused(probes.clock.now_ms()) {
        return (StatusCode::SERVICE_UNAVAILABLE, "writes are refused\n").into_response();
    }
    let state = probes.state.as_ref().map(|state| state.borrow().clone());
    let why = match state {
        None | Some(ClusterState::Live) => return "ready\n".into_response(),
        Some(ClusterState::Starting) => "the cluster's log was not reached yet\n".to_owned(),
        Some(ClusterState::CatchingUp(missing)) => format!("{missing} records are missing here\n"),
        Some(ClusterState::ReadOnly(why)) => format!("this node can only be read from: {why}\n"),
        // Why is in the log: probes may be asked by strangers.
        Some(ClusterState::Fenced(_)) => "this node stands aside; its log says why\n".to_owned(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}

/// Whether requests that only read can be sent here: for those who have nobody that is ready.
async fn readable(State(probes): State<Probes>) -> Response {
    if *probes.stopping.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    match probes.state.as_ref().map(|state| state.borrow().clone()) {
        None | Some(ClusterState::Live | ClusterState::ReadOnly(_)) => "readable\n".into_response(),
        Some(ClusterState::Starting | ClusterState::CatchingUp(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "records are missing here\n").into_response()
        }
        Some(ClusterState::Fenced(_)) => {
            (StatusCode::SERVICE_UNAVAILABLE, "this node stands aside; its log says why\n").into_response()
        }
    }
}

/// Where else this server is reached. Web clients from anywhere may ask.
async fn nodes(State(probes): State<Probes>) -> Response {
    let Some(members) = &probes.members else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // A device whose clock is wrong learns the time here.
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Date"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, axum::Json(members.list())).into_response()
}

async fn figures(State(probes): State<Probes>, client: PeerAddr) -> Response {
    let Some(networks) = &probes.metrics_networks else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if !networks.iter().any(|network| network.contains(client.ip())) {
        let why = "this address may not read the figures; see metrics.allowed_networks\n";
        return (StatusCode::FORBIDDEN, why).into_response();
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    let cluster = probes.members.as_ref().map(Members::figures).unwrap_or_default();
    (kind, probes.metrics.render() + &cluster).into_response()
}

async fn authority(State(probes): State<Probes>) -> Response {
    let Some(pem) = &probes.authority_pem else {
        return StatusCode::NOT_FOUND.into_response();
    };
    ([(header::CONTENT_TYPE, "application/x-pem-file")], pem.to_string()).into_response()
}
