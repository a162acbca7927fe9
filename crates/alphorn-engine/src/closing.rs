//! What administrators of the server do in rooms: closing them, and giving them an administrator of their own. Members
//! of a closed room leave it in their own names, after the answer; the store knows which rooms are not empty yet, so
//! that a stop or a crash in between loses nothing.

use std::{collections::HashSet, sync::Arc, time::Duration};

use alphorn_domain::{Decision, Member, MemberDetails, MembershipChange, NewEvent, RoomState, UserPower};
use alphorn_model::{
    ErrorCode, Fact, OwnedRoomId, OwnedUserId, Refusal, UserId,
    fact::{Act, RoomFact},
};
use alphorn_store::Membership;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use crate::{Engine, RoomWish, Sent, office::entry};

/// Rooms looked at in one round.
const ROOMS_MAX: usize = 10;

/// Members looked at in one round.
const MEMBERS_MAX: usize = 200;

/// The pause before what could not be done is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Members looked at for one who may give power.
const GIVERS_MAX: usize = 50;

/// The level of a room's administrators.
const ADMINISTRATOR: i64 = 100;

impl Engine {
    /// Does something in a room on behalf of an administrator of the server; a refusal stands in the audit log.
    ///
    /// # Errors
    /// The refusal of the room, `M_NOT_FOUND` for an unknown one, or that nothing can be written now.
    pub async fn administer_room(
        &self,
        room: &OwnedRoomId,
        act: Act,
        wish: impl FnOnce(Act) -> RoomWish,
    ) -> Result<Sent, Refusal> {
        match self.in_room(room, wish(act.clone())).await {
            Err(refusal) => Err(self.refused(act, refusal).await),
            sent => sent,
        }
    }

    /// Lets the members of closed rooms leave, until it is dropped. Part of the upkeep.
    pub(crate) async fn empty_closed_rooms(&self) {
        let news = Arc::new(Notify::new());
        let told = Arc::clone(&news);
        self.wake().on_record(move |record| {
            if record.facts.iter().any(|fact| matches!(fact, Fact::Room(RoomFact::ClosureChanged { .. }))) {
                told.notify_one();
            }
        });
        // Rooms that nobody can leave are not tried for ever.
        let mut given_up = HashSet::new();
        loop {
            match self.empty_round(&mut given_up).await {
                Ok(true) => {}
                Ok(false) => news.notified().await,
                Err(error) => {
                    tracing::warn!(%error, "closed rooms are not empty yet");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    /// One round; tells whether there may be more to do.
    async fn empty_round(&self, given_up: &mut HashSet<String>) -> Result<bool, Refusal> {
        let rooms = self.read(|reader| Ok(reader.rooms_to_empty(ROOMS_MAX)?)).await?;
        let mut more = false;
        for row in rooms {
            let Ok(room) = OwnedRoomId::try_from(row.room_id.as_str()) else { continue };
            if given_up.contains(&row.room_id) {
                continue;
            }
            if self.empty_some(&room, row.nid).await? == 0 {
                tracing::warn!(%room, "a closed room cannot be left by its members");
                given_up.insert(row.room_id);
            }
            more = true;
        }
        Ok(more)
    }

    /// Lets some members leave; tells how many did.
    async fn empty_some(&self, room: &OwnedRoomId, nid: i64) -> Result<usize, Refusal> {
        let members = self.read(move |reader| {
            let mut members = Vec::new();
            for standing in [Membership::Join, Membership::Invite, Membership::Knock] {
                members.extend(reader.members_as(nid, standing, MEMBERS_MAX)?);
            }
            Ok(members)
        });
        let mut left = 0;
        for member in members.await? {
            let Ok(user) = OwnedUserId::try_from(member.user) else { continue };
            if user.server_name() != self.server_name() {
                continue;
            }
            // The web client knows it by these words.
            let details = MemberDetails::reason(Some("This room was closed.".to_owned()));
            let leave = RoomWish::Membership(MembershipChange::Leave { user, details });
            match self.in_room(room, leave).await {
                Err(refusal) if refusal.code == ErrorCode::WritesUnavailable => return Err(refusal),
                Err(refusal) => tracing::info!(%room, %refusal, "a member stays in a closed room"),
                Ok(_) => left += 1,
            }
        }
        Ok(left)
    }
}

/// Whether something may still be done in a closed room: getting out of it, and what administrators do.
pub(crate) const fn fits_closed(wish: &RoomWish) -> bool {
    match wish {
        RoomWish::Membership(change) => matches!(
            change,
            MembershipChange::Leave { .. } | MembershipChange::Kick { .. } | MembershipChange::Ban { .. }
        ),
        RoomWish::Event(_) => false,
        RoomWish::Redact { .. }
        | RoomWish::Publish { .. }
        | RoomWish::Close { .. }
        | RoomWish::MakeAdministrator { .. }
        | RoomWish::Expire { .. }
        | RoomWish::Purge { .. }
        | RoomWish::EndPurge => true,
    }
}

/// Closes a room, or opens it again.
pub(crate) fn close(state: &RoomState, closed: bool, remove_members: bool, act: &Act) -> Decision {
    let Some(create) = state.state("m.room.create", "") else {
        return Decision::Refuse(Refusal::not_found("unknown room"));
    };
    let id = create.event_id.clone();
    if state.is_closed() == closed && !(closed && remove_members) {
        return Decision::Existing(id);
    }
    let mut facts = vec![Fact::Room(RoomFact::ClosureChanged { closed, remove_members })];
    if closed {
        // Nobody shall be led to a room that nobody gets into.
        facts.push(Fact::Room(RoomFact::DirectoryVisibility { public: false }));
    }
    facts.push(entry(act.clone()));
    Decision::Accept(facts, id)
}

/// The event that gives a member of a room an administrator's power there, in the name of somebody who may.
pub(crate) fn promotion(state: &RoomState, user: &UserId) -> Result<NewEvent, Decision> {
    let refuse = |words: &str| Decision::Refuse(Refusal::forbidden(words));
    let joined = |user: &UserId| match state.member(user) {
        Member::Unknown => Err(Decision::Missing(vec![user.to_owned()])),
        member => Ok(member.membership() == Some("join")),
    };
    if !joined(user)? {
        return Err(refuse("this person is not in the room"));
    }
    let power = state.power().ok_or_else(|| refuse("the room's power levels cannot be read"))?;
    let needed = power.required_level("m.room.power_levels", true);
    let creators = power.creators.iter().filter(|_| power.creators_are_privileged);
    let mut leveled: Vec<_> = power.users.iter().filter(|(_, level)| **level >= needed).collect();
    leveled.sort_by_key(|(_, level)| std::cmp::Reverse(**level));
    let givers = creators.chain(leveled.into_iter().map(|(user, _)| user));
    for giver in givers.filter(|giver| giver.server_name() == user.server_name()).take(GIVERS_MAX) {
        if !joined(giver)? {
            continue;
        }
        let highest = power.users.values().copied().max().unwrap_or(0).max(ADMINISTRATOR);
        let level = match power.of_user(giver) {
            UserPower::Infinite => highest,
            UserPower::Level(level) => level,
        };
        if power.of_user(user).reaches(level) {
            let create = state.state("m.room.create", "").map(|create| create.event_id.clone());
            return Err(create.map_or_else(|| refuse("unknown room"), Decision::Existing));
        }
        let content =
            levels_with(state, user, level).ok_or_else(|| refuse("the power levels cannot be read"))?;
        return Ok(NewEvent::new(giver.clone(), "m.room.power_levels", Some(String::new()), content));
    }
    Err(refuse("nobody of this server who is in the room may give this right"))
}

/// The room's power levels with one more user.
fn levels_with(state: &RoomState, user: &UserId, level: i64) -> Option<alphorn_model::RawJson> {
    let mut content: Map<String, Value> = match state.state("m.room.power_levels", "") {
        Some(event) => serde_json::from_str(event.content.get()).ok()?,
        None => Map::new(),
    };
    let users = content.entry("users").or_insert_with(|| Value::Object(Map::new()));
    users.as_object_mut()?.insert(user.to_string(), level.into());
    serde_json::value::to_raw_value(&content).ok()
}
