//! Floor 4: endpoints of media. Bytes stream through in both directions and are durable before the log says that
//! they exist. Previews of web pages are not made, so `preview_url` is an address that this server does not know.
//! One endpoint stands in one file. Specification: Client-Server API, "Content repository".

mod answer;
mod config;
mod create;
mod download;
mod find;
mod freeze;
mod put;
mod range;
mod sweep;
mod thumbnail;
mod upload;
mod upload_reserved;

use std::sync::Arc;

use alphorn_http::App;
use alphorn_media::MediaRepository;
use axum::{
    Extension, Router,
    routing::{get, post, put},
};

pub use sweep::{SweepReport, sweep_regularly, sweep_shard};

/// What handlers reach the bytes through.
type Repository = Extension<Arc<MediaRepository>>;

/// The endpoints of this crate, over this media repository.
pub fn routes(media: Arc<MediaRepository>) -> Router<App> {
    const CURRENT: &str = "/_matrix/client/v1/media";
    let current = Router::new()
        .route(&format!("{CURRENT}/config"), get(config::config))
        .route(&format!("{CURRENT}/download/{{server}}/{{id}}"), get(download::download))
        .route(&format!("{CURRENT}/download/{{server}}/{{id}}/{{name}}"), get(download::download_named))
        .route(&format!("{CURRENT}/thumbnail/{{server}}/{{id}}"), get(thumbnail::thumbnail))
        .route("/_matrix/media/v1/create", post(create::create));
    ["/_matrix/media/v3", "/_matrix/media/r0", "/_matrix/media/v1"]
        .into_iter()
        .map(older)
        .fold(current, Router::merge)
        .layer(Extension(media))
}

/// Where media was before it needed authentication, and uploads are still.
fn older(base: &str) -> Router<App> {
    Router::new()
        .route(&format!("{base}/upload"), post(upload::upload))
        .route(&format!("{base}/upload/{{server}}/{{id}}"), put(upload_reserved::upload))
        .route(&format!("{base}/config"), get(config::config))
        .route(&format!("{base}/download/{{server}}/{{id}}"), get(freeze::download))
        .route(&format!("{base}/download/{{server}}/{{id}}/{{name}}"), get(freeze::download_named))
        .route(&format!("{base}/thumbnail/{{server}}/{{id}}"), get(freeze::thumbnail))
}
