//! Unread counts: derived from where a user has read to, not written with every message. Counting
//! goes on from the last count, so each message is looked at once for each reader who asks.
//! Specification: Client-Server API, "Push Rules", "Receiving notifications".

mod notified;
mod taste;

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc};

use alphorn_domain::{
    Pdu, RoomState,
    read::{PushContext, PushEvent, PushOutcome},
};
use alphorn_model::{OwnedUserId, Position, RoomId};
use alphorn_store::{Membership, Reader, RoomRow, StoreError, StoredEvent};
use lru::LruCache;
use parking_lot::Mutex;
use serde::Deserialize;

use crate::{
    ReadError,
    view::{Detail, EventHead, View},
};

use taste::{Taste, Version};

pub use notified::Notified;

/// Events looked at for one count at most: beyond that the count says "at least".
const LOOKED_AT_MAX: usize = 3_000;

/// Counts, tastes and prepared events held in memory.
const COUNTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49_999);
const TASTES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_999);
const EVENTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);
const CONTEXTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1_023);

/// How much is unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// Events that notify.
    pub notifications: u64,
    /// Events that highlight (mentions, keywords).
    pub highlights: u64,
}

impl Unread {
    fn add(&mut self, other: Self) {
        self.notifications += other.notifications;
        self.highlights += other.highlights;
    }
}

/// How much is unread in a room: in the main timeline and in threads (by root).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomUnread {
    /// Outside threads.
    pub main: Unread,
    /// In threads.
    pub threads: BTreeMap<String, Unread>,
}

impl RoomUnread {
    /// Both together, for clients that know no threads.
    #[must_use]
    pub fn total(&self) -> Unread {
        let mut sum = self.main;
        self.threads.values().for_each(|unread| sum.add(*unread));
        sum
    }

    fn add(&mut self, thread: Option<&str>, unread: Unread) {
        match thread {
            _ if unread == Unread::default() => {}
            Some(root) => self.threads.entry(root.to_owned()).or_default().add(unread),
            None => self.main.add(unread),
        }
    }

    /// Forgets what was counted where the user wrote since.
    fn forget(&mut self, before: &ReadTo, now: &ReadTo) {
        if now.main > before.main {
            self.main = Unread::default();
        }
        self.threads.retain(|root, _| now.threads.get(root) <= before.threads.get(root));
    }
}

/// Up to where a user has read a room.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct ReadTo {
    everywhere: Position,
    main: Position,
    threads: BTreeMap<String, Position>,
}

struct Counted {
    read_to: ReadTo,
    taste: Version,
    upto: Position,
    /// What had expired: that is not unread any more.
    expired: Position,
    /// The newest messages of the user's own that were passed: who writes has read.
    wrote: ReadTo,
    unread: RoomUnread,
}

/// A room's context as of its power levels and number of members.
type RoomContext = (Position, u64, Arc<PushContext>);

/// What is remembered between counts; all of it can be made anew.
pub struct UnreadCounts {
    counts: Mutex<LruCache<(String, i64), Counted>>,
    tastes: Mutex<LruCache<String, Arc<Taste>>>,
    events: Mutex<LruCache<i64, Arc<Prepared>>>,
    contexts: Mutex<LruCache<i64, RoomContext>>,
}

struct Prepared {
    event: PushEvent,
    sender: String,
    thread: Option<String>,
    silent: bool,
    /// Whoever sent it has read what was said before.
    says: bool,
}

impl Default for UnreadCounts {
    fn default() -> Self {
        Self {
            counts: Mutex::new(LruCache::new(COUNTS)),
            tastes: Mutex::new(LruCache::new(TASTES)),
            events: Mutex::new(LruCache::new(EVENTS)),
            contexts: Mutex::new(LruCache::new(CONTEXTS)),
        }
    }
}

impl UnreadCounts {
    /// Counts what a member has not read of a room, as of `upto`.
    ///
    /// # Errors
    /// When the store fails.
    pub fn count(
        &self,
        reader: &Reader<'_>,
        user: &OwnedUserId,
        room: &RoomRow,
        joined_since: Position,
        upto: Position,
    ) -> Result<RoomUnread, ReadError> {
        self.counted(reader, user, room, joined_since, upto, |counted| counted.unread.clone())
    }

    fn counted<T>(
        &self,
        reader: &Reader<'_>,
        user: &OwnedUserId,
        room: &RoomRow,
        joined_since: Position,
        upto: Position,
        look: impl FnOnce(&Counted) -> T,
    ) -> Result<T, ReadError> {
        let read_to = read_to(reader, user, room.nid, joined_since)?;
        let taste = self.taste(reader, user)?;
        let key = (user.to_string(), room.nid);
        let known = self.counts.lock().pop(&key).filter(|known| {
            known.read_to == read_to
                && known.taste == taste.version
                && known.upto <= upto
                && known.expired == room.expired
        });
        let mut counted = known.unwrap_or_else(|| Counted {
            upto: read_to.lowest(),
            expired: room.expired,
            read_to,
            taste: taste.version,
            wrote: ReadTo::default(),
            unread: RoomUnread::default(),
        });
        if counted.upto < upto {
            self.fold(reader, user, room, &taste, &mut counted, upto)?;
            counted.upto = upto;
        }
        let seen = look(&counted);
        self.counts.lock().put(key, counted);
        Ok(seen)
    }

    /// What a user's push rules say of one event.
    ///
    /// # Errors
    /// When the store fails.
    pub fn outcome(
        &self,
        reader: &Reader<'_>,
        user: &OwnedUserId,
        room: &RoomRow,
        event: &StoredEvent,
    ) -> Result<PushOutcome, ReadError> {
        let taste = self.taste(reader, user)?;
        let prepared = self.prepare(reader, event)?;
        if taste.passes_over(&prepared) {
            return Ok(PushOutcome::default());
        }
        let mut context = PushContext::clone(&*self.context(reader, user, room)?);
        context.turn_to(user, &display_name(reader, room.nid, user)?);
        Ok(taste.outcome(&prepared, &context))
    }

    /// In how many rooms something notifying is unread: what apps show on their icon.
    ///
    /// # Errors
    /// When the store fails.
    pub fn rooms_with_unread(&self, reader: &Reader<'_>, user: &OwnedUserId) -> Result<u64, ReadError> {
        let end = Position::end_of(reader.applied()?);
        let mut rooms = 0;
        for member in reader.rooms_of_as(user.as_str(), Membership::Join)? {
            if let Some(room) = reader.room_by_nid(member.room)? {
                let unread = self.count(reader, user, &room, member.since, end)?;
                rooms += u64::from(unread.total().notifications > 0);
            }
        }
        Ok(rooms)
    }

    fn fold(
        &self,
        reader: &Reader<'_>,
        user: &OwnedUserId,
        room: &RoomRow,
        taste: &Taste,
        counted: &mut Counted,
        upto: Position,
    ) -> Result<(), ReadError> {
        let events = reader.timeline_backwards(room.nid, counted.upto, upto, LOOKED_AT_MAX)?;
        if events.is_empty() {
            return Ok(());
        }
        let mut context = PushContext::clone(&*self.context(reader, user, room)?);
        context.turn_to(user, &display_name(reader, room.nid, user)?);
        let mut fresh = RoomUnread::default();
        let wrote_before = counted.wrote.clone();
        // The newest come first: what was said before a message of the user's own is read already.
        for event in events {
            let prepared = self.prepare(reader, &event)?;
            let thread = prepared.thread.as_deref();
            if taste.is_own(&prepared) && prepared.says {
                counted.wrote.raise(thread, event.position);
            }
            let read = [&counted.read_to, &counted.wrote].iter().any(|to| to.covers(event.position, thread));
            if read || taste.passes_over(&prepared) {
                continue;
            }
            let outcome = taste.outcome(&prepared, &context);
            let unread = Unread {
                notifications: u64::from(outcome.notify),
                highlights: u64::from(outcome.notify && outcome.highlight),
            };
            fresh.add(thread, unread);
        }
        counted.unread.forget(&wrote_before, &counted.wrote);
        fresh.threads.into_iter().for_each(|(root, unread)| counted.unread.add(Some(&root), unread));
        counted.unread.add(None, fresh.main);
        Ok(())
    }

    /// An event made ready for push rules, shared by all who count it.
    fn prepare(&self, reader: &Reader<'_>, event: &StoredEvent) -> Result<Arc<Prepared>, ReadError> {
        let fresh = event.redacted_by.is_none();
        if let Some(prepared) = self.events.lock().get(&event.position.0).filter(|_| fresh) {
            return Ok(Arc::clone(prepared));
        }
        let head = EventHead::of(event)?;
        let view = View::new(reader, "", "", 0);
        let mut text = String::new();
        view.write(&mut text, event, true, Detail::Plain)?;
        let json = serde_json::value::RawValue::from_string(text)
            .map_err(|error| StoreError::Inconsistent(error.to_string()))?;
        let prepared = Arc::new(Prepared {
            event: PushEvent::new(&json),
            sender: head.sender.to_string(),
            thread: thread_of(&head),
            silent: !fresh,
            says: head.state_key.is_none() && !matches!(&*head.kind, "m.reaction" | "m.room.redaction"),
        });
        self.events.lock().put(event.position.0, Arc::clone(&prepared));
        Ok(prepared)
    }

    fn context(
        &self,
        reader: &Reader<'_>,
        user: &OwnedUserId,
        room: &RoomRow,
    ) -> Result<Arc<PushContext>, ReadError> {
        let levels = reader.state_position(room.nid, "m.room.power_levels", "")?.unwrap_or_default();
        if let Some((at, joined, context)) = self.contexts.lock().get(&room.nid)
            && *at == levels
            && *joined == room.joined
        {
            return Ok(Arc::clone(context));
        }
        let broken = |error: String| StoreError::Inconsistent(format!("room {}: {error}", room.room_id));
        let id = RoomId::parse(&room.room_id).map_err(|error| broken(error.to_string()))?;
        let mut state = Vec::new();
        for kind in ["m.room.create", "m.room.power_levels"] {
            if let Some(event) = reader.state_event(room.nid, kind, "")? {
                let pdu = Pdu::parse(event.event_id, id.clone(), &event.pdu, false);
                state.push(Arc::new(pdu.map_err(|error| broken(error.to_string()))?));
            }
        }
        let tip = state.first().map(|create| (create.event_id.clone(), 0));
        let state = RoomState::load(id, &room.version, state, tip.into_iter().collect())
            .map_err(|error| broken(error.to_string()))?;
        let context = Arc::new(PushContext::new(&state, room.joined, user));
        self.contexts.lock().put(room.nid, (levels, room.joined, Arc::clone(&context)));
        Ok(context)
    }
}

impl ReadTo {
    fn lowest(&self) -> Position {
        // Threads may be read further than the main timeline; what is read is passed over again.
        self.everywhere
    }

    /// The user has read up to here in a thread, or (`None`) outside threads.
    fn raise(&mut self, thread: Option<&str>, position: Position) {
        let place = match thread {
            None => &mut self.main,
            Some(root) => self.threads.entry(root.to_owned()).or_default(),
        };
        *place = (*place).max(position);
    }

    fn covers(&self, position: Position, thread: Option<&str>) -> bool {
        let read = match thread {
            None => self.main,
            Some(root) => self.threads.get(root).copied().unwrap_or_default(),
        };
        position <= self.everywhere.max(read)
    }
}

fn read_to(
    reader: &Reader<'_>,
    user: &OwnedUserId,
    room: i64,
    joined_since: Position,
) -> Result<ReadTo, ReadError> {
    let mut read = ReadTo::default();
    for receipt in reader.receipts_of(room, user.as_str())? {
        let place = match receipt.thread.as_str() {
            "" => &mut read.everywhere,
            "main" => &mut read.main,
            root => read.threads.entry(root.to_owned()).or_default(),
        };
        *place = (*place).max(receipt.position);
    }
    // What was before joining is not news.
    read.everywhere = read.everywhere.max(joined_since);
    Ok(read)
}

fn display_name(reader: &Reader<'_>, room: i64, user: &OwnedUserId) -> Result<String, ReadError> {
    #[derive(Deserialize)]
    struct Content {
        displayname: Option<String>,
    }
    let Some(event) = reader.state_event(room, "m.room.member", user.as_str())? else {
        return Ok(String::new());
    };
    let head = EventHead::of(&event)?;
    let content: Option<Content> = serde_json::from_str(head.content.get()).ok();
    Ok(content.and_then(|content| content.displayname).unwrap_or_else(|| user.localpart().to_owned()))
}

fn thread_of(head: &EventHead<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Content {
        #[serde(rename = "m.relates_to")]
        relates_to: Option<Relation>,
    }
    #[derive(Deserialize)]
    struct Relation {
        rel_type: Option<String>,
        event_id: Option<String>,
    }
    let content: Content = serde_json::from_str(head.content.get()).ok()?;
    content.relates_to.filter(|relation| relation.rel_type.as_deref() == Some("m.thread"))?.event_id
}
