//! Classic sync: `GET /_matrix/client/v3/sync`.
//! Specification: Client-Server API, "Syncing"; `state_after`: v1.16, MSC4222.

mod answer;
mod devices;
mod joined;
mod lazy;
mod outside;
mod timeline;

use std::{sync::Arc, time::Duration};

use alphorn_http::{
    App, Client, Query, RawAnswer, Result,
    engine::{Engine, Key, PresenceState, ReadError, Requester, Waiting},
    filter::Filter,
    model::{OwnedUserId, Refusal, Seq, SyncToken},
    store::{Membership, Reader},
};
use axum::{Extension, Router, extract::State, routing::get};
use serde::Deserialize;
use tokio::time::Instant;

use answer::Answer;
pub(crate) use answer::Builder;
pub(crate) use devices::changes as device_changes;
use lazy::SentMembers;
pub(crate) use outside::STRIPPED;

/// Longest that a request may wait for news.
const TIMEOUT_MAX: Duration = Duration::from_secs(120);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/_matrix/client/v3/sync", get(sync))
        .route("/_matrix/client/r0/sync", get(sync))
        .layer(Extension(Arc::<SentMembers>::default()))
}

#[derive(Deserialize)]
struct Params {
    filter: Option<String>,
    since: Option<String>,
    #[serde(default)]
    full_state: bool,
    set_presence: Option<String>,
    #[serde(default)]
    timeout: u64,
    #[serde(default)]
    use_state_after: bool,
    #[serde(default, rename = "org.matrix.msc4222.use_state_after")]
    unstable_state_after: bool,
}

/// What one request asks for, checked.
pub(crate) struct Wanted {
    pub(crate) user: OwnedUserId,
    pub(crate) device: String,
    pub(crate) since: Option<SyncToken>,
    pub(crate) filter: Filter,
    pub(crate) full_state: bool,
    /// State at the end of the timeline, and under which name.
    pub(crate) state_after: Option<&'static str>,
    pub(crate) presence: bool,
    /// What devices were sent already.
    pub(crate) sent: Arc<SentMembers>,
}

async fn sync(
    State(app): State<App>,
    client: Client,
    Extension(sent): Extension<Arc<SentMembers>>,
    Query(params): Query<Params>,
) -> Result {
    let deadline = Instant::now() + Duration::from_millis(params.timeout).min(TIMEOUT_MAX);
    let presence = params.set_presence.as_deref().map_or(Some(PresenceState::Online), PresenceState::parse);
    let Some(presence) = presence else {
        return Err(Refusal::invalid_param("set_presence is `online`, `unavailable` or `offline`").into());
    };
    let wanted = Arc::new(check(&app, &client.0, params, sent).await?);
    crate::presence::mark(&app, &wanted.user, &wanted.device, presence).await?;
    crate::to_device::acknowledge(app.engine(), &wanted.user, &wanted.device, wanted.since).await?;
    let answer = until_news(&app, &client, wanted, deadline).await?;
    Ok(RawAnswer::new(answer.json))
}

async fn check(app: &App, requester: &Requester, params: Params, sent: Arc<SentMembers>) -> Result<Wanted> {
    let engine = app.engine();
    let since = match &params.since {
        Some(token) => Some(
            SyncToken::parse(token)
                .ok_or_else(|| Refusal::invalid_param("since is not a token of this server"))?,
        ),
        None => None,
    };
    let filter = match params.filter {
        None => Filter::default(),
        Some(json) if json.starts_with('{') => Filter::read(&json)?,
        Some(id) => stored_filter(engine, requester.user.to_string(), id).await?,
    };
    let state_after = match (params.use_state_after, params.unstable_state_after) {
        (true, _) => Some("state_after"),
        (_, true) => Some("org.matrix.msc4222.state_after"),
        _ => None,
    };
    Ok(Wanted {
        user: requester.user.clone(),
        device: requester.device.clone(),
        since,
        filter,
        full_state: params.full_state,
        state_after,
        presence: app.site().presence,
        sent,
    })
}

async fn stored_filter(engine: &Engine, user: String, id: String) -> Result<Filter> {
    let stored = engine.read(move |reader| Ok(reader.filter(&user, &id)?)).await?;
    let stored = stored.ok_or_else(|| Refusal::invalid_param("there is no filter of this id"))?;
    Ok(Filter::read(stored.get())?)
}

/// Builds the answer; where it says nothing new, waits for news until the deadline.
async fn until_news(
    app: &App,
    requester: &Requester,
    wanted: Arc<Wanted>,
    deadline: Instant,
) -> Result<Answer> {
    let engine = app.engine();
    let answer = build(engine, &wanted).await?;
    let patient = wanted.since.is_some() && !wanted.full_state;
    if !answer.empty || !patient || Instant::now() >= deadline {
        return Ok(answer);
    }
    let mut last = answer;
    loop {
        let waiting = wait(engine, &wanted.user).await?;
        let moved = engine.wake().applied() != last.seq || engine.ephemera().position() != last.ephemeral;
        if moved {
            // Something happened between the look and taking the place: look again.
            engine.still_admits(requester).await?;
            let answer = build(engine, &wanted).await?;
            if !answer.empty {
                return Ok(answer);
            }
            last = answer;
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
        let answer = build(engine, &wanted).await?;
        if !answer.empty {
            return Ok(answer);
        }
        last = answer;
    }
}

async fn wait(engine: &Engine, user: &OwnedUserId) -> Result<Waiting> {
    let name = user.to_string();
    let keys = engine.read(move |reader| Ok(keys(reader, &name)?)).await?;
    Ok(engine.wake().wait_for(keys))
}

/// What a user waits for: itself, and the rooms it is in.
pub(crate) fn keys(
    reader: &Reader<'_>,
    user: &str,
) -> std::result::Result<Vec<Key>, alphorn_http::store::StoreError> {
    let mut keys = vec![Key::user(user)];
    for id in reader.room_ids_of(user, Membership::Join)? {
        keys.push(Key::room(&id));
    }
    Ok(keys)
}

async fn build(engine: &Engine, wanted: &Arc<Wanted>) -> Result<Answer> {
    // A token of another node may be ahead of this one: it is caught up within a moment.
    if let Some(since) = wanted.since.map(|since| engine.translate(since))
        && since.epoch >= engine.epoch()
        && since.seq > engine.wake().applied()
    {
        crate::catch_up(engine, since.seq).await?;
    }
    let (engine_, wanted_) = (engine.clone(), Arc::clone(wanted));
    Ok(engine.read(move |reader| Builder::new(&engine_, reader, &wanted_)?.build()).await?)
}

/// Clamps a client's token to what this store has: from the future, or of another epoch.
pub(crate) fn clamp(since: Option<SyncToken>, epoch: u32, applied: Seq) -> Option<SyncToken> {
    since.map(|token| {
        if token.epoch == epoch {
            SyncToken { seq: token.seq.min(applied), ..token }
        } else {
            SyncToken { epoch, seq: 0, ..token }
        }
    })
}

pub(crate) type Built<T> = std::result::Result<T, ReadError>;
