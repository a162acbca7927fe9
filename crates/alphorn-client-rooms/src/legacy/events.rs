//! `GET /_matrix/client/v3/events`, deprecated: news of all rooms, or of one that anyone may read.
//! Specification: Client-Server API, "Room Previews".

use std::time::Duration;

use alphorn_http::engine::view::View;
use alphorn_http::engine::{Engine, Key, ReadError};
use alphorn_http::model::{OwnedRoomId, Position, Refusal, Seq, SyncToken};
use alphorn_http::store::{Membership, StoredEvent};
use alphorn_http::{App, Client, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::form;
use crate::look::{self, Room};

/// Longest wait.
const TIMEOUT_MS_MAX: u64 = 120_000;

/// Events in one answer, where the query does not say, and at most.
const LIMIT: usize = 100;
const LIMIT_MAX: usize = 500;

/// Events that one record of a room can hold.
const RECORD_MAX: usize = alphorn_http::model::position::FACTS_PER_RECORD_MAX;

#[derive(Deserialize)]
pub(super) struct Params {
    from: Option<String>,
    timeout: Option<u64>,
    room_id: Option<OwnedRoomId>,
    limit: Option<usize>,
}

#[derive(Clone)]
struct Wanted {
    from: SyncToken,
    room: Option<OwnedRoomId>,
    limit: usize,
}

struct News {
    chunk: Vec<Value>,
    end: SyncToken,
}

pub(super) async fn events(State(app): State<App>, client: Client, Query(params): Query<Params>) -> Result {
    if params.room_id.is_none() {
        client.no_guest()?;
    }
    let engine = app.engine();
    let (now, ephemera) = (engine.wake().applied(), engine.ephemera());
    let current = SyncToken {
        epoch: engine.epoch(),
        seq: now,
        node: ephemera.node_run(),
        ephemeral: ephemera.position(),
    };
    let from = match params.from.as_deref() {
        None | Some("" | "END") => current,
        Some(text) => {
            let token = SyncToken::parse(text)
                .map(|token| engine.translate(token))
                .or_else(|| Position::from_token(text).map(|place| SyncToken { seq: place.seq(), ..current }))
                .ok_or_else(|| Refusal::invalid_param("'from' is not a token of this server"))?;
            SyncToken { seq: token.seq.min(now), ..token }
        }
    };
    let deadline = Instant::now() + Duration::from_millis(params.timeout.unwrap_or(0).min(TIMEOUT_MS_MAX));
    let limit = params.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
    let wanted = Wanted { from, room: params.room_id, limit };
    let news = wait(&app, &client, wanted, deadline).await?;
    RawAnswer::of(&json!({ "start": from.to_string(), "end": news.end.to_string(), "chunk": news.chunk }))
}

async fn wait(app: &App, client: &Client, wanted: Wanted, deadline: Instant) -> Result<News, Refusal> {
    let engine = app.engine();
    loop {
        let keys = {
            let (room, name) = (wanted.room.clone(), client.user.to_string());
            engine
                .read(move |reader| {
                    let mut keys = vec![Key::user(&name)];
                    match &room {
                        Some(room) => keys.push(Key::room(room.as_str())),
                        None => {
                            let ids = reader.room_ids_of(&name, Membership::Join)?;
                            keys.extend(ids.iter().map(|id| Key::room(id)));
                        }
                    }
                    Ok(keys)
                })
                .await?
        };
        let waiting = engine.wake().wait_for(keys);
        let (inner, asked) = (engine.clone(), wanted.clone());
        let news = look::look(app, client, move |view| gather(view, &inner, &asked)).await?;
        if !news.chunk.is_empty() {
            return Ok(news);
        }
        let in_time = tokio::select! {
            () = waiting.news() => true,
            () = tokio::time::sleep_until(deadline) => false,
            () = app.shutdown().stopping() => false,
        };
        if !in_time {
            return Ok(news);
        }
    }
}

/// A room and how far its news go for the viewer.
struct Stretch {
    room: Room,
    upto: Position,
    joined: bool,
    /// Whether the viewer also gets what is no event: a member, or somebody who looks into a room that the
    /// world may read.
    live: bool,
}

fn stretches(view: &View<'_>, wanted: &Wanted, upto: Seq) -> Result<Vec<Stretch>, ReadError> {
    let (after, end) = (Position::end_of(wanted.from.seq), Position::end_of(upto));
    if let Some(id) = &wanted.room {
        let room = Room::enter(view, id)?;
        let joined = room.sights.membership_now() == Some(Membership::Join);
        let (upto, live) = (room.horizon.min(end), joined || room.sights.world_readable());
        return Ok(vec![Stretch { room, upto, joined, live }]);
    }
    let mut found = Vec::new();
    for member in view.reader.rooms_of(view.user())? {
        let joined = member.membership == Membership::Join;
        if !joined && member.position <= after {
            continue;
        }
        let Some(row) = view.reader.room_by_nid(member.room)? else { continue };
        let sights = view.sights(row.nid)?;
        let horizon = if joined { Position::END } else { member.position };
        let room = Room { row, sights, horizon };
        found.push(Stretch { room, upto: horizon.min(end), joined, live: joined });
    }
    Ok(found)
}

fn gather(view: &View<'_>, engine: &Engine, wanted: &Wanted) -> Result<News, ReadError> {
    let applied = view.reader.applied()?;
    let after = Position::end_of(wanted.from.seq);
    let stretches = stretches(view, wanted, applied)?;
    let read = |upto: Position, limit: usize| -> Result<Vec<StoredEvent>, ReadError> {
        let mut events = Vec::new();
        for stretch in stretches.iter().filter(|stretch| Position(stretch.room.row.head) > after) {
            let page =
                view.reader.timeline_forwards(stretch.room.row.nid, after, stretch.upto.min(upto), limit)?;
            events.extend(page.into_iter().filter(|event| {
                stretch.room.sights.sees(event.position) || !stretch.joined && event.position == stretch.upto
            }));
        }
        events.sort_by_key(|event| event.position);
        Ok(events)
    };
    let mut events = read(Position::END, wanted.limit + 1)?;
    let mut end = applied;
    if let Some(last) = events.get(wanted.limit.saturating_sub(1)).filter(|_| events.len() > wanted.limit) {
        // A token says how many records were seen: whole records go out.
        end = last.position.seq();
        events = read(Position::end_of(end), wanted.limit + RECORD_MAX)?;
    }
    let mut chunk = form::events(view, &events)?;
    let ephemera = engine.ephemera();
    let position = ephemera.position();
    beside(view, engine, wanted, &stretches, end, &mut chunk)?;
    let end = SyncToken { epoch: engine.epoch(), seq: end, node: ephemera.node_run(), ephemeral: position };
    Ok(News { chunk, end })
}

/// What is no event of a timeline: receipts, typing, presence, account data.
fn beside(
    view: &View<'_>,
    engine: &Engine,
    wanted: &Wanted,
    stretches: &[Stretch],
    upto: Seq,
    chunk: &mut Vec<Value>,
) -> Result<(), ReadError> {
    let ephemera = engine.ephemera();
    let since = if wanted.from.node == ephemera.node_run() { wanted.from.ephemeral } else { 0 };
    for stretch in stretches.iter().filter(|stretch| stretch.live) {
        let row = &stretch.room.row;
        chunk.extend(form::receipts(view, row.nid, &row.room_id, wanted.from.seq, upto)?);
        if let Some((users, version)) = ephemera.typing(&row.room_id)
            && version > since
        {
            chunk.push(
                json!({ "type": "m.typing", "room_id": row.room_id, "content": { "user_ids": users } }),
            );
        }
    }
    for (user, presence) in ephemera.presence_since(since, LIMIT) {
        if is_told_of(view, wanted, stretches, &user)? {
            chunk.push(form::presence(engine, &user, &presence));
        }
    }
    if wanted.room.is_some() {
        return Ok(());
    }
    for datum in view.reader.account_data_changes(view.user(), wanted.from.seq, upto)? {
        let mut event = form::account_data(&datum);
        if !datum.room.is_empty() {
            event["room_id"] = json!(datum.room);
        }
        chunk.push(event);
    }
    Ok(())
}

/// Whether the viewer hears of somebody's presence: of members of the one room they look into, or else of all
/// with whom they share one.
fn is_told_of(
    view: &View<'_>,
    wanted: &Wanted,
    stretches: &[Stretch],
    user: &str,
) -> Result<bool, ReadError> {
    if wanted.room.is_none() {
        return Ok(user == view.user() || view.reader.share_room(view.user(), user)?);
    }
    for stretch in stretches.iter().filter(|stretch| stretch.live) {
        let member = view.reader.member(stretch.room.row.nid, user)?;
        if member.is_some_and(|member| member.membership == Membership::Join) {
            return Ok(true);
        }
    }
    Ok(false)
}
