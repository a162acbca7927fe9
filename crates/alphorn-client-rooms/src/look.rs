//! Looking into a room: who may, and how far. Specification: Client-Server API, "Room History
//! Visibility".

use alphorn_http::engine::ReadError;
use alphorn_http::engine::view::{Sights, View};
use alphorn_http::model::{Position, Refusal, RoomId};
use alphorn_http::store::{Reader, RoomRow, StoredEvent};
use alphorn_http::{App, Client};

/// Reads as the client's user and device.
pub(crate) async fn look<T: Send + 'static>(
    app: &App,
    client: &Client,
    read: impl FnOnce(&View<'_>) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, Refusal> {
    let (user, device, now_ms) = (client.user.to_string(), client.device.clone(), app.engine().now_ms());
    app.engine().read(move |reader| read(&View::new(reader, &user, &device, now_ms))).await
}

/// A room that the viewer may look into.
pub(crate) struct Room {
    /// The room.
    pub(crate) row: RoomRow,
    /// Which of its events the viewer sees.
    pub(crate) sights: Sights,
    /// The viewer sees the room as it was here; [`Position::END`]: as it is.
    pub(crate) horizon: Position,
}

impl Room {
    /// Lets in members, those who were, and everybody where the world may read.
    pub(crate) fn enter(view: &View<'_>, room: &RoomId) -> Result<Self, ReadError> {
        let refusal = || Refusal::forbidden("you are not in this room");
        let row = view.reader.room(room.as_str())?.ok_or_else(refusal)?;
        let sights = view.sights(row.nid)?;
        let horizon = sights.horizon().ok_or_else(refusal)?;
        let forgotten = view.reader.member(row.nid, view.user())?.is_some_and(|member| member.forgotten);
        if forgotten && !sights.world_readable() {
            return Err(refusal().into());
        }
        Ok(Self { row, sights, horizon })
    }

    /// The same, but only for those who are in it now.
    pub(crate) fn enter_joined(view: &View<'_>, room: &RoomId) -> Result<Self, ReadError> {
        let room = Self::enter(view, room)?;
        if room.sights.membership_now() == Some(alphorn_http::store::Membership::Join) {
            return Ok(room);
        }
        Err(Refusal::forbidden("you are not in this room").into())
    }

    /// An event of this room that the viewer sees.
    pub(crate) fn event(&self, view: &View<'_>, id: &str) -> Result<StoredEvent, ReadError> {
        let event = view.reader.event(id)?.filter(|event| event.room == self.row.nid);
        let seen = event.filter(|event| self.sights.sees(event.position));
        Ok(seen.ok_or_else(|| Refusal::not_found("there is no such event, or you may not see it"))?)
    }

    /// The newest position that the viewer sees, for tokens.
    pub(crate) fn end(&self) -> Position {
        self.horizon.min(Position(self.row.head))
    }

    /// Positions of the state as the viewer sees it: `(type, state key, position)`.
    pub(crate) fn state(
        &self,
        reader: &Reader<'_>,
        members: bool,
    ) -> Result<Vec<(String, String, Position)>, ReadError> {
        Ok(if self.horizon == Position::END {
            reader.current_state(self.row.nid, members)?
        } else {
            reader.state_at(self.row.nid, self.horizon, members)?
        })
    }

    /// One state event as the viewer sees it.
    pub(crate) fn state_event(
        &self,
        reader: &Reader<'_>,
        kind: &str,
        key: &str,
    ) -> Result<Option<StoredEvent>, ReadError> {
        Ok(if self.horizon == Position::END {
            reader.state_event(self.row.nid, kind, key)?
        } else {
            reader.state_event_at(self.row.nid, kind, key, self.horizon)?
        })
    }
}

/// A token as a position.
pub(crate) fn position(token: &str) -> Result<Position, Refusal> {
    Position::from_token(token).ok_or_else(|| Refusal::invalid_param("not a token of this server"))
}

/// Events as a JSON array.
pub(crate) fn array<'e>(
    view: &View<'_>,
    events: impl IntoIterator<Item = &'e StoredEvent>,
) -> Result<String, ReadError> {
    let mut text = String::from("[");
    for event in events {
        if text.len() > 1 {
            text.push(',');
        }
        view.write(&mut text, event, true, alphorn_http::engine::view::Detail::Bundled)?;
    }
    text.push(']');
    Ok(text)
}
