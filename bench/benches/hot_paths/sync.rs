//! Building the answers of syncs, from the request to the bytes, without a network.

use std::sync::Arc;

use alphorn_domain::{MemberDetails, MembershipChange, NewEvent, NewRoom, Preset, Signer};
use alphorn_engine::{Engine, Parts, PasswordCost, RoomWish, Wake};
use alphorn_http::{App, AppServices, RateLimits, Shutdown, Site};
use alphorn_log::Embedded;
use alphorn_model::{OwnedRoomId, OwnedUserId, RoomVersionId, SystemClock, SystemEntropy};
use alphorn_store::Store;
use alphorn_tests::segment;
use axum::Router;
use axum::body::Body;
use criterion::Criterion;
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Rooms that the account is in.
const ROOMS: usize = 50;
/// Members of each.
const MEMBERS: usize = 50;
/// Messages in each.
const MESSAGES: usize = 20;

/// An account in its rooms, and the API in front of it.
struct Account {
    runtime: Runtime,
    router: Router,
    engine: Engine,
    user: OwnedUserId,
    token: String,
    rooms: Vec<OwnedRoomId>,
    _stop: tokio::sync::watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

impl Account {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine(folder.path());
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let site = Site { registration_open: true, ..Site::default() };
        let limits = RateLimits::new(Arc::new(SystemClock), []);
        let app = App::new(engine.clone(), site, limits, Shutdown::new(stopping), AppServices::default());
        let routes = Router::new()
            .merge(alphorn_client_account::routes())
            .merge(alphorn_client_sync::routes(&alphorn_client_sync::Connections::default()));
        let router = alphorn_http::finish(routes, app);
        let body =
            json!({"username": "u0", "password": "a long password", "auth": {"type": "m.login.dummy"}});
        let body = runtime.block_on(ask(&router, "POST", "/_matrix/client/v3/register", "", Some(&body)));
        let token = body["access_token"].as_str().expect("a token").to_owned();
        let user = user(0);
        let mut account =
            Self { runtime, router, engine, user, token, rooms: Vec::new(), _stop: stop, _folder: folder };
        account.rooms = (0..ROOMS).map(|_| account.make_room()).collect();
        account
    }

    fn make_room(&self) -> OwnedRoomId {
        self.runtime.block_on(async {
            let wish = NewRoom::new(self.user.clone(), RoomVersionId::V12);
            let wish = NewRoom { preset: Some(Preset::PublicChat), name: Some("a room".into()), ..wish };
            let room = self.engine.create_room(wish).await.expect("a room");
            for number in 1..MEMBERS {
                let details = MemberDetails::default();
                let join = MembershipChange::Join { user: user(number), details, allowed_by_rooms: false };
                self.engine.in_room(&room, RoomWish::Membership(join)).await.expect("joined");
            }
            for number in 0..MESSAGES {
                send(&self.engine, &room, &user(number % MEMBERS)).await;
            }
            room
        })
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        self.runtime.block_on(ask(&self.router, method, path, &self.token, body))
    }
}

fn engine(folder: &std::path::Path) -> Engine {
    let wake = Arc::new(Wake::default());
    let observer: Arc<Wake> = Arc::clone(&wake);
    let (store, writer) = Store::open(&folder.join("bench.db"), false, observer).expect("a store");
    let (log, _thread) = Embedded::start(writer).expect("a log");
    let name = "bench.localhost".try_into().expect("a server name");
    Engine::new(Parts {
        store,
        log: Arc::new(log),
        signer: Arc::new(Signer::from_seed(name, "a", &[7; 32]).expect("a key")),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        wake,
        node: 1,
        password_cost: PasswordCost { memory_kib: 8, iterations: 1, parallelism: 1 },
    })
}

fn user(number: usize) -> OwnedUserId {
    format!("@u{number}:bench.localhost").try_into().expect("a user id")
}

async fn send(engine: &Engine, room: &OwnedRoomId, sender: &OwnedUserId) {
    let content = json!({"msgtype": "m.text", "body": "a message of usual length in a room"});
    let content = serde_json::value::to_raw_value(&content).expect("JSON");
    let event = NewEvent::new(sender.clone(), "m.room.message", None, content);
    engine.in_room(room, RoomWish::Event(event)).await.expect("sent");
}

async fn ask(router: &Router, method: &str, path: &str, token: &str, body: Option<&Value>) -> Value {
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(body)
        .expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    let status = answer.status();
    let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
    let body = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// First syncs and a sync that brings one message, in both protocols.
pub(crate) fn sync(criterion: &mut Criterion) {
    let account = Account::new();
    let mut group = criterion.benchmark_group(format!("sync: {ROOMS} rooms of {MEMBERS} members"));
    let lazy = segment(r#"{"room":{"state":{"lazy_load_members":true}}}"#);
    let first = format!("/_matrix/client/v3/sync?timeout=0&filter={lazy}");
    group.bench_function("first, lazy members", |bencher| {
        bencher.iter(|| account.ask("GET", &first, None));
    });
    group.bench_function("first, sliding, 20 rooms", |bencher| {
        bencher.iter(|| account.ask("POST", SLIDING, Some(&sliding_body())));
    });
    let token = account.ask("GET", &first, None);
    let token = token["next_batch"].as_str().expect("a token").to_owned();
    let nothing = format!("{first}&since={}", segment(&token));
    group.bench_function("nothing new", |bencher| {
        bencher.iter(|| account.ask("GET", &nothing, None));
    });
    let room = account.rooms.first().expect("a room");
    account.runtime.block_on(send(&account.engine, room, &user(1)));
    group.bench_function("one new message", |bencher| {
        bencher.iter(|| {
            let body = account.ask("GET", &nothing, None);
            assert!(body["rooms"]["join"][room.as_str()].is_object(), "not there: {body}");
        });
    });
    group.finish();
}

const SLIDING: &str = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=0";

fn sliding_body() -> Value {
    let state = json!([["m.room.name", ""], ["m.room.encryption", ""], ["m.room.member", "$LAZY"]]);
    json!({
        "conn_id": "bench",
        "lists": {"all": {"ranges": [[0, 19]], "timeline_limit": 1, "required_state": state}},
    })
}
