//! Redactions. From room version 3 on the authorisation rules let every redaction pass and leave it to
//! servers whether it takes effect; we refuse those that would not.
//! Specification: Client-Server API, "Redactions"; room version 3, "Handling redactions".

use alphorn_model::fact::Transaction;
use alphorn_model::{OwnedEventId, OwnedUserId, RawJson, Refusal};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::{Context, Decision, NewEvent, Step, authorise, check_room, place, settle};
use crate::{Pdu, RoomState};

/// A redaction that a user here wants.
#[derive(Debug, Clone)]
pub struct Redaction<'a> {
    /// Who redacts.
    pub sender: OwnedUserId,
    /// What is redacted.
    pub target: &'a Pdu,
    /// Why.
    pub reason: Option<String>,
    /// Further fields of the content.
    pub further: Map<String, Value>,
    /// The client's transaction.
    pub transaction: Option<Transaction>,
    /// The time to give it, where that is not now (application services).
    pub timestamp_ms: Option<u64>,
}

/// Decides a redaction: of one's own event, or of any with the level `redact`.
#[must_use]
pub fn decide_redaction(state: &RoomState, redaction: Redaction<'_>, ctx: &Context<'_>) -> Decision {
    settle(redact(state, redaction, ctx))
}

fn redact(state: &RoomState, redaction: Redaction<'_>, ctx: &Context<'_>) -> Step<Decision> {
    check_room(state)?;
    let target = redaction.target;
    if target.room_id != state.room_id() {
        return Err(Refusal::not_found("there is no such event in this room").into());
    }
    if target.kind_str() == "m.room.create" {
        return Err(Refusal::forbidden("the creation event of a room cannot be redacted").into());
    }
    let Redaction { sender, mut further, .. } = redaction;
    if target.sender != sender {
        require_right(state, &sender)?;
    }
    if let Some(reason) = redaction.reason {
        further.insert("reason".to_owned(), Value::String(reason));
    }
    let mut event = NewEvent {
        transaction: redaction.transaction,
        timestamp_ms: redaction.timestamp_ms,
        ..NewEvent::new(sender, "m.room.redaction", None, RawValue::NULL.to_owned())
    };
    if state.rules().redaction.content_field_redacts {
        further.insert("redacts".to_owned(), Value::String(target.event_id.to_string()));
    } else {
        further.remove("redacts");
        event.redacts = Some(target.event_id.clone());
    }
    event.content = raw(&Value::Object(further))?;
    place(state, event, ctx)
}

/// A redaction whose target the caller did not look up: allowed to those who may redact anything.
pub(super) fn without_target(state: &RoomState, mut event: NewEvent, ctx: &Context<'_>) -> Step<Decision> {
    require_right(state, &event.sender)?;
    let mut content: Map<String, Value> = serde_json::from_str(event.content.get())
        .map_err(|_| Refusal::bad_json("the content is not an object"))?;
    let named = content.get("redacts").and_then(Value::as_str).and_then(|id| OwnedEventId::try_from(id).ok());
    let target = event.redacts.take().or(named);
    let target = target.ok_or_else(|| Refusal::missing_param("'redacts' names no event"))?;
    if state.rules().redaction.content_field_redacts {
        content.insert("redacts".to_owned(), Value::String(target.to_string()));
        event.content = raw(&Value::Object(content))?;
    } else {
        event.redacts = Some(target);
    }
    place(state, event, ctx)
}

fn require_right(state: &RoomState, sender: &OwnedUserId) -> Step<()> {
    authorise::require(state, std::iter::once(sender.clone()))?;
    if state.member(sender).membership() != Some("join") {
        return Err(authorise::not_joined(sender).into());
    }
    let may = state.power().is_some_and(|power| power.of_user(sender).reaches(power.redact));
    if may {
        Ok(())
    } else {
        Err(Refusal::forbidden("you may redact only your own events in this room").into())
    }
}

fn raw(value: &Value) -> Result<RawJson, Refusal> {
    to_raw_value(value).map_err(|_| Refusal::internal())
}
