//! Rooms that the user is not in: invites, knocks, and rooms that were left.
//! MSC4186, "Invite/knock/rejections".

use alphorn_http::{model::Position, store::Membership};
use serde::Deserialize;

use super::{
    Built,
    answer::Builder,
    connection::Sent,
    lists::Shown,
    required_state::MEMBER,
    room::{Outcome, Progress, RoomBody},
    state::{Need, StateNews},
    timeline::{Timeline, Window},
};

/// What the stripped state says of how the room looks.
#[derive(Deserialize)]
struct Stripped {
    r#type: String,
    content: Look,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Look {
    name: Option<String>,
    url: Option<String>,
}

impl Builder<'_> {
    /// An invite or a knock.
    pub(super) fn invited(&self, shown: &Shown) -> Built<Outcome> {
        let (room, progress) = (&shown.room, self.progress(shown));
        if !progress.whole && room.position <= progress.after {
            return Ok(Outcome::unchanged(shown, progress.sent));
        }
        let stripped = crate::ephemeral::stripped_state(&self.view, room.nid, room.position)?;
        let mut body = RoomBody {
            initial: true,
            membership: room.membership.as_str(),
            bump_stamp: Some(room.position.0),
            ..RoomBody::default()
        };
        for event in &stripped {
            let Ok(event) = serde_json::from_str::<Stripped>(event.get()) else { continue };
            match event.r#type.as_str() {
                "m.room.name" => body.name = event.content.name.map(Some),
                "m.room.avatar" => body.avatar = event.content.url.map(Some),
                _ => {}
            }
        }
        body.invite_state = Some(stripped);
        let sent = Sent {
            upto: None,
            shown: 0,
            state: std::sync::Arc::clone(&shown.config.state),
            members: Box::default(),
        };
        Ok(Outcome { body: Some(body), sent: Some(sent), whole: true, event_ids: Vec::new() })
    }

    /// A room that the user left, or was put out of: told once, up to the leaving.
    pub(super) fn left(&self, shown: &Shown) -> Built<Outcome> {
        let (room, mut progress) = (&shown.room, self.progress(shown));
        if !progress.whole && room.position <= progress.after {
            return Ok(Outcome::unchanged(shown, progress.sent));
        }
        let sights = self.view.sights(room.nid)?;
        let mut body = RoomBody {
            membership: room.membership.as_str(),
            bump_stamp: Some(room.position.0),
            ..RoomBody::default()
        };
        if sights.horizon().is_none() {
            // Who only declined an invite sees no more than that.
            let events = self.view.events_at([room.position])?;
            let timeline = Timeline { events, limited: false, start: Position(room.position.0 - 1) };
            let progress = Progress { grown: false, ..progress };
            return self.tell_leaving(shown, progress, &timeline, StateNews::default(), body);
        }
        // Who joined and left since the last answer was never told of the room itself.
        if sights.membership(progress.after) != Some(Membership::Join) {
            progress = Progress { whole: true, grown: false, after: Position::START, ..progress };
        }
        progress.grown = false;
        body.initial = progress.whole;
        let timeline = self.timeline(&Window {
            room: room.nid,
            after: progress.after,
            upto: room.position,
            limit: usize::from(shown.config.timeline_limit),
            sees_from: None,
        })?;
        let need = Need::new(&shown.config.state, progress);
        let state = self.state_news(room.nid, &need, progress, &timeline, Some(room.position))?;
        self.tell_leaving(shown, progress, &timeline, state, body)
    }

    fn tell_leaving(
        &self,
        shown: &Shown,
        progress: Progress<'_>,
        timeline: &Timeline,
        mut state: StateNews,
        mut body: RoomBody,
    ) -> Built<Outcome> {
        let room = &shown.room;
        // The client learns from it that it is not in the room any more, whatever it asked for.
        if let Some(own) = self.position(room.nid, MEMBER, self.user(), Some(room.position))? {
            state.add(own);
        }
        self.put_events(&mut body, &state, timeline, progress)?;
        Ok(Self::outcome(shown, progress, timeline, state, body))
    }
}
