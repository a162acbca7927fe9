//! Sliding sync: `POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync`.
//! MSC4186, in the form that clients speak today; the path is the one of its "Unstable prefix".

mod answer;
mod connection;
mod extensions;
mod face;
mod handover;
mod lists;
mod outside;
mod pos;
mod request;
mod required_state;
mod room;
mod state;
mod timeline;

use std::{sync::Arc, time::Duration};

use alphorn_http::{
    App, Client, JsonBody, Query, RawAnswer, Result,
    engine::{Engine, Key, PresenceState, ReadError, Requester, Waiting},
    model::{ErrorCode, Refusal},
    store::Membership,
};
use axum::{Extension, Router, extract::State, routing::post};
use serde::Deserialize;
use tokio::time::Instant;

pub(crate) use answer::Shared;
use answer::{Answer, Builder};
use connection::{Connections, Covered, Known, Place};
use pos::Pos;
use request::{Body, Wanted};

/// Longest that a request may wait for news.
const TIMEOUT_MAX: Duration = Duration::from_secs(120);

type Built<T> = std::result::Result<T, ReadError>;

pub(crate) fn routes(shared: Arc<Shared>) -> Router<App> {
    Router::new()
        .route("/_matrix/client/unstable/org.matrix.simplified_msc3575/sync", post(sync))
        .layer(Extension(shared))
}

#[derive(Deserialize)]
struct Params {
    pos: Option<String>,
    #[serde(default)]
    timeout: u64,
    set_presence: Option<String>,
}

/// One request with what its connection knows.
struct Request {
    wanted: Wanted,
    /// The connection's name.
    key: connection::Key,
    /// The number of the state that the client came with.
    from: u64,
    known: Arc<Known>,
    /// It came without a state: a connection begins.
    first: bool,
    shared: Arc<Shared>,
}

async fn sync(
    State(app): State<App>,
    Extension(shared): Extension<Arc<Shared>>,
    client: Client,
    Query(params): Query<Params>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    let deadline = Instant::now() + Duration::from_millis(params.timeout).min(TIMEOUT_MAX);
    let presence = params.set_presence.as_deref().map_or(Some(PresenceState::Online), PresenceState::parse);
    let Some(presence) = presence else {
        return Err(Refusal::invalid_param("set_presence is `online`, `unavailable` or `offline`").into());
    };
    let engine = app.engine();
    let wanted = Wanted::check(body, client.user.clone(), client.device.clone())?;
    let acknowledged = match &wanted.extensions.to_device {
        Some(extension) => extension.since()?,
        None => None,
    };
    let request = Arc::new(begin(engine, shared, wanted, params.pos.as_deref())?);
    crate::presence::mark(&app, &request.wanted.user, &request.wanted.device, presence).await?;
    crate::catch_up(engine, request.known.seq.max(acknowledged.map_or(0, |token| token.seq))).await?;
    if request.known.seq > engine.wake().applied() {
        // The store was restored from a backup: what the client has is not what happened.
        return Err(unknown_pos().into());
    }
    let (user, device) = (&request.wanted.user, &request.wanted.device);
    crate::to_device::acknowledge(engine, user, device, acknowledged).await?;
    let answer = until_news(&app, &client, &request, deadline).await?;
    finish(engine, &request, answer)
}

/// Finds what the connection knows.
fn begin(engine: &Engine, shared: Arc<Shared>, wanted: Wanted, pos: Option<&str>) -> Result<Request> {
    let key = connection::Key {
        user: wanted.user.to_string(),
        device: wanted.device.clone(),
        conn_id: wanted.conn_id.clone(),
    };
    let Some(pos) = pos else {
        return Ok(Request { wanted, key, from: 0, known: Arc::default(), first: true, shared });
    };
    let pos =
        Pos::parse(pos, &key).filter(|pos| pos.token.epoch == engine.epoch()).ok_or_else(unknown_pos)?;
    if !Connections::is_number(pos.number) {
        return Ok(Request { known: Arc::new(pos.known()), wanted, key, from: 0, first: false, shared });
    }
    let (from, known) = if pos.token.node == engine.ephemera().node_run() {
        (pos.number, shared.take(&key, pos.number).ok_or_else(unknown_pos)?)
    } else {
        shared.take_over(&key, &pos).ok_or_else(unknown_pos)?
    };
    Ok(Request { wanted, key, from, known, first: false, shared })
}

fn unknown_pos() -> Refusal {
    Refusal::new(ErrorCode::UnknownPos, "the connection is not known any more: begin anew")
}

/// Remembers what the client knows with this answer, and gives it the answer with its `pos`.
fn finish(engine: &Engine, request: &Request, answer: Answer) -> Result {
    let wanted = &request.wanted;
    let token = alphorn_http::model::SyncToken {
        epoch: engine.epoch(),
        seq: answer.changes.seq,
        node: engine.ephemera().node_run(),
        ephemeral: answer.changes.ephemeral,
    };
    // Without rooms there is nothing to remember but the place: such a connection outlives restarts.
    let stateless = request.from == 0 && !wanted.wants_rooms();
    let place = if stateless {
        let number = pos::stateless(answer.changes.account_data != Covered::Nothing);
        Some(Place { number, version: 0 })
    } else {
        let Request { shared, key, from, known, .. } = request;
        shared.connections.offer(key, *from, known, answer.changes)
    };
    let Place { number, version } = place.ok_or_else(|| {
        Refusal::new(ErrorCode::UnknownPos, "another request on this connection took its place")
    })?;
    let mut head = serde_json::json!({ "pos": Pos { number, version, token }.to_text(&request.key) });
    if let Some(txn_id) = &wanted.txn_id {
        head["txn_id"] = txn_id.as_str().into();
    }
    let mut json = head.to_string();
    // Two objects become one.
    json.pop();
    json.push(',');
    json.push_str(answer.json.get(1..).unwrap_or_default());
    Ok(RawAnswer::new(json))
}

/// Builds the answer; where it says nothing new, waits for news until the deadline.
async fn until_news(
    app: &App,
    requester: &Requester,
    request: &Arc<Request>,
    deadline: Instant,
) -> Result<Answer> {
    let engine = app.engine();
    let mut last = build(engine, request).await?;
    // Without `pos` the answer comes at once. MSC4186, "Top-level".
    if !last.empty || request.first || Instant::now() >= deadline {
        return Ok(last);
    }
    loop {
        let waiting = wait(engine, request).await?;
        let seen = (last.changes.seq, last.changes.ephemeral);
        if (engine.wake().applied(), engine.ephemera().position()) != seen {
            // Something happened between the look and taking the place: look again.
            engine.still_admits(requester).await?;
            last = build(engine, request).await?;
            if !last.empty {
                return Ok(last);
            }
        }
        let in_time = tokio::select! {
            () = waiting.news() => true,
            () = tokio::time::sleep_until(deadline) => false,
            () = app.shutdown().stopping() => false,
        };
        if !in_time {
            return Ok(last);
        }
        // A locked account, or a device that was signed out, hears of it now and of nothing else.
        engine.still_admits(requester).await?;
        last = build(engine, request).await?;
        if !last.empty {
            return Ok(last);
        }
    }
}

/// Takes a place on the waiting list: for the user, and for the rooms that the request is about.
async fn wait(engine: &Engine, request: &Arc<Request>) -> Result<Waiting> {
    let request_ = Arc::clone(request);
    let keys = engine
        .read(move |reader| {
            let wanted = &request_.wanted;
            let user = wanted.user.as_str();
            if !wanted.lists.is_empty() {
                return Ok(crate::classic::keys(reader, user)?);
            }
            let mut keys = vec![Key::user(user)];
            for (id, _) in &wanted.subscriptions {
                let Some(room) = reader.room(id)? else { continue };
                if reader.member(room.nid, user)?.is_some_and(|member| member.membership == Membership::Join)
                {
                    keys.push(Key::room(id));
                }
            }
            Ok(keys)
        })
        .await?;
    Ok(engine.wake().wait_for(keys))
}

async fn build(engine: &Engine, request: &Arc<Request>) -> Result<Answer> {
    let (engine_, request) = (engine.clone(), Arc::clone(request));
    let read = engine.read(move |reader| {
        let Request { shared, wanted, known, first, .. } = &*request;
        Builder::new(&engine_, reader, shared, wanted, known, *first)?.build()
    });
    Ok(read.await?)
}
