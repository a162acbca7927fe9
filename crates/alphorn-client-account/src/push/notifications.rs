//! `GET /_matrix/client/v3/notifications`. What notified is found anew from the rooms' newest events and
//! the user's push rules; nothing is written for it when messages are sent.
//! Specification: "Listing Notifications".

use alphorn_http::{
    App, Query, RawAnswer, Regular, Result,
    engine::{
        ReadError,
        unread::Notified,
        view::{Detail, View},
    },
    model::{OwnedUserId, Position, Refusal},
    store::{Membership, Reader},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Rooms looked at for one page, those with the newest events first.
const ROOMS_MAX: usize = 100;

/// Events of one room looked at for one page.
const EVENTS_MAX: usize = 50;

/// Notifications on one page.
const PAGE_MAX: usize = 50;
const PAGE_DEFAULT: usize = 20;

#[derive(Deserialize)]
pub(super) struct Params {
    from: Option<String>,
    limit: Option<usize>,
    only: Option<String>,
}

#[derive(Serialize)]
struct Notification {
    actions: Vec<ruma_common::push::Action>,
    event: Box<RawValue>,
    profile_tag: Option<String>,
    read: bool,
    room_id: String,
    ts: u64,
}

#[derive(Serialize)]
struct Page {
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    notifications: Vec<Notification>,
}

/// What notified the user, newest first.
pub(super) async fn get(
    State(app): State<App>,
    Regular(client): Regular,
    Query(params): Query<Params>,
) -> Result {
    let from = match &params.from {
        None => Position::END,
        Some(token) => Position::from_token(token)
            .ok_or_else(|| Refusal::invalid_param("'from' is not a token of this endpoint"))?,
    };
    let limit = params.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    let highlights_only = params.only.as_deref() == Some("highlight");
    let (engine, user) = (app.engine().clone(), client.user.clone());
    let device = client.device.clone();
    let page = app
        .engine()
        .read(move |reader| {
            let (mut found, horizon) = collect(&engine, reader, &user, from)?;
            found.retain(|(_, notified)| {
                notified.event.position > horizon && (notified.highlight || !highlights_only)
            });
            found.sort_by_key(|(_, notified)| std::cmp::Reverse(notified.event.position));
            let next = match found.get(limit - 1) {
                Some((_, last)) if found.len() > limit => Some(last.event.position),
                _ => Some(horizon).filter(|horizon| *horizon > Position::START),
            };
            found.truncate(limit);
            let view = View::new(reader, user.as_str(), &device, engine.now_ms());
            let notifications =
                found.into_iter().map(|found| shown(&view, found)).collect::<std::result::Result<_, _>>()?;
            Ok(Page { next_token: next.map(Position::to_token), notifications })
        })
        .await?;
    RawAnswer::of(&page)
}

type Found = Vec<(String, Notified)>;

/// What notified before `from`, room by room, and the position down to which that is everything.
fn collect(
    engine: &alphorn_http::engine::Engine,
    reader: &Reader<'_>,
    user: &OwnedUserId,
    from: Position,
) -> std::result::Result<(Found, Position), ReadError> {
    let mut rooms = Vec::new();
    for member in reader.rooms_of_as(user.as_str(), Membership::Join)? {
        rooms.extend(reader.room_by_nid(member.room)?.map(|room| (room, member.since)));
    }
    rooms.sort_by_key(|(room, _)| std::cmp::Reverse(room.head));
    let mut horizon = rooms.get(ROOMS_MAX).map_or(Position::START, |(room, _)| Position(room.head));
    let mut found = Vec::new();
    for (room, since) in rooms.iter().take(ROOMS_MAX) {
        let upto = Position(from.0.saturating_sub(1));
        let (notified, looked_down_to) =
            engine.unread().notified(reader, user, room, *since, upto, EVENTS_MAX)?;
        horizon = horizon.max(looked_down_to);
        found.extend(notified.into_iter().map(|notified| (room.room_id.clone(), notified)));
    }
    Ok((found, horizon))
}

fn shown(
    view: &View<'_>,
    (room_id, notified): (String, Notified),
) -> std::result::Result<Notification, ReadError> {
    let event = view.sync_event(&notified.event, Detail::Plain)?;
    Ok(Notification {
        actions: notified.actions,
        event,
        profile_tag: None,
        read: notified.read,
        room_id,
        ts: notified.ts,
    })
}
