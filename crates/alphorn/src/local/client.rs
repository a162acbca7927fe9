//! Asking the running server.

use std::io;
use std::path::Path;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::operation::{Operation, OperationError};

/// The connection to the server that runs on a data folder; none when none runs.
pub(crate) async fn connect(folder: &Path) -> anyhow::Result<Option<UnixStream>> {
    let opened = super::address(folder);
    let nobody = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
    };
    let (path, _held) = match opened {
        Err(error) if nobody(&error) => return Ok(None),
        opened => opened.with_context(|| format!("cannot look into {}", folder.display()))?,
    };
    match UnixStream::connect(&path).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if nobody(&error) => Ok(None),
        Err(error) => {
            Err(error).with_context(|| format!("cannot reach the server that runs on {}", folder.display()))
        }
    }
}

/// Has the running server carry out an order.
pub(crate) async fn ask(stream: UnixStream, operation: &Operation) -> anyhow::Result<Value> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::post(super::PATH)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(serde_json::to_vec(operation)?)))?;
    let response = sender.send_request(request).await.context("the server ended the conversation")?;
    let status = response.status();
    let body = response.into_body().collect().await.context("the server's answer ended early")?.to_bytes();
    drop(sender);
    connection.abort();
    if status.is_success() {
        return serde_json::from_slice(&body).context("the server's answer is no JSON");
    }
    match serde_json::from_slice::<OperationError>(&body) {
        Ok(error) => Err(error.into()),
        Err(_) => anyhow::bail!("the server answered {status}; is it of another version than this command?"),
    }
}
