//! Lists of rooms: which rooms a user has, newest activity first, what filters leave of them, and which
//! of these are in a window. MSC4186, "Lists", "Subscriptions", "Combining room configs".

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroUsize,
    sync::Arc,
};

use alphorn_http::{
    engine::view::EventHead,
    model::Position,
    store::{ListedRoom, Membership, Reader},
};
use lru::LruCache;
use parking_lot::Mutex;
use serde::Deserialize;

use super::{
    Built,
    answer::Builder,
    request::{Filters, RoomConfig},
    required_state::RequiredState,
};

/// Types of rooms held in memory.
const TYPES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(19_999);

/// The types of rooms: a room's type never changes.
pub(super) struct RoomTypes(Mutex<LruCache<i64, Option<Arc<str>>>>);

impl Default for RoomTypes {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(TYPES)))
    }
}

impl RoomTypes {
    /// A room's type: `type` in the content of its `m.room.create`.
    fn of(&self, reader: &Reader<'_>, room: i64) -> Built<Option<Arc<str>>> {
        #[derive(Deserialize)]
        struct Content {
            r#type: Option<String>,
        }
        if let Some(kind) = self.0.lock().get(&room) {
            return Ok(kind.clone());
        }
        let Some(create) = reader.state_event(room, "m.room.create", "")? else { return Ok(None) };
        let content: Option<Content> = serde_json::from_str(EventHead::of(&create)?.content.get()).ok();
        let kind: Option<Arc<str>> = content.and_then(|content| content.r#type).map(Into::into);
        self.0.lock().put(room, kind.clone());
        Ok(kind)
    }
}

/// A room that the client wants to be told of.
pub(super) struct Shown {
    pub(super) room: ListedRoom,
    pub(super) config: Arc<RoomConfig>,
    /// Lists whose windows it is in, by their index.
    pub(super) lists: Vec<usize>,
    pub(super) subscribed: bool,
}

/// The outcome of all lists and subscriptions.
pub(super) struct Listing {
    /// Rooms left by each list's filters, in the order of the request's lists.
    pub(super) counts: Vec<usize>,
    /// Newest activity first.
    pub(super) shown: Vec<Shown>,
}

impl Builder<'_> {
    /// Applies the request's lists and subscriptions.
    pub(super) fn list(&self) -> Built<Listing> {
        if !self.wanted.wants_rooms() {
            return Ok(Listing { counts: Vec::new(), shown: Vec::new() });
        }
        let mut rooms = Vec::new();
        for room in self.reader.room_list(self.user())? {
            if !self.ignored.hides_invite(&self.view, room.membership, room.position)? {
                rooms.push(room);
            }
        }
        rooms.sort_by_key(|room| std::cmp::Reverse((activity(room), room.nid)));
        let mut windows: Vec<Vec<usize>> = rooms.iter().map(|_| Vec::new()).collect();
        let listed: Vec<bool> = rooms.iter().map(|room| self.is_listed(room)).collect();
        let mut counts = Vec::new();
        for (index, list) in self.wanted.lists.iter().enumerate() {
            let mut filter = Filter::new(self, &list.filters)?;
            let mut count = 0;
            for ((room, listed), lists) in rooms.iter().zip(&listed).zip(&mut windows) {
                if *listed && filter.takes(room)? {
                    if list.shows(count) {
                        lists.push(index);
                    }
                    count += 1;
                }
            }
            counts.push(count);
        }
        Ok(Listing { counts, shown: self.show(rooms, windows) })
    }

    /// Whether a room belongs to the user's list of rooms.
    fn is_listed(&self, room: &ListedRoom) -> bool {
        match room.membership {
            Membership::Join | Membership::Invite | Membership::Knock => true,
            // Being put out is shown to everybody who was in, having left only where it is news.
            Membership::Leave | Membership::Ban => {
                (room.put_out && !room.forgotten) || self.is_to_be_told_of_leaving(room)
            }
        }
    }

    fn is_to_be_told_of_leaving(&self, room: &ListedRoom) -> bool {
        self.known.upto(room.nid).is_some_and(|upto| room.position > Position::end_of(upto))
    }

    /// Puts together what each room is shown with.
    fn show(&self, rooms: Vec<ListedRoom>, windows: Vec<Vec<usize>>) -> Vec<Shown> {
        let subscriptions: HashMap<&str, usize> = self
            .wanted
            .subscriptions
            .iter()
            .enumerate()
            .map(|(index, (id, _))| (id.as_str(), index))
            .collect();
        let mut configs = Configs { builder: self, made: HashMap::new() };
        let mut shown = Vec::new();
        for (room, lists) in rooms.into_iter().zip(windows) {
            let gone = matches!(room.membership, Membership::Leave | Membership::Ban);
            let may_see = !(gone && room.forgotten) || self.is_to_be_told_of_leaving(&room);
            let subscription = subscriptions.get(room.room_id.as_str()).copied().filter(|_| may_see);
            if lists.is_empty() && subscription.is_none() {
                continue;
            }
            let config = configs.of(&lists, subscription);
            shown.push(Shown { room, config, lists, subscribed: subscription.is_some() });
        }
        shown
    }
}

/// When something happened last in a room that the user may know of.
fn activity(room: &ListedRoom) -> Position {
    if room.membership == Membership::Join { room.head } else { room.position }
}

/// Combined configurations: rooms in the same windows share one.
struct Configs<'a> {
    builder: &'a Builder<'a>,
    made: HashMap<(Vec<usize>, Option<usize>), Arc<RoomConfig>>,
}

impl Configs<'_> {
    fn of(&mut self, lists: &[usize], subscription: Option<usize>) -> Arc<RoomConfig> {
        let key = (lists.to_vec(), subscription);
        if let Some(config) = self.made.get(&key) {
            return Arc::clone(config);
        }
        let wanted = self.builder.wanted;
        let lists = lists.iter().filter_map(|index| wanted.lists.get(*index)).map(|list| &list.config);
        let subscription =
            subscription.and_then(|index| wanted.subscriptions.get(index)).map(|(_, config)| config);
        let (mut timeline_limit, mut state) = (0, RequiredState::default());
        for config in lists.chain(subscription) {
            timeline_limit = timeline_limit.max(config.timeline_limit);
            state.merge(&config.state);
        }
        // One object for equal ones: whether a room's changed is then seen without comparing them.
        let made = self.made.values().map(|config| &config.state);
        let same = self.builder.known.states.iter().chain(made).find(|known| ***known == state).cloned();
        let state = same.unwrap_or_else(|| Arc::new(state));
        let config = Arc::new(RoomConfig { timeline_limit, state });
        self.made.insert(key, Arc::clone(&config));
        config
    }
}

/// A list's filters with what they need to know.
struct Filter<'a> {
    builder: &'a Builder<'a>,
    filters: &'a Filters,
    /// Rooms in the spaces that the filter names.
    in_spaces: Option<HashSet<String>>,
}

impl<'a> Filter<'a> {
    fn new(builder: &'a Builder<'a>, filters: &'a Filters) -> Built<Self> {
        let in_spaces = match &filters.spaces {
            Some(spaces) => Some(builder.rooms_in_spaces(spaces)?),
            None => None,
        };
        Ok(Self { builder, filters, in_spaces })
    }

    fn takes(&mut self, room: &ListedRoom) -> Built<bool> {
        let (builder, filters) = (self.builder, self.filters);
        if filters.is_invite.is_some_and(|wanted| wanted != (room.membership == Membership::Invite)) {
            return Ok(false);
        }
        if self.in_spaces.as_ref().is_some_and(|rooms| !rooms.contains(&room.room_id)) {
            return Ok(false);
        }
        if let Some(wanted) = filters.is_dm
            && builder.is_direct(&room.room_id)? != wanted
        {
            return Ok(false);
        }
        if let Some(wanted) = filters.is_encrypted {
            let encryption = builder.reader.state_position(room.nid, "m.room.encryption", "")?;
            if encryption.is_some() != wanted {
                return Ok(false);
            }
        }
        Ok(self.takes_type(room)? && self.takes_tags(room)?)
    }

    fn takes_type(&self, room: &ListedRoom) -> Built<bool> {
        let (wanted, unwanted) = (&self.filters.room_types, &self.filters.not_room_types);
        if wanted.is_none() && unwanted.is_none() {
            return Ok(true);
        }
        let kind = self.builder.types.of(self.builder.reader, room.nid)?;
        let named = |kinds: &Vec<Option<String>>| kinds.iter().any(|name| name.as_deref() == kind.as_deref());
        Ok(wanted.as_ref().is_none_or(named) && !unwanted.as_ref().is_some_and(named))
    }

    fn takes_tags(&self, room: &ListedRoom) -> Built<bool> {
        #[derive(Default, Deserialize)]
        struct Tags {
            #[serde(default)]
            tags: HashMap<String, serde::de::IgnoredAny>,
        }
        let (wanted, unwanted) = (&self.filters.tags, &self.filters.not_tags);
        if wanted.is_none() && unwanted.is_none() {
            return Ok(true);
        }
        let builder = self.builder;
        let stored = builder.reader.account_datum(builder.user(), &room.room_id, "m.tag")?;
        let tags: Tags =
            stored.and_then(|content| serde_json::from_str(content.get()).ok()).unwrap_or_default();
        let named = |names: &Vec<String>| names.iter().any(|name| tags.tags.contains_key(name));
        Ok(wanted.as_ref().is_none_or(named) && !unwanted.as_ref().is_some_and(named))
    }
}

impl Builder<'_> {
    /// Rooms that are children of one of these spaces, as far as the user is in the spaces.
    fn rooms_in_spaces(&self, spaces: &[String]) -> Built<HashSet<String>> {
        let mut children = HashSet::new();
        for space in spaces {
            let Some(space) = self.reader.room(space)? else { continue };
            let member = self.reader.member(space.nid, self.user())?;
            if member.is_none_or(|member| member.membership != Membership::Join) {
                continue;
            }
            for (child, position) in self.reader.current_state_of(space.nid, "m.space.child")? {
                if !children.contains(&child) && self.is_child(position)? {
                    children.insert(child);
                }
            }
        }
        Ok(children)
    }

    /// Whether a `m.space.child` event makes its room a child: one without `via` takes that back.
    fn is_child(&self, position: Position) -> Built<bool> {
        #[derive(Deserialize)]
        struct Content {
            via: Vec<serde::de::IgnoredAny>,
        }
        let Some(event) = self.reader.event_at(position)? else { return Ok(false) };
        let content = self.view.content(&event)?;
        Ok(serde_json::from_str::<Content>(content.get()).is_ok_and(|content| !content.via.is_empty()))
    }
}
