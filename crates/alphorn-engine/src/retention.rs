//! What rooms do not keep is taken out of every store: messages that are older than a room keeps them (MSC1763), and
//! everything in a room that an administrator purges. One node at a time looks for it, and says so on the log in
//! bounded steps. Readers do not wait for that: what is too old is not shown from that moment on.

mod trusted;

use std::{sync::Arc, time::Duration};

use alphorn_domain::{Decision, RoomState};
use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedRoomId, Position, Refusal, TimestampMs,
    fact::{Act, DirectoryFact, MediaFact, RoomFact},
};
use alphorn_store::{AgingRoom, Lifetimes, Purge, Reader, RoomRow};
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::{Engine, ReadError, RoomWish, office::entry, view::EventHead};
pub use trusted::OtherClocks;
use trusted::TrustedTime;

/// How often it is looked for what is too old; the pause is longer where looking takes long, so that it never takes more
/// than a hundredth of the time.
const EVERY: Duration = Duration::from_secs(5);
const PAUSE_SHARE: u32 = 100;

/// Rooms looked at in one read.
const ROOMS_MAX: usize = 200;

/// Events that expire in one step.
const EVENTS_MAX: usize = 200;

/// Steps in one room until it is another's turn.
const STEPS_MAX: usize = 20;

/// What is too old is taken out a little later, many messages at once: after a twentieth of their life, and no later
/// than this.
const LATER_MS_MAX: TimestampMs = 10 * 60_000;
const LATER_SHARE: TimestampMs = 20;

/// Deletes the bytes of a file by its key in the object store.
pub type ForgetBytes = Arc<dyn Fn(String) -> BoxFuture<'static, ()> + Send + Sync>;

/// A room from which something is to go.
struct Due {
    nid: i64,
    room: OwnedRoomId,
    /// What is from this time or before.
    time: TimestampMs,
    /// All of it, with the room's state.
    purge: bool,
}

impl Due {
    /// Nothing, where it is not time yet.
    fn aged(room: &AgingRoom, lifetimes: &Lifetimes, now: TimestampMs) -> Option<Self> {
        let lifetime = lifetimes.effective(room.lifetime)?;
        let later = (lifetime / LATER_SHARE).min(LATER_MS_MAX);
        let due = room.oldest?.saturating_add(lifetime).saturating_add(later) <= now;
        Self::of(room, now.checked_sub(lifetime)?, false).filter(|_| due)
    }

    fn of(room: &AgingRoom, time: TimestampMs, purge: bool) -> Option<Self> {
        // Every room has the id of one.
        Some(Self { nid: room.nid, room: room.room_id.as_str().try_into().ok()?, time, purge })
    }
}

impl Engine {
    /// Takes out what rooms do not keep, until it is dropped. In a cluster one node at a time does it, by a time that
    /// the others' clocks have reached.
    pub async fn keep_retention(self, forget: ForgetBytes, others: OtherClocks) {
        let mut trusted: Option<TrustedTime> = None;
        loop {
            let began = Instant::now();
            let more = self.retention_round(&forget, &mut trusted, &others).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "what rooms do not keep is still there");
                false
            });
            if !more {
                tokio::time::sleep(EVERY.max(began.elapsed() * PAUSE_SHARE)).await;
            }
        }
    }

    /// When the last record was written: a time that has passed, as far as this server knows.
    async fn last_time(&self) -> Result<TimestampMs, Refusal> {
        let last = self.read(|reader| Ok(reader.record(reader.applied()?)?)).await?;
        Ok(last.map_or_else(|| self.now_ms(), |record| record.time))
    }

    /// Looks at all rooms that may have something; tells whether there is more to do at once.
    async fn retention_round(
        &self,
        forget: &ForgetBytes,
        trusted: &mut Option<TrustedTime>,
        others: &OtherClocks,
    ) -> Result<bool, Refusal> {
        let trusted = match trusted {
            Some(trusted) => trusted,
            None => trusted.insert(TrustedTime::from(self.last_time().await?, Instant::now())),
        };
        let now = trusted.now(self.now_ms(), Instant::now(), others());
        let mut more = false;
        let purged = self.read(|reader| Ok(reader.rooms_to_purge(ROOMS_MAX)?)).await?;
        for due in purged.iter().filter_map(|room| Due::of(room, TimestampMs::MAX >> 1, true)) {
            more |= self.try_take_out(&due, forget).await?;
        }
        let lifetimes = self.read(|reader| Ok(reader.lifetimes()?)).await?;
        let mut after = 0;
        loop {
            let rooms = self.read(move |reader| Ok(reader.rooms_aging(after, ROOMS_MAX)?)).await?;
            more |= self.take_out_of_all(&rooms, &lifetimes, now, forget).await?;
            match rooms.last() {
                Some(last) if rooms.len() == ROOMS_MAX => after = last.nid,
                _ => break,
            }
        }
        let Some(default) = lifetimes.default else { return Ok(more) };
        let (time, mut after) = (now.saturating_sub(default), (0, 0));
        loop {
            let rooms = self.read(move |reader| Ok(reader.rooms_older(time, after, ROOMS_MAX)?)).await?;
            more |= self.take_out_of_all(&rooms, &lifetimes, now, forget).await?;
            match rooms.last() {
                Some(last) if rooms.len() == ROOMS_MAX => after = (last.oldest.unwrap_or(0), last.nid),
                _ => return Ok(more),
            }
        }
    }

    async fn take_out_of_all(
        &self,
        rooms: &[AgingRoom],
        lifetimes: &Lifetimes,
        now: TimestampMs,
        forget: &ForgetBytes,
    ) -> Result<bool, Refusal> {
        let mut more = false;
        for due in rooms.iter().filter_map(|room| Due::aged(room, lifetimes, now)) {
            more |= self.try_take_out(&due, forget).await?;
        }
        Ok(more)
    }

    /// A room that refuses is left as it is; only a server that cannot write is waited for.
    async fn try_take_out(&self, due: &Due, forget: &ForgetBytes) -> Result<bool, Refusal> {
        match self.take_out(due, forget).await {
            Err(refusal) if !matches!(refusal.code, ErrorCode::WritesUnavailable | ErrorCode::NodeBehind) => {
                tracing::info!(room = %due.room, %refusal, "what a room does not keep cannot be taken out");
                Ok(false)
            }
            done => done,
        }
    }

    /// Takes some of what is due out of a room; tells whether there is more.
    async fn take_out(&self, due: &Due, forget: &ForgetBytes) -> Result<bool, Refusal> {
        let (nid, time, purge) = (due.nid, due.time, due.purge);
        for _ in 0..STEPS_MAX {
            let upto = self.read(move |reader| Ok(reader.expired_upto(nid, time, EVENTS_MAX)?)).await?;
            let Some(upto) = upto else {
                if purge {
                    self.end_purge(due).await?;
                }
                return Ok(false);
            };
            // First the files: who is stopped here finds them by the same events again.
            self.forget_files(due, upto, forget).await?;
            self.in_room(&due.room, RoomWish::Expire { upto, state: purge }).await?;
        }
        Ok(true)
    }

    /// Removes the files that only events which expire now refer to, and that those who sent these uploaded.
    async fn forget_files(&self, due: &Due, upto: Position, forget: &ForgetBytes) -> Result<(), Refusal> {
        let (nid, purge, server) = (due.nid, due.purge, self.server_name().to_string());
        let files = self.read(move |reader| {
            let mut files = Vec::new();
            for (media, position) in reader.media_expiring(nid, upto, purge)? {
                if let Some(id) = media.strip_prefix(&format!("{server}/"))
                    && let Some(sender) = sender_at(reader, position)?
                {
                    files.push((id.to_owned(), sender));
                }
            }
            Ok(files)
        });
        for (id, sender) in files.await? {
            let server = self.server_name().to_string();
            let wanted = id.clone();
            let gone = self.decide(Aggregate::Media(id.clone()), move |reader| {
                let medium = reader.medium(&wanted)?.filter(|medium| medium.user == sender);
                let name = format!("{server}/{wanted}");
                let Some(medium) = medium.filter(|medium| medium.object.is_some()) else {
                    return Ok((Vec::new(), None));
                };
                if reader.media_stays(&name, nid, upto, purge)? || is_face(reader, &sender, &name)? {
                    return Ok((Vec::new(), None));
                }
                Ok((vec![Fact::Media(MediaFact::Removed {})], medium.object))
            });
            if let Some(object) = gone.await? {
                forget(object).await;
            }
        }
        Ok(())
    }

    /// Ends a purge when everybody has left, and gives the room's names free.
    async fn end_purge(&self, due: &Due) -> Result<(), Refusal> {
        let (nid, name) = (due.nid, due.room.to_string());
        let found = self.read(move |reader| Ok((reader.room_by_nid(nid)?, reader.aliases_of(&name)?)));
        let (row, aliases) = found.await?;
        if row.is_none_or(|row| row.joined + row.invited > 0) {
            return Ok(());
        }
        for alias in aliases {
            let Ok(alias) = alphorn_model::OwnedRoomAliasId::try_from(alias) else { continue };
            let room = due.room.to_string();
            self.decide(Aggregate::Alias(alias.to_string()), move |reader| {
                let ours = reader.alias(alias.as_str())?.is_some_and(|(of, _)| of == room);
                let gone = Fact::Directory(DirectoryFact::AliasRemoved { alias: alias.clone() });
                Ok((ours.then_some(gone).into_iter().collect(), ()))
            })
            .await?;
        }
        self.in_room(&due.room, RoomWish::EndPurge).await?;
        tracing::info!(room = %due.room, "a room was purged");
        Ok(())
    }
}

/// Who sent the event at a position.
fn sender_at(reader: &Reader<'_>, position: Position) -> Result<Option<String>, ReadError> {
    let Some(event) = reader.event_of_graph_at(position)? else { return Ok(None) };
    Ok(Some(EventHead::of(&event)?.sender.into_owned()))
}

/// Whether a file is the face of whoever uploaded it.
fn is_face(reader: &Reader<'_>, user: &str, name: &str) -> Result<bool, ReadError> {
    let face = reader.profile_field(user, "avatar_url")?;
    let face: Option<String> = face.and_then(|face| serde_json::from_str(face.get()).ok());
    Ok(face.is_some_and(|face| face.strip_prefix("mxc://") == Some(name)))
}

/// A decision about what is kept of a room: facts, with the creation event for an answer.
fn decided(state: &RoomState, facts: Vec<Fact>) -> Decision {
    match state.state("m.room.create", "") {
        None => Decision::Refuse(Refusal::not_found("unknown room")),
        Some(create) if facts.is_empty() => Decision::Existing(create.event_id.clone()),
        Some(create) => Decision::Accept(facts, create.event_id.clone()),
    }
}

/// Events of a room expire, unless they did already.
pub(crate) fn expire(state: &RoomState, row: &RoomRow, upto: Position, whole: bool) -> Decision {
    let fact = Fact::Room(RoomFact::Expired { upto, state: whole });
    decided(state, (upto > row.expired).then_some(fact).into_iter().collect())
}

/// A room is closed for good, and everything in it goes.
pub(crate) fn purge(state: &RoomState, row: &RoomRow, act: &Act) -> Decision {
    if row.purge != Purge::None {
        return decided(state, Vec::new());
    }
    let facts = vec![
        Fact::Room(RoomFact::ClosureChanged { closed: true, remove_members: true }),
        Fact::Room(RoomFact::DirectoryVisibility { public: false }),
        Fact::Room(RoomFact::PurgeBegan {}),
        entry(act.clone()),
    ];
    decided(state, facts)
}

/// Nothing is left of what was in a room.
pub(crate) fn end_purge(state: &RoomState, row: &RoomRow) -> Decision {
    let ends = row.purge == Purge::UnderWay;
    decided(state, ends.then_some(Fact::Room(RoomFact::PurgeEnded {})).into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: TimestampMs = 24 * 3_600_000;

    fn room(lifetime: Option<TimestampMs>) -> AgingRoom {
        let room_id = "!room:here.test".to_owned();
        AgingRoom { nid: 1, room_id, lifetime, oldest: Some(100 * DAY) }
    }

    #[test]
    fn what_is_too_old_goes_a_little_later_and_many_at_once() {
        let lifetimes = Lifetimes::default();
        let aged = |lifetime, now| Due::aged(&room(Some(lifetime)), &lifetimes, now).map(|due| due.time);
        assert_eq!(aged(DAY, 101 * DAY), None);
        assert_eq!(aged(DAY, 101 * DAY + LATER_MS_MAX), Some(100 * DAY + LATER_MS_MAX));
        assert_eq!(aged(20_000, 100 * DAY + 20_999), None);
        assert_eq!(aged(20_000, 100 * DAY + 21_000), Some(100 * DAY + 1_000));
        assert_eq!(aged(200 * DAY, 200 * DAY), None);
    }

    #[test]
    fn the_server_says_what_rooms_can_say() {
        let limits = Lifetimes { default: Some(7), min: Some(5), max: Some(9) };
        let cases = [(None, Some(7)), (Some(1), Some(5)), (Some(6), Some(6)), (Some(100), Some(9))];
        for (own, effective) in cases {
            assert_eq!(limits.effective(own), effective, "{own:?}");
        }
        assert_eq!(Lifetimes::default().effective(None), None);
        assert_eq!(Lifetimes::default().effective(Some(3)), Some(3));
        assert!(Due::aged(&room(None), &Lifetimes::default(), 10_000 * DAY).is_none());
    }
}
