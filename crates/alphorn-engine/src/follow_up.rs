//! What follows in rooms from a change of an account: showing a new profile, leaving after
//! deactivation. The store keeps what is due, so a stop or a crash in between loses nothing.

use std::{sync::Arc, time::Duration};

use alphorn_domain::{MemberDetails, MembershipChange};
use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedRoomId, OwnedUserId, Position, Refusal, RoomId, UserId,
    fact::{AccountFact, FollowUp},
};
use alphorn_store::Membership;
use tokio::sync::Notify;

use crate::{Engine, RoomWish};

/// Changes looked at in one round.
const ROUND_MAX: usize = 50;

/// The pause before what could not be done is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

impl Engine {
    /// Does in rooms what follows from changes of accounts, until it is dropped. Part of the upkeep.
    pub(crate) async fn follow_up(&self) {
        let news = Arc::new(Notify::new());
        let told = Arc::clone(&news);
        self.wake().on_record(move |record| {
            if record.facts.iter().any(asks_for_more) {
                told.notify_one();
            }
        });
        loop {
            match self.follow_up_round().await {
                Ok(true) => {}
                Ok(false) => news.notified().await,
                Err(error) => {
                    tracing::warn!(%error, "rooms are not told of a change yet");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    /// One round; tells whether there may be more to do.
    async fn follow_up_round(&self) -> Result<bool, Refusal> {
        let due = self.read(|reader| Ok(reader.follow_ups(ROUND_MAX)?)).await?;
        for (name, what, upto) in &due {
            // Every account has the name of a user; whatever else it is, it is not tried for ever.
            if let Ok(user) = UserId::parse(name) {
                match what {
                    FollowUp::ShowProfile => self.show_profile(&user).await?,
                    FollowUp::LeaveRooms => self.leave_rooms(&user).await?,
                }
            }
            self.followed_up(name, *what, *upto).await?;
        }
        Ok(!due.is_empty())
    }

    async fn followed_up(&self, user: &str, what: FollowUp, upto: Position) -> Result<(), Refusal> {
        let fact = Fact::Account(AccountFact::FollowedUp { what, upto });
        self.note(Aggregate::User(user.to_owned()), vec![fact]).await?;
        Ok(())
    }

    /// Sends the user's profile to all rooms the user is in. Rooms that show it already stay as they are.
    async fn show_profile(&self, user: &OwnedUserId) -> Result<(), Refusal> {
        let name = user.to_string();
        let (displayname, avatar_url, rooms) = self
            .read(move |reader| {
                let text = |key: &str| -> Result<Option<String>, crate::ReadError> {
                    let value = reader.profile_field(&name, key)?;
                    Ok(value.and_then(|value| serde_json::from_str(value.get()).ok()))
                };
                let rooms = reader.room_ids_of(&name, Membership::Join)?;
                Ok((text("displayname")?, text("avatar_url")?, rooms))
            })
            .await?;
        for room in room_ids(rooms) {
            let change = MembershipChange::ShowProfile {
                user: user.clone(),
                displayname: displayname.clone(),
                avatar_url: avatar_url.clone(),
            };
            self.try_in_room(&room, change).await?;
        }
        Ok(())
    }

    /// Leaves every room, and declines invites and knocks.
    async fn leave_rooms(&self, user: &OwnedUserId) -> Result<(), Refusal> {
        for membership in [Membership::Join, Membership::Invite, Membership::Knock] {
            let name = user.to_string();
            let rooms = self.read(move |reader| Ok(reader.room_ids_of(&name, membership)?)).await?;
            for room in room_ids(rooms) {
                let change =
                    MembershipChange::Leave { user: user.clone(), details: MemberDetails::default() };
                self.try_in_room(&room, change).await?;
            }
        }
        Ok(())
    }

    /// A room that refuses is left as it is; only a server that cannot write is waited for.
    async fn try_in_room(&self, room: &OwnedRoomId, change: MembershipChange) -> Result<(), Refusal> {
        match self.in_room(room, RoomWish::Membership(change)).await {
            Err(refusal) if refusal.code == ErrorCode::WritesUnavailable => Err(refusal),
            Err(refusal) => {
                tracing::info!(%room, %refusal, "a room refuses what follows from a change of an account");
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }
}

fn asks_for_more(fact: &Fact) -> bool {
    matches!(fact, Fact::Account(AccountFact::Deactivated { .. } | AccountFact::ProfileChanged { .. }))
}

fn room_ids(rooms: Vec<String>) -> impl Iterator<Item = OwnedRoomId> {
    rooms.into_iter().filter_map(|room| RoomId::parse(room).ok())
}
