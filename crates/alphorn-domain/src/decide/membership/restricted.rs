//! Joins of restricted rooms: who of this server vouches for them.
//! Specification: room version 8, "Authorization rules"; Client-Server API, "Restricted rooms".

use std::collections::BTreeSet;

use alphorn_model::{ErrorCode, OwnedUserId, Refusal, ServerName, UserId};

use super::super::{Context, Step, authorise};
use crate::{Pdu, Power, RoomState, UserPower};

/// The field of a membership event that names who vouched.
pub(super) const AUTHORISED_VIA: &str = "join_authorised_via_users_server";

/// Most users of whom it is asked whether they can vouch.
const CANDIDATES_MAX: usize = 50;

/// The user who vouches for a join, where the join rules need one.
pub(super) fn authorise(
    state: &RoomState,
    user: &UserId,
    allowed_by_rooms: bool,
    ctx: &Context<'_>,
) -> Step<Option<OwnedUserId>> {
    let is_in = matches!(state.member(user).membership(), Some("join" | "invite"));
    if is_in || !state.is_restricted() {
        return Ok(None);
    }
    if !allowed_by_rooms {
        return Err(Refusal::forbidden("you are in none of the rooms whose members may join this one").into());
    }
    let power = state.power().ok_or_else(Refusal::internal)?;
    let candidates = candidates(state, power, ctx);
    for candidate in &candidates {
        if state.member(candidate).membership() == Some("join") {
            return Ok(Some(candidate.clone()));
        }
    }
    authorise::require(state, candidates.into_iter())?;
    Err(Refusal::new(ErrorCode::UnableToAuthoriseJoin, "nobody of this server who may invite is in the room")
        .into())
}

/// Whether anybody of this server who is joined may vouch for a restricted join, and none is in memory:
/// supplying the membership event of any such user before the decision lets more joins succeed.
#[must_use]
pub fn wants_voucher(state: &RoomState, server_name: &ServerName) -> bool {
    let everyone = state.power().is_some_and(|power| power.users_default >= power.invite);
    let joined =
        |user: &UserId, event: &Pdu| user.server_name() == server_name && event.membership() == Some("join");
    state.is_restricted() && everyone && !state.loaded_members().any(|(user, event)| joined(user, event))
}

/// Users of this server who could vouch if they are joined: the most powerful first. Users without a
/// level of their own come from the memberships and senders of state that are in memory.
fn candidates(state: &RoomState, power: &Power, ctx: &Context<'_>) -> Vec<OwnedUserId> {
    let named = power.creators.iter().chain(power.users.keys());
    let senders = state.state_events().map(|event| &event.sender);
    let loaded = state.loaded_members().filter(|(_, event)| event.membership() == Some("join"));
    let able: BTreeSet<(std::cmp::Reverse<UserPower>, &OwnedUserId)> = named
        .chain(senders)
        .chain(loaded.map(|(user, _)| user))
        .filter(|user| user.server_name() == &**ctx.signer.server_name())
        .map(|user| (std::cmp::Reverse(power.of_user(user)), user))
        .filter(|(level, _)| level.0.reaches(power.invite))
        .collect();
    able.into_iter().take(CANDIDATES_MAX).map(|(_, user)| user.clone()).collect()
}
