//! The state that an answer tells of a room, and the members that its timeline needs.
//! MSC4186, "Changes to `required_state`", "Lazy loaded memberships".

use std::{collections::BTreeSet, hash::BuildHasher as _};

use alphorn_http::{
    engine::view::{Detail, EventHead},
    model::{Position, RawJson},
};
use serde_json::json;

use super::{
    Built,
    answer::Builder,
    required_state::{Lookup, MEMBER, RequiredState},
    room::Progress,
    timeline::Timeline,
};

/// Members of one room that are remembered as sent: beyond that they are sent again.
const MEMBERS_SENT_MAX: usize = 100;

/// The state that is needed now, and that was needed before.
pub(super) struct Need<'a> {
    pub(super) state: &'a RequiredState,
    before: Option<&'a RequiredState>,
    /// What is needed now and was not before.
    pub(super) beyond: Option<RequiredState>,
}

impl<'a> Need<'a> {
    pub(super) fn new(state: &'a std::sync::Arc<RequiredState>, progress: Progress<'a>) -> Self {
        let before = progress.sent.filter(|_| !progress.whole).map(|sent| &sent.state);
        let beyond = before
            .filter(|before| !std::sync::Arc::ptr_eq(before, state))
            .and_then(|before| state.beyond(before));
        Self { state, before: before.map(|before| &**before), beyond }
    }
}

/// State to tell.
#[derive(Default)]
pub(super) struct StateNews {
    positions: BTreeSet<Position>,
    /// Type and key of what is no more.
    removed: Vec<(String, String)>,
    pub(super) name_changed: bool,
    pub(super) avatar_changed: bool,
    pub(super) members_changed: bool,
    /// The members that the client then has because timelines needed them, as hashes.
    pub(super) members_sent: Box<[u64]>,
}

impl StateNews {
    /// Whether there is anything to tell.
    pub(super) fn any(&self) -> bool {
        !self.positions.is_empty()
            || !self.removed.is_empty()
            || self.name_changed
            || self.avatar_changed
            || self.members_changed
    }

    /// Tells of one more event.
    pub(super) fn add(&mut self, position: Position) {
        self.positions.insert(position);
    }
}

impl Builder<'_> {
    /// The state to tell with a timeline. `at`: as it was there; nothing: as it is now.
    pub(super) fn state_news(
        &self,
        room: i64,
        need: &Need<'_>,
        progress: Progress<'_>,
        timeline: &Timeline,
        at: Option<Position>,
    ) -> Built<StateNews> {
        let mut news = StateNews::default();
        if progress.whole {
            news.positions
                .extend(self.find(room, need.state, at)?.into_iter().map(|(_, _, position)| position));
        } else {
            self.add_changes(&mut news, room, need, progress, timeline, at)?;
        }
        if let Some(beyond) = &need.beyond {
            let had = |kind: &str, key: &str| need.before.is_some_and(|before| before.matches(kind, key));
            let found = self.find(room, beyond, at)?;
            news.positions
                .extend(found.into_iter().filter(|(kind, key, _)| !had(kind, key)).map(|(_, _, at)| at));
        }
        if need.state.lazy() {
            self.add_lazy_members(&mut news, room, progress, timeline, at)?;
        }
        Ok(news)
    }

    /// State that changed since the client got the room last.
    fn add_changes(
        &self,
        news: &mut StateNews,
        room: i64,
        need: &Need<'_>,
        progress: Progress<'_>,
        timeline: &Timeline,
        at: Option<Position>,
    ) -> Built<()> {
        let all_members = need.state.lazy() && !gap(progress, timeline);
        for (kind, key, position) in
            self.reader.state_changes(room, progress.after, at.unwrap_or(self.end()))?
        {
            news.members_changed |= kind == MEMBER;
            news.name_changed |= kind == "m.room.name" && key.is_empty();
            news.avatar_changed |= kind == "m.room.avatar" && key.is_empty();
            let needed = need.state.matches(&kind, &key) || (all_members && kind == MEMBER);
            if !needed {
                continue;
            }
            if position.0 > 0 {
                news.positions.insert(position);
            } else {
                news.removed.push((kind, key));
            }
        }
        Ok(())
    }

    /// Members that the timeline names and that the client does not have.
    fn add_lazy_members(
        &self,
        news: &mut StateNews,
        room: i64,
        progress: Progress<'_>,
        timeline: &Timeline,
        at: Option<Position>,
    ) -> Built<()> {
        let mut users = BTreeSet::new();
        for event in &timeline.events {
            let head = EventHead::of(event)?;
            if head.kind == MEMBER
                && let Some(target) = head.state_key
            {
                users.insert(target.into_owned());
            }
            users.insert(head.sender.into_owned());
        }
        // With a limited timeline the client forgets the members it has, also where it is longer and has no gap.
        let kept = progress.sent.filter(|_| !progress.whole && !timeline.limited);
        let mut sent: Vec<u64> = kept.map(|sent| sent.members.to_vec()).unwrap_or_default();
        for user in users {
            let hash = self.hasher.hash_one(&user);
            if sent.contains(&hash) {
                continue;
            }
            news.positions.extend(self.position(room, MEMBER, &user, at)?);
            sent.push(hash);
        }
        let superfluous = sent.len().saturating_sub(MEMBERS_SENT_MAX);
        sent.drain(..superfluous);
        news.members_sent = sent.into();
        Ok(())
    }

    /// Where a state event stands.
    pub(super) fn position(
        &self,
        room: i64,
        kind: &str,
        key: &str,
        at: Option<Position>,
    ) -> Built<Option<Position>> {
        Ok(match at {
            None => self.reader.state_position(room, kind, key)?,
            Some(at) => self.reader.state_position_at(room, kind, key, at)?,
        })
    }

    /// All state that is described: type, key and place.
    fn find(
        &self,
        room: i64,
        wanted: &RequiredState,
        at: Option<Position>,
    ) -> Built<Vec<(String, String, Position)>> {
        let mut found = Vec::new();
        for lookup in wanted.lookups() {
            match (lookup, at) {
                (Lookup::Entry(kind, key), _) => {
                    let position = self.position(room, kind, key, at)?;
                    found.extend(position.map(|position| (kind.to_owned(), key.to_owned(), position)));
                }
                (Lookup::Kind(kind), None) => {
                    let entries = self.reader.current_state_of(room, kind)?;
                    found.extend(entries.into_iter().map(|(key, position)| (kind.to_owned(), key, position)));
                }
                (Lookup::Kind(kind), Some(at)) => {
                    let entries = self.reader.state_at(room, at, kind == MEMBER)?;
                    found.extend(entries.into_iter().filter(|(found, _, _)| found == kind));
                }
                (Lookup::Everything { members }, None) => {
                    found.extend(self.reader.current_state(room, members)?);
                }
                (Lookup::Everything { members }, Some(at)) => {
                    found.extend(self.reader.state_at(room, at, members)?);
                }
            }
        }
        found.retain(|(kind, key, _)| wanted.matches(kind, key));
        Ok(found)
    }

    /// The events of the state to tell.
    pub(super) fn state_json(&self, news: &StateNews) -> Built<Vec<RawJson>> {
        let events = self.view.events_at(news.positions.iter().copied())?;
        let mut json = events
            .iter()
            .map(|event| self.view.sync_event(event, Detail::Plain))
            .collect::<Built<Vec<_>>>()?;
        for (kind, key) in &news.removed {
            let stub = serde_json::value::to_raw_value(&json!({ "type": kind, "state_key": key }));
            json.extend(stub);
        }
        Ok(json)
    }
}

/// Whether the client misses events between what it had and what it gets now.
pub(super) fn gap(progress: Progress<'_>, timeline: &Timeline) -> bool {
    timeline.limited && timeline.start > progress.after
}
