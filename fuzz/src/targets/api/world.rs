//! A small world to send requests to: the real routes over the real engine and database, two people, two rooms.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alphorn_engine::{Engine, Parts, PasswordCost, Wake};
use alphorn_http::{App, AppServices, RateLimits, Shutdown, Site};
use alphorn_log::Embedded;
use alphorn_media::{MediaConfig, MediaRepository};
use alphorn_model::{Clock, Entropy, TimestampMs};
use anyhow::{Context, Result};
use axum::body::Body;
use axum::{Router, http};
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::request::{Names, Wanted};
use crate::random::Random;

/// Long polls are not what is looked for; what takes longer is given up, which is something to stand, too.
const ANSWER_MAX: Duration = Duration::from_millis(200);

/// More than any answer to a world of this size.
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// What came back.
pub(super) enum Answer {
    /// Nothing within [`ANSWER_MAX`].
    Waits,
    Given {
        status: u16,
        body: Vec<u8>,
    },
}

/// A clock that moves by a second with every look at it.
struct Steps(AtomicU64);

impl Clock for Steps {
    fn now_ms(&self) -> TimestampMs {
        self.0.fetch_add(1000, Ordering::Relaxed)
    }
}

struct Seeded(std::sync::Mutex<Random>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut random = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bytes.fill_with(|| random.number().to_le_bytes()[0]);
    }
}

/// The server, and what is known of it.
pub(super) struct World {
    /// What requests may name.
    pub(super) names: Names,
    tokens: Vec<(&'static str, String)>,
    router: Router,
    runtime: Runtime,
    _stop: watch::Sender<bool>,
    _folder: TempDir,
}

impl World {
    pub(super) fn new() -> Result<World> {
        let folder = tempfile::tempdir()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopping) = watch::channel(false);
        let router = runtime.block_on(async { router(&folder, stopping) })?;
        let mut world =
            World { names: Vec::new(), tokens: Vec::new(), router, runtime, _stop: stop, _folder: folder };
        world.people()?;
        Ok(world)
    }

    /// Sends a request, and waits a little for the answer.
    pub(super) fn ask(&self, wanted: &Wanted) -> Answer {
        let token = self.tokens.iter().find(|(who, _)| *who == wanted.who).map(|(_, token)| token.as_str());
        let mut request = http::Request::builder()
            .method(wanted.method.as_str())
            .uri(wanted.path_and_query.as_str())
            .header(http::header::CONTENT_TYPE, wanted.content_type.as_str());
        if let Some(token) = token {
            request = request.header(http::header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let Ok(request) = request.body(Body::from(wanted.body.clone())) else {
            // What is no HTTP request never gets to the routes.
            return Answer::Waits;
        };
        let answer = async {
            let response = self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
            Answer::Given { status, body }
        };
        let waiting = async { tokio::time::timeout(ANSWER_MAX, answer).await };
        self.runtime.block_on(waiting).unwrap_or(Answer::Waits)
    }

    /// Alice and Bob, a room with both and a message in it, and a room with Alice alone.
    fn people(&mut self) -> Result<()> {
        for name in ["alice", "bob"] {
            let body = format!(
                r#"{{"username": "{name}", "password": "correct horse", "device_id": "{name}s-phone", "auth": {{"type": "m.login.dummy"}}}}"#
            );
            let answer = self.tell("", "POST", "/_matrix/client/v3/register", &body)?;
            let token = answer["access_token"].as_str().context("registration gave no token")?;
            self.tokens.push((name, token.to_owned()));
        }
        self.names.extend([
            ("{alice}", "@alice:localhost".to_owned()),
            ("{bob}", "@bob:localhost".to_owned()),
            ("{device}", "alices-phone".to_owned()),
        ]);
        let room = r#"{"preset": "public_chat", "room_alias_name": "here", "name": "Here", "invite": ["@bob:localhost"]}"#;
        self.learn("{room}", "room_id", "alice", "POST", "/_matrix/client/v3/createRoom", room);
        self.learn("{other_room}", "room_id", "alice", "POST", "/_matrix/client/v3/createRoom", "{}");
        self.learn("{joined}", "room_id", "bob", "POST", "/_matrix/client/v3/join/{room}", "{}");
        let send = "/_matrix/client/v3/rooms/{room}/send/m.room.message/1";
        self.learn("{message}", "event_id", "bob", "PUT", send, r#"{"msgtype": "m.text", "body": "hello"}"#);
        self.learn("{since}", "next_batch", "alice", "GET", "/_matrix/client/v3/sync", "");
        let filter = r#"{"room": {"timeline": {"limit": 2}}}"#;
        self.learn(
            "{filter}",
            "filter_id",
            "alice",
            "POST",
            "/_matrix/client/v3/user/{alice}/filter",
            filter,
        );
        self.learn("{media}", "content_uri", "alice", "POST", "/_matrix/media/v3/upload", "some bytes");
        Ok(())
    }

    /// Keeps a field of an answer under a name. What is not served yet gives no name.
    fn learn(&mut self, name: &'static str, field: &str, who: &str, method: &str, path: &str, body: &str) {
        if let Ok(answer) = self.tell(who, method, path, body)
            && let Some(text) = answer[field].as_str()
        {
            // Of media, paths name only the last part.
            let known = text.strip_prefix("mxc://localhost/").unwrap_or(text);
            self.names.push((name, known.to_owned()));
        }
    }

    fn tell(&mut self, who: &str, method: &str, path: &str, body: &str) -> Result<Value> {
        let value = serde_json::json!({"as": who, "method": method, "path": path, "body": body});
        let wanted = Wanted::read(&value, &self.names).context("not a request")?;
        match self.ask(&wanted) {
            Answer::Given { status: 200, body } => Ok(serde_json::from_slice(&body)?),
            Answer::Given { status, body } => {
                anyhow::bail!("{method} {path}: {status} {}", String::from_utf8_lossy(&body))
            }
            Answer::Waits => anyhow::bail!("{method} {path}: no answer"),
        }
    }
}

/// The routes over an engine of their own: as `alphorn serve` puts them together, without rate limits.
fn router(folder: &TempDir, stopping: watch::Receiver<bool>) -> Result<Router> {
    let clock: Arc<dyn Clock> = Arc::new(Steps(AtomicU64::new(1_700_000_000_000)));
    let name = alphorn_model::OwnedServerName::try_from("localhost")?;
    let signer = alphorn_engine::domain::Signer::from_seed(name, "1", &[7; 32]).context("no signer")?;
    let wake = Arc::new(Wake::default());
    let observer: Arc<Wake> = Arc::clone(&wake);
    let (store, writer) = alphorn_store::Store::open(&folder.path().join("alphorn.db"), false, observer)?;
    let (log, _writer) = Embedded::start(writer)?;
    let engine = Engine::new(Parts {
        store,
        log: Arc::new(log),
        signer: Arc::new(signer),
        clock: Arc::clone(&clock),
        entropy: Arc::new(Seeded(std::sync::Mutex::new(Random::new(1)))),
        wake,
        node: 1,
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 },
    });
    let site = Site {
        registration_open: true,
        registration_shared_secret: Some("secret".to_owned()),
        allow_guests: true,
        public_directory_open: true,
        ..Site::default()
    };
    let app =
        App::new(engine, site, RateLimits::new(clock, []), Shutdown::new(stopping), AppServices::default());
    let storage = alphorn_media::storage::Storage::open_local(&folder.path().join("media"))?;
    let routes = Router::new()
        .merge(alphorn_client_account::routes())
        .merge(alphorn_client_keys::routes())
        .merge(alphorn_client_media::routes(Arc::new(MediaRepository::new(storage, MediaConfig::default()))))
        .merge(alphorn_client_rooms::routes())
        .merge(alphorn_client_sync::routes(&alphorn_client_sync::Connections::default()));
    Ok(alphorn_http::finish(routes, app))
}
