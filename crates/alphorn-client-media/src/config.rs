//! `GET /_matrix/client/v1/media/config` and the older `GET /_matrix/media/v3/config`: how large an upload may be.
//! Specification: Client-Server API, "Content repository".

use alphorn_http::{App, Client, RawAnswer, Result};
use axum::extract::State;
use serde_json::json;

use crate::{Repository, put};

pub(crate) async fn config(State(app): State<App>, _: Client, media: Repository) -> Result {
    RawAnswer::of(&json!({ "m.upload.size": put::size_bytes_max(&app, &media) }))
}
