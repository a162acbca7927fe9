//! The web client: the files that `web/` builds, held in the program and served with strict headers.
//!
//! Files below `/assets/` carry a hash of their content in their names and are kept by browsers for ever; all others
//! are asked for again each time, with an `ETag`. The client's own addresses are answered with its page; any other
//! address stays unknown, so that nothing of the API is hidden. Where `web/dist` was missing when the program was
//! built, the page says how to build it.

mod files;
mod headers;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use tokio::sync::watch;

use crate::files::{File, find};

/// First segments of the client's own addresses; the same as `CLIENT_PATHS` in `web/src/model/route.ts`.
const CLIENT_PATHS: &[&str] =
    &["chats", "alerts", "approvals", "calls", "people", "settings", "admin", "help", "invite"];

const MISSING: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Alphorn</title>\
<h1>Alphorn runs, without its web client</h1>\
<p>The program was built without <code>web/dist</code>. In the checkout, <code>./run</code> builds both; \
<code>web/build.sh</code> builds the client alone. Other Matrix clients work with this address.</p>";

/// Where pages may go besides the address they came from: the other nodes.
#[derive(Clone)]
struct Site {
    nodes: Option<Arc<watch::Receiver<Vec<String>>>>,
}

impl Site {
    fn nodes(&self) -> Vec<String> {
        self.nodes.as_ref().map(|nodes| nodes.borrow().clone()).unwrap_or_default()
    }
}

/// The routes of the client. `nodes` are the addresses of all nodes of a cluster.
pub fn router(nodes: Option<watch::Receiver<Vec<String>>>) -> Router {
    let mut router = Router::new().route("/", get(page)).route("/assets/{*path}", get(file));
    for path in CLIENT_PATHS {
        router = router.route(&format!("/{path}"), get(page)).route(&format!("/{path}/{{*rest}}"), get(page));
    }
    let others =
        files::FILES.iter().filter(|file| file.path != "/index.html" && !file.path.starts_with("/assets/"));
    for found in others {
        router = router.route(found.path, get(file));
    }
    router.with_state(Site { nodes: nodes.map(Arc::new) })
}

async fn page(State(site): State<Site>, request: Request) -> Response {
    match find("/index.html") {
        Some(file) => answer(file, &request, &site),
        None => missing(&site),
    }
}

async fn file(State(site): State<Site>, request: Request) -> Response {
    match find(request.uri().path()) {
        Some(file) => answer(file, &request, &site),
        None => finish(StatusCode::NOT_FOUND, Body::empty(), &site),
    }
}

fn missing(site: &Site) -> Response {
    let mut response = finish(StatusCode::OK, Body::from(MISSING), site);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn answer(file: &'static File, request: &Request, site: &Site) -> Response {
    let tag = file.tag();
    let unchanged = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let (bytes, encoding) = file.best(request.headers());
    let mut response = if unchanged {
        finish(StatusCode::NOT_MODIFIED, Body::empty(), site)
    } else {
        finish(StatusCode::OK, Body::from(bytes), site)
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(file.caching()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
    if let Some(encoding) = encoding.filter(|_| !unchanged) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn finish(status: StatusCode, body: Body, site: &Site) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    headers::protect(response.headers_mut(), &site.nodes());
    response
}

#[cfg(test)]
mod tests;
