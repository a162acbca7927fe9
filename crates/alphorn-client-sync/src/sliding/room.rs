//! What an answer says of one room. MSC4186, "`RoomResult`".

use std::sync::Arc;

use alphorn_http::{
    model::{Position, RawJson},
    store::{ListedRoom, Membership},
};
use serde::Serialize;

use super::{
    Built,
    answer::Builder,
    connection::Sent,
    lists::Shown,
    state::{Need, StateNews, gap},
    timeline::{Timeline, Window},
};

/// Somebody who gives a room without a name one.
#[derive(Debug, Serialize)]
pub(super) struct Hero {
    pub(super) user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) displayname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) avatar_url: Option<String>,
}

/// The JSON of one room; absent fields have not changed.
#[derive(Debug, Default, Serialize)]
pub(super) struct RoomBody {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) initial: bool,
    pub(super) membership: &'static str,
    /// Present and nothing: it has none any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) avatar: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) heroes: Option<Vec<Hero>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) is_dm: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bump_stamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) invite_state: Option<Vec<RawJson>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) required_state: Vec<RawJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeline: Option<Vec<RawJson>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) unstable_expanded_timeline: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limited: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prev_batch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) num_live: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) joined_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) invited_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) notification_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) highlight_count: Option<u64>,
}

impl RoomBody {
    /// About how many bytes it has.
    pub(super) fn weight(&self) -> usize {
        let parts = [Some(&self.required_state), self.timeline.as_ref(), self.invite_state.as_ref()];
        let events = parts.into_iter().flatten().flatten();
        200 + events.map(|event| event.get().len()).sum::<usize>()
    }
}

/// What becomes of a room in an answer.
pub(super) struct Outcome {
    /// Nothing: there is nothing new.
    pub(super) body: Option<RoomBody>,
    /// What the client has of the room then; nothing: what it had.
    pub(super) sent: Option<Sent>,
    /// The client is told everything about the room, not only what is new.
    pub(super) whole: bool,
    /// The events in its timeline.
    pub(super) event_ids: Vec<String>,
}

impl Outcome {
    /// Nothing new, but the configuration or the window may have changed.
    pub(super) fn unchanged(shown: &Shown, sent: Option<&Sent>) -> Self {
        let sent = sent
            .filter(|sent| sent.upto.is_some() || !Arc::ptr_eq(&sent.state, &shown.config.state))
            .map(|sent| Sent { upto: None, state: Arc::clone(&shown.config.state), ..sent.clone() });
        Self { body: None, sent, whole: false, event_ids: Vec::new() }
    }
}

/// What the client has of a room, and what that means for this answer.
#[derive(Clone, Copy)]
pub(super) struct Progress<'a> {
    pub(super) sent: Option<&'a Sent>,
    /// The client has everything up to here.
    pub(super) after: Position,
    /// It is to get everything.
    pub(super) whole: bool,
    /// It wants a longer timeline than it got.
    pub(super) grown: bool,
}

impl Builder<'_> {
    /// What there is to say of a room.
    pub(super) fn room(&self, shown: &Shown) -> Built<Outcome> {
        match shown.room.membership {
            Membership::Join => self.joined(shown),
            Membership::Invite | Membership::Knock => self.invited(shown),
            Membership::Leave | Membership::Ban => self.left(shown),
        }
    }

    /// How far the client is with a room. Who stood otherwise then begins anew.
    pub(super) fn progress(&self, shown: &Shown) -> Progress<'_> {
        let sent = self.known.rooms.get(&shown.room.nid);
        let after = self.known.upto(shown.room.nid).map_or(Position::START, Position::end_of);
        let whole = sent.is_none();
        let grown = sent.is_some_and(|sent| shown.config.timeline_limit > sent.shown);
        Progress { sent, after, whole, grown: grown && !whole }
    }

    fn joined(&self, shown: &Shown) -> Built<Outcome> {
        let room = &shown.room;
        let mut progress = self.progress(shown);
        if room.since > progress.after {
            progress = Progress { whole: true, grown: false, after: Position::START, ..progress };
        }
        let need = Need::new(&shown.config.state, progress);
        let read = !progress.whole && self.own_receipt_moved(room, progress.after)?;
        let news = room.head > progress.after;
        if !(progress.whole || progress.grown || news || read || need.beyond.is_some()) {
            return Ok(Outcome::unchanged(shown, progress.sent));
        }
        let timeline = self.timeline(&Window {
            room: room.nid,
            after: if progress.grown { Position::START } else { progress.after },
            upto: self.end(),
            limit: usize::from(shown.config.timeline_limit),
            sees_from: Some(room.since),
        })?;
        let state = self.state_news(room.nid, &need, progress, &timeline, None)?;
        let bumped = room.bumped > progress.after;
        let told = !timeline.events.is_empty() || timeline.limited || state.any() || bumped;
        if !(progress.whole || progress.grown || told || read) {
            return Ok(Outcome::unchanged(shown, progress.sent));
        }
        let mut body = RoomBody { membership: "join", initial: progress.whole, ..RoomBody::default() };
        self.put_face(&mut body, room, &state, progress)?;
        self.put_counts(&mut body, room, &state, progress)?;
        if progress.whole || bumped {
            body.bump_stamp = Some(room.bumped.0);
        }
        self.put_events(&mut body, &state, &timeline, progress)?;
        Ok(Self::outcome(shown, progress, &timeline, state, body))
    }

    /// Timeline and state.
    pub(super) fn put_events(
        &self,
        body: &mut RoomBody,
        state: &StateNews,
        timeline: &Timeline,
        progress: Progress<'_>,
    ) -> Built<()> {
        use alphorn_http::engine::view::Detail;
        body.required_state = self.state_json(state)?;
        if timeline.events.is_empty() && !timeline.limited {
            return Ok(());
        }
        let live_from = if !progress.whole {
            progress.after
        } else if self.first {
            Position::END
        } else {
            Position::end_of(self.known.seq)
        };
        body.num_live = Some(timeline.events.iter().filter(|event| event.position > live_from).count());
        let events = timeline.events.iter().map(|event| self.view.sync_event(event, Detail::Bundled));
        body.timeline = Some(events.collect::<Built<_>>()?);
        body.limited = Some(timeline.limited);
        body.prev_batch = Some(timeline.start.to_token());
        body.unstable_expanded_timeline = progress.grown;
        Ok(())
    }

    /// What becomes of a room that is told of.
    pub(super) fn outcome(
        shown: &Shown,
        progress: Progress<'_>,
        timeline: &Timeline,
        state: StateNews,
        body: RoomBody,
    ) -> Outcome {
        let limit = shown.config.timeline_limit;
        let kept = !progress.whole && !gap(progress, timeline);
        let before = progress.sent.filter(|_| kept).map_or(0, |sent| sent.shown);
        let sent = Sent {
            upto: None,
            shown: before.max(limit),
            state: Arc::clone(&shown.config.state),
            members: state.members_sent,
        };
        let event_ids = timeline.events.iter().map(|event| event.event_id.to_string()).collect();
        Outcome { body: Some(body), sent: Some(sent), whole: progress.whole, event_ids }
    }

    /// Unread counts, and how many members there are.
    fn put_counts(
        &self,
        body: &mut RoomBody,
        room: &ListedRoom,
        state: &StateNews,
        progress: Progress<'_>,
    ) -> Built<()> {
        let Some(row) = self.reader.room_by_nid(room.nid)? else { return Ok(()) };
        let unread =
            self.engine.unread().count(self.reader, &self.wanted.user, &row, room.since, self.end())?.total();
        body.notification_count = Some(unread.notifications);
        body.highlight_count = Some(unread.highlights);
        if progress.whole || state.members_changed {
            body.joined_count = Some(row.joined);
            body.invited_count = Some(row.invited);
        }
        Ok(())
    }

    fn own_receipt_moved(&self, room: &ListedRoom, after: Position) -> Built<bool> {
        if after == Position::end_of(self.known.seq)
            && let Some(moved) = &self.moved
        {
            return Ok(moved.own.contains(&room.room_id));
        }
        let receipts = self.reader.receipts_of(room.nid, self.user())?;
        Ok(receipts.iter().any(|receipt| receipt.seq > after.seq()))
    }
}
