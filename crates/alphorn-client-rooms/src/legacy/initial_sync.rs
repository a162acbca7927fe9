//! `GET /_matrix/client/v3/initialSync` and `GET /_matrix/client/v3/rooms/{roomId}/initialSync`,
//! deprecated. Specification: Client-Server API, "Room Previews".

use alphorn_http::engine::view::View;
use alphorn_http::engine::{Engine, ReadError};
use alphorn_http::filter::RoomEventFilter;
use alphorn_http::model::{OwnedRoomId, Position, RoomId, Seq, SyncToken};
use alphorn_http::store::Membership;
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::form;
use crate::history::scan::{Direction, Sieve};
use crate::look::{self, Room};

/// Events of one room, where the query does not say, and at most.
const LIMIT: usize = 10;
const LIMIT_MAX: usize = 100;

/// Rooms in one answer.
const ROOMS_MAX: usize = 500;

/// Members whose presence is told.
const PRESENCE_MAX: usize = 500;

#[derive(Deserialize)]
pub(super) struct Params {
    limit: Option<usize>,
    archived: Option<bool>,
}

pub(super) async fn of_room(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    Query(params): Query<Params>,
) -> Result {
    let engine = app.engine().clone();
    let limit = params.limit.unwrap_or(LIMIT).min(LIMIT_MAX);
    let answer = look::look(&app, &client, move |view| {
        let room = Room::enter(view, &room)?;
        let upto = view.reader.applied()?;
        let mut answer = room_part(view, &room, limit, &token(&engine, upto))?;
        let inside = room.sights.membership_now() == Some(Membership::Join);
        let mut presence = Vec::new();
        let mut receipts = Vec::new();
        if inside {
            for member in view.reader.members_as(room.row.nid, Membership::Join, PRESENCE_MAX)? {
                let known = engine.ephemera().presence(&member.user).unwrap_or_default();
                presence.push(form::presence(&engine, &member.user, &known));
            }
            receipts.extend(form::receipts(view, room.row.nid, &room.row.room_id, 0, upto)?);
        }
        answer.insert("presence".to_owned(), json!(presence));
        answer.insert("receipts".to_owned(), json!(receipts));
        Ok(answer)
    })
    .await?;
    RawAnswer::of(&answer)
}

pub(super) async fn of_all(State(app): State<App>, client: Client, Query(params): Query<Params>) -> Result {
    client.no_guest()?;
    let engine = app.engine().clone();
    let answer = look::look(&app, &client, move |view| everything(view, &engine, &params)).await?;
    RawAnswer::of(&answer)
}

fn token(engine: &Engine, seq: Seq) -> String {
    let ephemera = engine.ephemera();
    let token =
        SyncToken { epoch: engine.epoch(), seq, node: ephemera.node_run(), ephemeral: ephemera.position() };
    token.to_string()
}

fn everything(view: &View<'_>, engine: &Engine, params: &Params) -> Result<Value, ReadError> {
    let limit = params.limit.unwrap_or(LIMIT).min(LIMIT_MAX);
    let upto = view.reader.applied()?;
    let end = token(engine, upto);
    let (mut rooms, mut receipts) = (Vec::new(), Vec::new());
    let mut members = view.reader.rooms_of(view.user())?;
    members.sort_by_key(|member| std::cmp::Reverse(member.position));
    members.retain(|member| match member.membership {
        Membership::Join | Membership::Invite => true,
        Membership::Leave | Membership::Ban => params.archived == Some(true) && !member.forgotten,
        Membership::Knock => false,
    });
    for member in members.into_iter().take(ROOMS_MAX) {
        let Some(row) = view.reader.room_by_nid(member.room)? else { continue };
        if member.membership == Membership::Invite {
            rooms.push(invite(view, &row.room_id, member.position)?);
            continue;
        }
        let Ok(id) = RoomId::parse(&row.room_id) else { continue };
        // Who left without ever having been in it has nothing to see.
        let Ok(room) = Room::enter(view, &id) else { continue };
        rooms.push(Value::Object(room_part(view, &room, limit, &end)?));
        if member.membership == Membership::Join {
            receipts.extend(form::receipts(view, row.nid, &row.room_id, 0, upto)?);
        }
    }
    let mut presence = Vec::new();
    for (user, known) in engine.ephemera().presence_since(0, PRESENCE_MAX) {
        if user == view.user() || view.reader.share_room(view.user(), &user)? {
            presence.push(form::presence(engine, &user, &known));
        }
    }
    if !presence.iter().any(|event| event["sender"] == view.user()) {
        let own = engine.ephemera().presence(view.user()).unwrap_or_default();
        presence.push(form::presence(engine, view.user(), &own));
    }
    let account_data: Vec<_> =
        view.reader.account_data_of_room(view.user(), "")?.iter().map(form::account_data).collect();
    Ok(json!({
        "end": end, "rooms": rooms, "presence": presence, "receipts": receipts, "account_data": account_data,
    }))
}

fn invite(view: &View<'_>, room_id: &str, position: Position) -> Result<Value, ReadError> {
    let mut part = json!({ "room_id": room_id, "membership": "invite", "state": [] });
    part["messages"] = json!({ "chunk": [], "start": position.to_token(), "end": position.to_token() });
    if let Some(event) = view.reader.event_at(position)? {
        let event = form::event(view, &event)?;
        part["inviter"] = event["sender"].clone();
        part["invite"] = event;
    }
    Ok(part)
}

/// What both answers say of one room.
fn room_part(view: &View<'_>, room: &Room, limit: usize, end: &str) -> Result<Map<String, Value>, ReadError> {
    let filter = RoomEventFilter::default();
    let mut part =
        Sieve::new(view, &filter)?.scan(view, room, Direction::Back, room.end(), Position::START, limit)?;
    part.events.reverse();
    let state = room.state(view.reader, true)?.into_iter().map(|(_, _, position)| position);
    let state = view.events_at(state)?;
    let account_data = view.reader.account_data_of_room(view.user(), &room.row.room_id)?;
    let account_data: Vec<_> = account_data.iter().map(form::account_data).collect();
    let mut answer = Map::new();
    answer.insert("room_id".to_owned(), json!(room.row.room_id));
    if let Some(membership) = room.sights.membership_now() {
        answer.insert("membership".to_owned(), json!(membership.as_str()));
    }
    answer.insert("visibility".to_owned(), json!(if room.row.public { "public" } else { "private" }));
    let chunk = form::events(view, &part.events)?;
    answer
        .insert("messages".to_owned(), json!({ "start": part.edge.to_token(), "end": end, "chunk": chunk }));
    answer.insert("state".to_owned(), json!(form::events(view, &state)?));
    answer.insert("account_data".to_owned(), json!(account_data));
    Ok(answer)
}
