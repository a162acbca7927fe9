//! The way from the command line to the running server: HTTP over a socket in the data folder, which only
//! the folder's owner can reach.

pub(crate) mod client;

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alphorn_engine::Engine;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::config::Passwords;
use crate::data_folder::DataFolder;
use crate::operation::{Operation, perform};

/// The socket's name in the data folder.
const SOCKET: &str = "admin.sock";
/// The only path there is.
pub(crate) const PATH: &str = "/_alphorn/local/v1/operation";
const BODY_BYTES_MAX: usize = 64 * 1024;
const HEAD_TIME: Duration = Duration::from_secs(10);
/// A socket's address has room for 108 bytes.
const ADDRESS_BYTES_MAX: usize = 100;

/// The socket's path, or a short one to the same file for as long as the folder is held open.
pub(crate) fn address(folder: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let path = folder.join(SOCKET);
    if path.as_os_str().len() <= ADDRESS_BYTES_MAX {
        return Ok((path, None));
    }
    let held = File::open(folder)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", held.as_raw_fd()));
    Ok((short, Some(held)))
}

#[derive(Clone)]
struct Office {
    engine: Engine,
    passwords: Arc<Passwords>,
}

/// Opens the socket. One that a killed server left behind is replaced: the folder's lock is held.
pub(crate) fn bind(folder: &DataFolder) -> io::Result<UnixListener> {
    let (path, _held) = address(folder.root())?;
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Takes the socket away, so that commands need not try it in vain.
pub(crate) fn unbind(folder: &DataFolder) {
    if let Ok((path, _held)) = address(folder.root())
        && let Err(error) = std::fs::remove_file(path)
    {
        tracing::debug!(%error, "the socket was gone already");
    }
}

/// Serves the socket until the server stops.
pub(crate) async fn serve(
    listener: UnixListener,
    engine: Engine,
    passwords: Passwords,
    mut stopping: watch::Receiver<bool>,
) {
    let office = Office { engine, passwords: Arc::new(passwords) };
    let router = Router::new()
        .route(PATH, post(operate))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(office);
    loop {
        let accepted = tokio::select! {
            _ = stopping.wait_for(|stopping| *stopping) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, router.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a local command could not be heard");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn converse(stream: UnixStream, router: Router) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
    let service = service_fn(move |request| router.clone().oneshot(request));
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a local command ended early");
    }
}

async fn operate(State(office): State<Office>, Json(operation): Json<Operation>) -> Response {
    match perform(&office.engine, &office.passwords, operation).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response(),
    }
}
