//! Rooms: one task for each active room. It takes all wishes that wait, decides them one after
//! another against memory, and appends what they give as one record. So a busy room is limited by
//! decisions, not by one disk flush a message.

mod task;

use std::num::NonZeroUsize;

use alphorn_domain::{MembershipChange, NewEvent, NewRoom, decide_creation};
use alphorn_log::Outcome;
use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedEventId, OwnedRoomId, OwnedUserId, Position, Refusal,
    fact::{Act, DirectoryFact, Transaction},
};
use lru::LruCache;
use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use crate::{Engine, ReadError, refuse};

/// Rooms held in memory at most.
const ROOMS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3_999);

/// Wishes that may wait for a room.
const QUEUE_MAX: usize = 1_024;

/// What somebody wants of a room.
#[derive(Debug, Clone)]
pub enum RoomWish {
    /// Send an event. (A membership event is decided like a change of membership.)
    Event(NewEvent),
    /// Change a membership.
    Membership(MembershipChange),
    /// Redact an event.
    Redact {
        /// Who redacts.
        sender: OwnedUserId,
        /// What.
        target: OwnedEventId,
        /// Why.
        reason: Option<String>,
        /// Further fields of the content.
        further: Map<String, Value>,
        /// The client's transaction.
        transaction: Option<Transaction>,
    },
    /// List the room in the directory, or take it off.
    Publish {
        /// Who wants it; absent: an administrator, who needs no right in the room.
        by: Option<OwnedUserId>,
        /// Listed or not.
        public: bool,
    },
    /// Close the room, or open it again: an administrator of the server does.
    Close {
        /// Closed or not.
        closed: bool,
        /// Whether those who are in it leave.
        remove_members: bool,
        /// The entry in the audit log.
        act: Act,
    },
    /// Make a member an administrator of the room, in the name of somebody who may.
    MakeAdministrator {
        /// The member.
        user: OwnedUserId,
        /// The entry in the audit log.
        act: Act,
    },
    /// Let the contents of events expire.
    Expire {
        /// Up to here.
        upto: Position,
        /// Those of state, too.
        state: bool,
    },
    /// Close the room for good and have everything in it removed: an administrator of the server does.
    Purge {
        /// The entry in the audit log.
        act: Act,
    },
    /// Say that everything in the room was removed.
    EndPurge,
}

impl RoomWish {
    /// The client's transaction, and what tells it from others of the same id: the same request has the same
    /// path. Specification: Client-Server API, "Transaction identifiers".
    fn transaction(&self) -> Option<(&Transaction, &str)> {
        match self {
            Self::Event(event) => Some((event.transaction.as_ref()?, &event.kind)),
            Self::Redact { transaction, target, .. } => Some((transaction.as_ref()?, target.as_str())),
            Self::Membership(_)
            | Self::Publish { .. }
            | Self::Close { .. }
            | Self::MakeAdministrator { .. }
            | Self::Expire { .. }
            | Self::Purge { .. }
            | Self::EndPurge => None,
        }
    }
}

/// What came of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The event; for a wish that makes none, the room's creation event.
    pub event_id: OwnedEventId,
    /// Everything up to here is durable and readable: at or after the event.
    pub position: Position,
}

pub(crate) type Answer = oneshot::Sender<Result<Sent, Refusal>>;

pub(crate) struct Request {
    pub(crate) wish: RoomWish,
    pub(crate) answer: Answer,
}

/// The active rooms.
pub(crate) struct Rooms(Mutex<LruCache<OwnedRoomId, mpsc::Sender<Request>>>);

impl Rooms {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(LruCache::new(ROOMS_MAX)))
    }

    fn forget(&self, room: &OwnedRoomId, queue: &mpsc::Sender<Request>) {
        let mut rooms = self.0.lock();
        if rooms.peek(room).is_some_and(|held| held.same_channel(queue)) {
            rooms.pop(room);
        }
    }
}

impl Engine {
    /// Does something in a room; answers when it is durable and readable.
    ///
    /// # Errors
    /// The refusal of the room's rules, `M_NOT_FOUND` for an unknown room, or that nothing can be
    /// written now.
    pub async fn in_room(&self, room: &OwnedRoomId, wish: RoomWish) -> Result<Sent, Refusal> {
        let (answer, outcome) = oneshot::channel();
        let mut request = Request { wish, answer };
        for _ in 0..3 {
            let queue = self.room_queue(room);
            match queue.send(request).await {
                Ok(()) => {
                    return outcome.await.unwrap_or_else(|_| {
                        Err(Refusal::writes_unavailable(
                            "the room's task ended; whether this was stored is not known",
                        ))
                    });
                }
                // The task went to rest between the look and the send: another one takes its place.
                Err(mpsc::error::SendError(returned)) => {
                    self.0.rooms.forget(room, &queue);
                    request = returned;
                }
            }
        }
        Err(Refusal::writes_unavailable("the room's task does not start"))
    }

    fn room_queue(&self, room: &OwnedRoomId) -> mpsc::Sender<Request> {
        let mut rooms = self.0.rooms.0.lock();
        if let Some(queue) = rooms.get(room)
            && !queue.is_closed()
        {
            return queue.clone();
        }
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        rooms.put(room.clone(), queue.clone());
        drop(rooms);
        tokio::spawn(task::run(self.clone(), room.clone(), waiting));
        queue
    }

    /// Creates a room, and its alias if it is to have one; gives its id.
    /// Specification: Client-Server API, "Creation".
    ///
    /// # Errors
    /// The refusal of the rules, `M_ROOM_IN_USE` for a taken alias, or that nothing can be written now.
    pub async fn create_room(&self, room: NewRoom) -> Result<OwnedRoomId, Refusal> {
        let (alias, creator) = (room.alias.clone(), room.creator.clone());
        let (room_id, facts) = decide_creation(room, &self.context())?;
        if facts.len() >= alphorn_model::position::FACTS_PER_RECORD_MAX {
            return Err(Refusal::new(ErrorCode::TooLarge, "too many events at once for a new room"));
        }
        if let Some(alias) = &alias {
            self.take_alias(alias.clone(), room_id.clone(), creator).await?;
        }
        let outcome = self.append(self.record(Aggregate::Room(room_id.to_string()), Some(0), facts)).await;
        if matches!(outcome, Outcome::Committed(_)) {
            return Ok(room_id);
        }
        if let (Some(alias), Outcome::NotCommitted(_) | Outcome::Conflict) = (alias, &outcome) {
            let gone = Fact::Directory(DirectoryFact::AliasRemoved { alias: alias.clone() });
            // If this fails too, the alias points to no room, and may be taken again.
            if let Err(error) = self.note(Aggregate::Alias(alias.to_string()), vec![gone]).await {
                tracing::warn!(%error, "an alias stays without its room");
            }
        }
        Err(refuse(&outcome))
    }

    /// Points an alias to a room, if it points to none yet.
    ///
    /// # Errors
    /// `M_ROOM_IN_USE`, or that nothing can be written now.
    pub async fn take_alias(
        &self,
        alias: alphorn_model::OwnedRoomAliasId,
        room: OwnedRoomId,
        creator: OwnedUserId,
    ) -> Result<(), Refusal> {
        self.decide(Aggregate::Alias(alias.to_string()), move |reader| {
            if let Some((taken_by, _)) = reader.alias(alias.as_str())?
                && reader.room(&taken_by)?.is_some()
            {
                let refusal = Refusal::new(ErrorCode::RoomInUse, "this alias is taken").with_status(409);
                return Err(ReadError::Refused(refusal));
            }
            let fact = DirectoryFact::AliasSet {
                alias: alias.clone(),
                room: room.clone(),
                creator: creator.clone(),
            };
            Ok((vec![Fact::Directory(fact)], ()))
        })
        .await
    }
}
