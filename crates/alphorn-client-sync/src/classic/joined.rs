//! Rooms that the user is in.

use std::collections::BTreeSet;

use alphorn_http::{
    engine::view::{Detail, EventHead},
    model::{Position, RawJson},
    store::{Member, Membership, RoomRow, StoredEvent},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Built,
    answer::{Body, Builder, list, put, raw},
    timeline::Timeline,
};

/// Members named for a room without a name.
const HEROES_MAX: usize = 5;

#[derive(Serialize)]
struct TimelinePart {
    events: Vec<RawJson>,
    limited: bool,
    prev_batch: String,
}

impl Builder<'_> {
    /// What there is to say about a room the user is in; nothing: nothing new.
    pub(super) fn joined(&self, room: &RoomRow, member: &Member) -> Built<Option<RawJson>> {
        // Who was not in the room at the token gets it whole.
        let fresh = member.since > self.after();
        let whole = fresh || self.wanted.full_state;
        let news = Position(room.head) > self.after();
        let mut body = Body::new();
        if news || whole {
            self.put_events(&mut body, room, member, fresh, whole)?;
        }
        put(&mut body, "ephemeral", &self.ephemeral_events(room, fresh)?)?;
        let filter = &self.wanted.filter.room.account_data;
        if filter.takes_room(&room.room_id) {
            put(&mut body, "account_data", &self.account_data(&room.room_id, &filter.event)?)?;
        }
        if body.is_empty() && !self.own_receipt_moved(room.nid)? {
            return Ok(None);
        }
        self.put_unread(&mut body, room, member)?;
        for (name, empty) in [
            ("timeline", json!({ "events": [], "limited": false, "prev_batch": self.end().to_token() })),
            (self.wanted.state_after.unwrap_or("state"), json!({ "events": [] })),
            ("ephemeral", json!({ "events": [] })),
            ("account_data", json!({ "events": [] })),
            ("summary", json!({})),
        ] {
            if !body.contains_key(name) {
                body.insert(name.to_owned(), raw(&empty)?);
            }
        }
        Ok(Some(raw(&body)?))
    }

    fn put_events(
        &self,
        body: &mut Body,
        room: &RoomRow,
        member: &Member,
        fresh: bool,
        whole: bool,
    ) -> Built<()> {
        // Since joining everything is visible; what was before depends on the room's history visibility.
        let window = if fresh { Position::START } else { self.after() };
        let sights = if member.since > window { Some(self.view.sights(room.nid)?) } else { None };
        let mut timeline = self.timeline(room.nid, &room.room_id, window, self.end(), sights.as_ref())?;
        if fresh && self.since.is_some() {
            // Whatever came before is new to the client: it has to ask for it.
            timeline.limited = true;
        }
        let state = self.state(room, &timeline, whole, self.end())?;
        if timeline.events.is_empty() && state.is_empty() && !timeline.limited && !whole {
            return Ok(());
        }
        self.put_summary(body, room, &timeline, whole)?;
        self.put_timeline(body, &timeline)?;
        let state =
            state.iter().map(|event| self.json(event, Detail::Replaced)).collect::<Built<Vec<_>>>()?;
        body.insert(self.wanted.state_after.unwrap_or("state").to_owned(), list(&state)?);
        Ok(())
    }

    pub(super) fn put_timeline(&self, body: &mut Body, timeline: &Timeline) -> Built<()> {
        let events = timeline
            .events
            .iter()
            .map(|event| self.json(event, Detail::Bundled))
            .collect::<Built<Vec<_>>>()?;
        let part = TimelinePart { events, limited: timeline.limited, prev_batch: timeline.start.to_token() };
        body.insert("timeline".to_owned(), raw(&part)?);
        Ok(())
    }

    pub(super) fn json(&self, event: &StoredEvent, detail: Detail) -> Built<RawJson> {
        if self.wanted.filter.wants_federation_format() {
            return self.view.federation_event(event, detail);
        }
        self.view.sync_event(event, detail)
    }

    /// The state that the client needs beside the timeline: at its start, or (`state_after`) at its end.
    pub(super) fn state(
        &self,
        room: &RoomRow,
        timeline: &Timeline,
        whole: bool,
        end: Position,
    ) -> Built<Vec<StoredEvent>> {
        let filter = &self.wanted.filter.room.state;
        if !filter.takes_room(&room.room_id) {
            return Ok(Vec::new());
        }
        let lazy = filter.lazy_load_members;
        let at = if self.wanted.state_after.is_some() { end } else { timeline.start };
        let mut positions = BTreeSet::new();
        let changes = if whole {
            self.reader.state_at(room.nid, at, !lazy)?
        } else if timeline.limited || self.wanted.state_after.is_some() {
            // All of them, memberships too: the client has to know who left in the gap.
            self.reader.state_changes(room.nid, self.after(), at)?
        } else {
            Vec::new()
        };
        positions
            .extend(changes.into_iter().map(|(_, _, position)| position).filter(|position| position.0 > 0));
        if lazy {
            positions.extend(self.lazy_members(room.nid, timeline, whole, at)?);
        }
        let mut events = self.view.events_at(positions)?;
        if !filter.takes_all() {
            let mut kept = Vec::new();
            for event in events {
                if filter.takes(&EventHead::of(&event)?) {
                    kept.push(event);
                }
            }
            events = kept;
        }
        Ok(events)
    }

    /// Memberships of the senders in the timeline, and the user's own.
    fn lazy_members(
        &self,
        room: i64,
        timeline: &Timeline,
        whole: bool,
        at: Position,
    ) -> Built<BTreeSet<Position>> {
        let mut users = BTreeSet::new();
        for event in &timeline.events {
            users.insert(EventHead::of(event)?.sender.into_owned());
        }
        if whole {
            users.insert(self.user().to_owned());
        }
        let device = (self.user().to_owned(), self.wanted.device.clone());
        let redundant = whole || self.wanted.filter.room.state.include_redundant_members;
        let since = self.since.map_or(0, |token| token.seq);
        let sent = &self.wanted.sent;
        let mut positions = BTreeSet::new();
        for user in users {
            let Some(event) = self.reader.state_position_at(room, "m.room.member", &user, at)? else {
                continue;
            };
            if redundant || !sent.has(&device, event, since) {
                positions.insert(event);
                sent.note(&device, event, self.upto);
            }
        }
        Ok(positions)
    }

    /// Heroes and counts. Specification: Client-Server API, "Syncing", `RoomSummary`.
    fn put_summary(&self, body: &mut Body, room: &RoomRow, timeline: &Timeline, whole: bool) -> Built<()> {
        let mut changed = whole || timeline.limited;
        for event in &timeline.events {
            let kind = EventHead::of(event)?.kind;
            changed |= matches!(&*kind, "m.room.member" | "m.room.name" | "m.room.canonical_alias");
        }
        if !changed {
            return Ok(());
        }
        let mut summary =
            json!({ "m.joined_member_count": room.joined, "m.invited_member_count": room.invited });
        let named = [("m.room.name", "name"), ("m.room.canonical_alias", "alias")];
        let mut has_name = false;
        for (kind, field) in named {
            if let Some(event) = self.view.state_now(room.nid, kind, "")? {
                let content: Value =
                    serde_json::from_str(self.view.content(&event)?.get()).unwrap_or_default();
                has_name |= content.get(field).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
            }
        }
        if !has_name {
            summary["m.heroes"] = self.heroes(room.nid)?.into();
        }
        body.insert("summary".to_owned(), raw(&summary)?);
        Ok(())
    }

    fn heroes(&self, room: i64) -> Built<Vec<String>> {
        for group in [&[Membership::Join, Membership::Invite][..], &[Membership::Leave, Membership::Ban]] {
            let mut members = Vec::new();
            for membership in group {
                members.extend(self.reader.members_as(room, *membership, HEROES_MAX + 1)?);
            }
            members.retain(|member| member.user != self.user());
            if !members.is_empty() {
                members.sort_by_key(|member| member.position);
                return Ok(members.into_iter().take(HEROES_MAX).map(|member| member.user).collect());
            }
        }
        Ok(Vec::new())
    }

    /// Reading on another device changes the counts, even where the receipt itself is not shown.
    fn own_receipt_moved(&self, room: i64) -> Built<bool> {
        let after = self.since.map_or(0, |token| token.seq);
        Ok(self.reader.receipts_of(room, self.user())?.iter().any(|receipt| receipt.seq > after))
    }

    fn put_unread(&self, body: &mut Body, room: &RoomRow, member: &Member) -> Built<()> {
        let unread =
            self.engine.unread().count(self.reader, &self.wanted.user, room, member.since, self.end())?;
        let by_thread = self.wanted.filter.room.timeline.unread_thread_notifications;
        let count = if by_thread { unread.main } else { unread.total() };
        let json = |count: alphorn_http::engine::unread::Unread| json!({ "notification_count": count.notifications, "highlight_count": count.highlights });
        body.insert("unread_notifications".to_owned(), raw(&json(count))?);
        if by_thread && !unread.threads.is_empty() {
            let threads: Map<_, _> =
                unread.threads.into_iter().map(|(root, count)| (root, json(count))).collect();
            body.insert("unread_thread_notifications".to_owned(), raw(&Value::Object(threads))?);
        }
        Ok(())
    }
}
