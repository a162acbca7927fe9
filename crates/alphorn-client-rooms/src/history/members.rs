//! `GET /_matrix/client/v3/rooms/{roomId}/members`. Specification: Client-Server API, "Getting events for
//! a room".

use alphorn_http::engine::{ReadError, view::View};
use alphorn_http::model::{OwnedRoomId, Position, Refusal};
use alphorn_http::store::{Membership, StoredEvent};
use alphorn_http::{App, Client, Path, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;

use crate::look::{self, Room};

#[derive(Deserialize)]
pub(super) struct Params {
    at: Option<String>,
    membership: Option<String>,
    not_membership: Option<String>,
}

struct Wanted {
    at: Option<Position>,
    membership: Option<Membership>,
    not_membership: Option<Membership>,
}

pub(super) async fn members(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    Query(params): Query<Params>,
) -> Result {
    let membership = |word: Option<String>| {
        word.map(|word| {
            Membership::parse(&word)
                .ok_or_else(|| Refusal::invalid_param(format!("'{word}' is no membership")))
        })
        .transpose()
    };
    let at = params.at.filter(|at| !at.is_empty()).map(|at| look::position(&at)).transpose()?;
    let wanted = Wanted {
        at,
        membership: membership(params.membership)?,
        not_membership: membership(params.not_membership)?,
    };
    let answer = look::look(&app, &client, move |view| {
        let room = Room::enter(view, &room)?;
        let chunk = look::array(view, &collect(view, &room, &wanted)?)?;
        Ok(format!("{{\"chunk\":{chunk}}}"))
    })
    .await?;
    Ok(RawAnswer::new(answer))
}

fn collect(view: &View<'_>, room: &Room, wanted: &Wanted) -> Result<Vec<StoredEvent>, ReadError> {
    let at = wanted.at.unwrap_or(Position::END).min(room.horizon);
    let positions = if at == Position::END {
        view.reader.current_state_of(room.row.nid, "m.room.member")?
    } else {
        view.reader.state_of_at(room.row.nid, "m.room.member", at)?
    };
    let mut events = Vec::new();
    for (_, position) in positions {
        let Some(event) = view.reader.event_at(position)? else { continue };
        let standing = standing(&event);
        let is = |wanted: Option<Membership>| wanted.map(|wanted| standing == Some(wanted));
        if is(wanted.membership).unwrap_or(true) && !is(wanted.not_membership).unwrap_or(false) {
            events.push(event);
        }
    }
    Ok(events)
}

/// What a membership event says. Redaction does not take it away.
pub(crate) fn standing(event: &StoredEvent) -> Option<Membership> {
    #[derive(Deserialize)]
    struct Event {
        content: Content,
    }
    #[derive(Deserialize)]
    struct Content {
        membership: String,
    }
    let event: Event = serde_json::from_str(event.pdu.get()).ok()?;
    Membership::parse(&event.content.membership)
}
