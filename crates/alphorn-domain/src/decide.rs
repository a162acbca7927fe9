//! Decisions: what follows from a wish, given the room's current state. Pure: the same state, wish
//! and context give the same facts.

mod assemble;
mod authorise;
mod content;
mod creation;
mod membership;
mod redaction;

use alphorn_model::fact::{RoomFact, Transaction};
use alphorn_model::{Entropy, ErrorCode, Fact, OwnedEventId, OwnedUserId, RawJson, Refusal};
use ruma_events::TimelineEventType;

pub use self::creation::{NewRoom, Preset, choose_room_id, decide_creation};
pub use self::membership::{MemberDetails, MembershipChange, decide_membership, wants_voucher};
pub use self::redaction::{Redaction, decide_redaction};

use self::assemble::Draft;
use crate::{RoomState, Signer};

/// What decisions need besides the state and the wish.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Signs in this server's name.
    pub signer: &'a Signer,
    /// Milliseconds since the Unix epoch.
    pub now_ms: u64,
    /// Randomness for ids.
    pub entropy: &'a dyn Entropy,
}

/// What came of a wish.
#[derive(Debug, Clone)]
pub enum Decision {
    /// These facts, the last event of which is the one that was asked for.
    Accept(Vec<Fact>, OwnedEventId),
    /// Nothing needs to change: this event says it already.
    Existing(OwnedEventId),
    /// No.
    Refuse(Refusal),
    /// It depends on the membership events of these users: load and supply them, then decide again.
    Missing(Vec<OwnedUserId>),
}

impl From<Refusal> for Decision {
    fn from(refusal: Refusal) -> Self {
        Self::Refuse(refusal)
    }
}

/// Anything but [`Decision::Accept`] ends a decision early.
type Step<T> = Result<T, Decision>;

fn settle(step: Step<Decision>) -> Decision {
    step.unwrap_or_else(|decision| decision)
}

/// An event that a user here wants to send.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Who sends it.
    pub sender: OwnedUserId,
    /// Its type.
    pub kind: String,
    /// Its state key, if it is to be a state event.
    pub state_key: Option<String>,
    /// Its content: a JSON object.
    pub content: RawJson,
    /// What it redacts, where that is not in the content.
    pub redacts: Option<OwnedEventId>,
    /// The client's transaction.
    pub transaction: Option<Transaction>,
    /// The time to give it, where that is not now (application services).
    pub timestamp_ms: Option<u64>,
}

impl NewEvent {
    /// An event without transaction, sent now.
    pub fn new(
        sender: OwnedUserId,
        kind: impl Into<String>,
        state_key: Option<String>,
        content: RawJson,
    ) -> Self {
        Self {
            sender,
            kind: kind.into(),
            state_key,
            content,
            redacts: None,
            transaction: None,
            timestamp_ms: None,
        }
    }
}

/// Decides one event on top of the current state. Membership events are decided like
/// [`decide_membership`] does; a redaction needs the right to redact anything, because its target is
/// not known here: [`decide_redaction`] knows it.
///
/// Specification: Client-Server API, "Sending events to a room"; Server-Server API, "Authorization
/// rules".
#[must_use]
pub fn decide_event(state: &RoomState, event: NewEvent, ctx: &Context<'_>) -> Decision {
    settle(route(state, event, ctx))
}

fn route(state: &RoomState, event: NewEvent, ctx: &Context<'_>) -> Step<Decision> {
    check_room(state)?;
    match (event.kind.as_str(), &event.state_key) {
        ("m.room.member", Some(_)) => membership::from_event(state, event, ctx),
        ("m.room.redaction", _) => redaction::without_target(state, event, ctx),
        _ => place(state, NewEvent { redacts: None, ..event }, ctx),
    }
}

/// The room must be one we can decide about.
fn check_room(state: &RoomState) -> Result<(), Refusal> {
    if !state.is_open() {
        return Err(Refusal::not_found("there is no such room here"));
    }
    if !state.is_supported() {
        return Err(Refusal::new(
            ErrorCode::UnsupportedRoomVersion,
            "this server does not support the version of the room",
        ));
    }
    Ok(())
}

/// Checks an event, puts it after the newest ones, signs it.
fn place(state: &RoomState, event: NewEvent, ctx: &Context<'_>) -> Step<Decision> {
    if event.sender.server_name() != &**ctx.signer.server_name() {
        return Err(Refusal::forbidden("the sender belongs to another server").into());
    }
    content::check_names(&event.kind, event.state_key.as_deref())?;
    let object = content::parse(&event.content)?;
    content::check(&event.kind, event.state_key.is_some(), &object)?;
    let kind = TimelineEventType::from(event.kind.as_str());
    authorise::require_members(state, &event, &kind)?;
    let auth = authorise::select(state, &event, &kind)?;
    let draft = Draft::new(state, event, kind, object, auth, ctx);
    authorise::check(state, &draft)?;
    if let Some(existing) = content::identical(state, &draft) {
        return Ok(Decision::Existing(existing));
    }
    let transaction = draft.transaction.clone();
    let fact = assemble::seal(state.rules(), draft, ctx)?;
    let event_id = fact.event_id.clone();
    let fact = alphorn_model::fact::EventFact { transaction, ..fact };
    Ok(Decision::Accept(vec![Fact::Room(RoomFact::Event(fact))], event_id))
}
