//! Rooms that the user is not in: invites, knocks, and rooms that were left.

use alphorn_http::{
    engine::view::{Detail, EventHead},
    model::{Position, RawJson},
    store::{Member, Membership, RoomRow},
};
use serde_json::json;

use super::{
    Built,
    answer::{Body, Builder, list, raw},
};

/// State that tells somebody outside what a room is. Specification: "Stripped state".
pub(crate) const STRIPPED: [&str; 9] = [
    "m.room.create",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.join_rules",
    "m.room.canonical_alias",
    "m.room.encryption",
    "m.room.history_visibility",
    "m.room.guest_access",
];

impl Builder<'_> {
    pub(super) fn invited(&self, room: &RoomRow, member: &Member) -> Built<Option<RawJson>> {
        if let Some(invite) = self.reader.event_at(member.position)?
            && self.ignored.contains(&*EventHead::of(&invite)?.sender)
        {
            return Ok(None);
        }
        Ok(Some(raw(&json!({ "invite_state": { "events": self.stripped(room, member)? } }))?))
    }

    pub(super) fn knocked(&self, room: &RoomRow, member: &Member) -> Built<Option<RawJson>> {
        Ok(Some(raw(&json!({ "knock_state": { "events": self.stripped(room, member)? } }))?))
    }

    fn stripped(&self, room: &RoomRow, member: &Member) -> Built<Vec<RawJson>> {
        crate::ephemeral::stripped_state(&self.view, room.nid, member.position)
    }

    /// A room that was left since the token: its timeline up to the leaving.
    pub(super) fn left(&self, room: &RoomRow, member: &Member) -> Built<Option<RawJson>> {
        if member.forgotten {
            return Ok(None);
        }
        if self.since.is_none() && !self.wanted.filter.room.include_leave {
            return Ok(None);
        }
        let sights = self.view.sights(room.nid)?;
        let was_in = sights.membership(self.after());
        let end = member.position.min(self.end());
        let mut body = Body::new();
        // Who only declined an invite sees no more than that.
        let Some(_) = sights.horizon() else {
            let own = self.view.events_at([member.position])?;
            let events =
                own.iter().map(|event| self.json(event, Detail::Replaced)).collect::<Built<Vec<_>>>()?;
            let timeline =
                json!({ "events": events, "limited": false, "prev_batch": Position(end.0 - 1).to_token() });
            body.insert("timeline".to_owned(), raw(&timeline)?);
            body.insert("state".to_owned(), raw(&json!({ "events": [] }))?);
            return Ok(Some(raw(&body)?));
        };
        let whole = self.since.is_none() || self.wanted.full_state || was_in != Some(Membership::Join);
        let window = if whole { Position::START } else { self.after() };
        let timeline = self.timeline(room.nid, &room.room_id, window, end, Some(&sights))?;
        let state = self.state(room, &timeline, whole, end)?;
        self.put_timeline(&mut body, &timeline)?;
        let state =
            state.iter().map(|event| self.json(event, Detail::Replaced)).collect::<Built<Vec<_>>>()?;
        body.insert(self.wanted.state_after.unwrap_or("state").to_owned(), list(&state)?);
        Ok(Some(raw(&body)?))
    }
}
