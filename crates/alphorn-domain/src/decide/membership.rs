//! Changes of membership. Specification: Client-Server API, "Room membership"; room version 8,
//! restricted rooms; room version 7, knocking.

mod restricted;

pub use self::restricted::wants_voucher;

use alphorn_model::fact::Transaction;
use alphorn_model::{OwnedUserId, Refusal, UserId};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use super::{Context, Decision, NewEvent, Step, authorise, check_room, place, settle};
use crate::RoomState;

/// What a membership event says besides the membership.
#[derive(Debug, Clone, Default)]
pub struct MemberDetails {
    /// The member's display name.
    pub displayname: Option<String>,
    /// The member's avatar.
    pub avatar_url: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Whether the invite is to a direct chat.
    pub is_direct: bool,
    /// Further fields of the content, such as `third_party_invite`.
    pub further: Map<String, Value>,
    /// The client's transaction.
    pub transaction: Option<Transaction>,
    /// The time to give the event, where that is not now (application services).
    pub timestamp_ms: Option<u64>,
}

impl MemberDetails {
    /// Nothing but a reason.
    #[must_use]
    pub fn reason(reason: Option<String>) -> Self {
        Self { reason, ..Self::default() }
    }
}

/// A change of membership that a user here wants.
#[derive(Debug, Clone)]
pub enum MembershipChange {
    /// `user` wants to join, or to change what its membership event says.
    Join {
        /// Who.
        user: OwnedUserId,
        /// What the event says.
        details: MemberDetails,
        /// Whether the user is joined to one of the rooms that a restricted join rule names.
        allowed_by_rooms: bool,
    },
    /// `user`, who is in the room, shows another profile there. Nobody gets in by this.
    ShowProfile {
        /// Who.
        user: OwnedUserId,
        /// The display name.
        displayname: Option<String>,
        /// The avatar.
        avatar_url: Option<String>,
    },
    /// `sender` invites `target`.
    Invite {
        /// Who invites.
        sender: OwnedUserId,
        /// Who is invited.
        target: OwnedUserId,
        /// What the event says; the profile is the target's.
        details: MemberDetails,
    },
    /// `user` leaves, or declines an invite, or takes back a knock.
    Leave {
        /// Who.
        user: OwnedUserId,
        /// What the event says.
        details: MemberDetails,
    },
    /// `sender` removes `target`, or takes back an invite.
    Kick {
        /// Who removes.
        sender: OwnedUserId,
        /// Who is removed.
        target: OwnedUserId,
        /// What the event says.
        details: MemberDetails,
    },
    /// `sender` bans `target`.
    Ban {
        /// Who bans.
        sender: OwnedUserId,
        /// Who is banned.
        target: OwnedUserId,
        /// What the event says.
        details: MemberDetails,
    },
    /// `sender` lifts the ban of `target`.
    Unban {
        /// Who unbans.
        sender: OwnedUserId,
        /// Who is unbanned.
        target: OwnedUserId,
        /// What the event says.
        details: MemberDetails,
    },
    /// `user` asks to be let in.
    Knock {
        /// Who.
        user: OwnedUserId,
        /// What the event says.
        details: MemberDetails,
    },
}

/// Decides a change of membership.
#[must_use]
pub fn decide_membership(state: &RoomState, change: MembershipChange, ctx: &Context<'_>) -> Decision {
    settle(change_membership(state, change, ctx))
}

fn change_membership(state: &RoomState, change: MembershipChange, ctx: &Context<'_>) -> Step<Decision> {
    use MembershipChange as Change;
    check_room(state)?;
    match change {
        Change::Join { user, details, allowed_by_rooms } => join(state, user, details, allowed_by_rooms, ctx),
        Change::ShowProfile { user, displayname, avatar_url } => {
            let details = MemberDetails { displayname, avatar_url, ..MemberDetails::default() };
            show_profile(state, user, details, ctx)
        }
        Change::Leave { user, details } => leave(state, user, details, ctx),
        Change::Knock { user, details } => knock(state, user, details, ctx),
        Change::Invite { sender, target, details } => {
            on_other(state, "invite", sender, target, details, check_invite, ctx)
        }
        Change::Kick { sender, target, details } => {
            on_other(state, "leave", sender, target, details, check_kick, ctx)
        }
        Change::Ban { sender, target, details } => {
            on_other(state, "ban", sender, target, details, |_, _| Ok(()), ctx)
        }
        Change::Unban { sender, target, details } => {
            on_other(state, "leave", sender, target, details, check_unban, ctx)
        }
    }
}

fn join(
    state: &RoomState,
    user: OwnedUserId,
    mut details: MemberDetails,
    allowed_by_rooms: bool,
    ctx: &Context<'_>,
) -> Step<Decision> {
    authorise::require(state, std::iter::once(user.clone()))?;
    if state.member(&user).membership() == Some("ban") {
        return Err(Refusal::forbidden("you are banned from this room").into());
    }
    details.further.remove(restricted::AUTHORISED_VIA);
    if let Some(authoriser) = restricted::authorise(state, &user, allowed_by_rooms, ctx)? {
        details.further.insert(restricted::AUTHORISED_VIA.to_owned(), Value::String(authoriser.to_string()));
    }
    place(state, event("join", user.clone(), user, details)?, ctx)
}

/// What belongs to the moment of joining, and is not said again when the profile changes.
const OF_THE_JOIN: [&str; 7] = [
    "membership",
    "displayname",
    "avatar_url",
    "reason",
    "is_direct",
    "third_party_invite",
    restricted::AUTHORISED_VIA,
];

fn show_profile(
    state: &RoomState,
    user: OwnedUserId,
    mut details: MemberDetails,
    ctx: &Context<'_>,
) -> Step<Decision> {
    authorise::require(state, std::iter::once(user.clone()))?;
    let member = state.member(&user);
    let (Some("join"), Some(shown)) = (member.membership(), member.event()) else {
        return Err(authorise::not_joined(&user).into());
    };
    let content: Map<String, Value> = serde_json::from_str(shown.content.get()).unwrap_or_default();
    let text = |key: &str| content.get(key).and_then(Value::as_str);
    if text("displayname") == details.displayname.as_deref()
        && text("avatar_url") == details.avatar_url.as_deref()
    {
        return Ok(Decision::Existing(shown.event_id.clone()));
    }
    details.further = content;
    details.further.retain(|key, _| !OF_THE_JOIN.contains(&key.as_str()));
    place(state, event("join", user.clone(), user, details)?, ctx)
}

fn leave(state: &RoomState, user: OwnedUserId, details: MemberDetails, ctx: &Context<'_>) -> Step<Decision> {
    authorise::require(state, std::iter::once(user.clone()))?;
    let member = state.member(&user);
    match (member.membership(), member.event()) {
        (Some("join" | "invite" | "knock"), _) => {
            place(state, event("leave", user.clone(), user, details)?, ctx)
        }
        (Some("leave"), Some(left)) if left.sender == user => Ok(Decision::Existing(left.event_id.clone())),
        (Some("ban"), _) => Err(Refusal::forbidden("you are banned from this room").into()),
        _ => Err(authorise::not_joined(&user).into()),
    }
}

fn knock(state: &RoomState, user: OwnedUserId, details: MemberDetails, ctx: &Context<'_>) -> Step<Decision> {
    if !state.rules().authorization.knocking {
        return Err(Refusal::forbidden("rooms of this version do not support knocking").into());
    }
    authorise::require(state, std::iter::once(user.clone()))?;
    match state.member(&user).membership() {
        Some("ban") => return Err(Refusal::forbidden("you are banned from this room").into()),
        Some("join") => return Err(Refusal::forbidden("you are already in this room").into()),
        Some("invite") => return Err(Refusal::forbidden("you are already invited to this room").into()),
        _ => {}
    }
    place(state, event("knock", user.clone(), user, details)?, ctx)
}

type TargetCheck = fn(&UserId, Option<&str>) -> Result<(), Refusal>;

/// What one user does to another's membership.
fn on_other(
    state: &RoomState,
    membership: &str,
    sender: OwnedUserId,
    target: OwnedUserId,
    details: MemberDetails,
    check: TargetCheck,
    ctx: &Context<'_>,
) -> Step<Decision> {
    authorise::require(state, [sender.clone(), target.clone()].into_iter())?;
    // A third-party invite is judged by its signature, whoever invited has left or not.
    let by_token = details.further.contains_key("third_party_invite");
    if !by_token && state.member(&sender).membership() != Some("join") {
        return Err(authorise::not_joined(&sender).into());
    }
    check(&target, state.member(&target).membership())?;
    place(state, event(membership, sender, target, details)?, ctx)
}

fn check_invite(target: &UserId, membership: Option<&str>) -> Result<(), Refusal> {
    match membership {
        Some("join") => Err(Refusal::forbidden(format!("{target} is already in the room"))),
        Some("ban") => Err(Refusal::forbidden(format!("{target} is banned from the room"))),
        _ => Ok(()),
    }
}

fn check_kick(target: &UserId, membership: Option<&str>) -> Result<(), Refusal> {
    match membership {
        Some("join" | "invite" | "knock") => Ok(()),
        _ => Err(Refusal::forbidden(format!("{target} is not in the room"))),
    }
}

fn check_unban(target: &UserId, membership: Option<&str>) -> Result<(), Refusal> {
    match membership {
        Some("ban") => Ok(()),
        _ => Err(Refusal::forbidden(format!("{target} is not banned from the room"))),
    }
}

/// A membership event that was sent as an ordinary state event.
pub(super) fn from_event(state: &RoomState, event: NewEvent, ctx: &Context<'_>) -> Step<Decision> {
    let target = event.state_key.as_deref().and_then(|key| UserId::parse(key).ok());
    let target = target.ok_or_else(|| Refusal::invalid_param("the state key is not a user id"))?;
    let mut further: Map<String, Value> = serde_json::from_str(event.content.get())
        .map_err(|_| Refusal::bad_json("the content is not an object"))?;
    let Some(Value::String(membership)) = further.remove("membership") else {
        return Err(Refusal::bad_json("'membership' must be a string").into());
    };
    let details = MemberDetails {
        further,
        transaction: event.transaction,
        timestamp_ms: event.timestamp_ms,
        ..MemberDetails::default()
    };
    let sender = event.sender;
    let change = match membership.as_str() {
        "join" if sender == target => {
            MembershipChange::Join { user: target, details, allowed_by_rooms: false }
        }
        "join" => return Err(Refusal::forbidden("nobody can join for another user").into()),
        "knock" if sender == target => MembershipChange::Knock { user: target, details },
        "knock" => return Err(Refusal::forbidden("nobody can knock for another user").into()),
        "leave" if sender == target => MembershipChange::Leave { user: target, details },
        "leave" => {
            authorise::require(state, std::iter::once(target.clone()))?;
            match state.member(&target).membership() {
                Some("ban") => MembershipChange::Unban { sender, target, details },
                _ => MembershipChange::Kick { sender, target, details },
            }
        }
        "invite" => MembershipChange::Invite { sender, target, details },
        "ban" => MembershipChange::Ban { sender, target, details },
        other => return Err(Refusal::bad_json(format!("'{other}' is not a membership")).into()),
    };
    change_membership(state, change, ctx)
}

fn event(
    membership: &str,
    sender: OwnedUserId,
    target: OwnedUserId,
    details: MemberDetails,
) -> Result<NewEvent, Refusal> {
    let MemberDetails { displayname, avatar_url, reason, is_direct, further: mut content, .. } = details;
    if membership != "join" {
        content.remove(restricted::AUTHORISED_VIA);
    }
    content.insert("membership".to_owned(), Value::String(membership.to_owned()));
    for (key, value) in [("displayname", displayname), ("avatar_url", avatar_url), ("reason", reason)] {
        if let Some(value) = value {
            content.insert(key.to_owned(), Value::String(value));
        }
    }
    if is_direct {
        content.insert("is_direct".to_owned(), Value::Bool(true));
    }
    let content = to_raw_value(&Value::Object(content)).map_err(|_| Refusal::internal())?;
    Ok(NewEvent {
        transaction: details.transaction,
        timestamp_ms: details.timestamp_ms,
        ..NewEvent::new(sender, "m.room.member", Some(target.to_string()), content)
    })
}
