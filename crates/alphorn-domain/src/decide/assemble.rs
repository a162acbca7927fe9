//! Makes the signed event of a draft. Specification: room versions, "Event format", "Event IDs";
//! Server-Server API, "Signing Events".

use std::sync::Arc;

use alphorn_model::fact::{EventFact, Placement, Transaction};
use alphorn_model::{Entropy, ErrorCode, EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RawJson, Refusal};
use js_int::Int;
use ruma_common::room_version_rules::{EventIdFormatVersion, EventsReferenceFormatVersion, RoomVersionRules};
use ruma_common::{CanonicalJsonObject, CanonicalJsonValue as Json};
use ruma_events::TimelineEventType;
use ruma_signatures::JsonError;
use serde_json::value::RawValue;

use super::{Context, NewEvent};
use crate::{Pdu, RoomState};

/// Largest event in bytes, signatures included. Specification: Client-Server API, "Size limits".
const EVENT_BYTES_MAX: usize = 65_536;

/// Letters of the opaque part of room and event ids that we choose.
const ID_LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// An event with its place in the room, not signed yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub room_id: OwnedRoomId,
    pub sender: OwnedUserId,
    pub kind: TimelineEventType,
    pub kind_text: String,
    pub state_key: Option<String>,
    pub object: CanonicalJsonObject,
    pub content: RawJson,
    pub redacts: Option<OwnedEventId>,
    pub transaction: Option<Transaction>,
    pub timestamp_ms: u64,
    pub depth: u64,
    pub prev: Vec<(OwnedEventId, Option<Box<str>>)>,
    pub auth: Vec<Arc<Pdu>>,
    pub states_room_id: bool,
}

impl Draft {
    pub(super) fn new(
        state: &RoomState,
        event: NewEvent,
        kind: TimelineEventType,
        object: CanonicalJsonObject,
        auth: Vec<Arc<Pdu>>,
        ctx: &Context<'_>,
    ) -> Self {
        let extremities = state.extremity_set();
        Self {
            room_id: state.room_id().to_owned(),
            sender: event.sender,
            states_room_id: state.rules().event_format.require_room_create_room_id
                || kind != TimelineEventType::RoomCreate,
            kind,
            kind_text: event.kind,
            state_key: event.state_key,
            object,
            content: event.content,
            redacts: event.redacts,
            transaction: event.transaction,
            timestamp_ms: event.timestamp_ms.unwrap_or(ctx.now_ms),
            depth: extremities.next_depth(),
            prev: extremities
                .next_prev_events()
                .map(|(event_id, hash)| (event_id.clone(), hash.map(Into::into)))
                .collect(),
            auth,
        }
    }

    /// The draft as the authorisation rules see it, under an id that is not the final one.
    pub(super) fn to_pdu(&self, provisional_id: OwnedEventId) -> Pdu {
        Pdu {
            event_id: provisional_id,
            room_id: self.room_id.clone(),
            sender: self.sender.clone(),
            kind: self.kind.clone(),
            state_key: self.state_key.clone(),
            content: self.content.clone(),
            origin_server_ts: self.timestamp_ms,
            prev_events: self.prev.iter().map(|(event_id, _)| event_id.clone()).collect(),
            auth_events: self.auth.iter().map(|event| event.event_id.clone()).collect(),
            redacts: self.redacts.clone(),
            depth: self.depth,
            rejected: false,
            kind_text: self.kind_text.as_str().into(),
            membership: None,
            reference_hash: None,
            states_room_id: self.states_room_id,
        }
    }
}

/// Hashes and signs the event and gives it its id.
pub(super) fn seal(rules: &RoomVersionRules, draft: Draft, ctx: &Context<'_>) -> Result<EventFact, Refusal> {
    let own_id = (rules.event_id_format == EventIdFormatVersion::V1)
        .then(|| format!("${}:{}", random_letters(ctx.entropy, 18), ctx.signer.server_name()));
    let mut event = lay_out(rules, draft)?;
    if let Some(event_id) = &own_id {
        event.insert("event_id".to_owned(), Json::String(event_id.clone()));
    }
    ctx.signer.hash_and_sign(&mut event, &rules.redaction).map_err(unsignable)?;
    let text = serde_json::to_string(&event).map_err(|_| Refusal::internal())?;
    if text.len() > EVENT_BYTES_MAX {
        return Err(too_large());
    }
    let event_id = match own_id {
        Some(event_id) => event_id,
        None => format!("${}", ruma_signatures::reference_hash(&event, rules).map_err(unsignable)?),
    };
    Ok(EventFact {
        event_id: EventId::parse(event_id).map_err(|_| Refusal::internal())?,
        pdu: RawValue::from_string(text).map_err(|_| Refusal::internal())?,
        placement: Placement::Timeline,
        transaction: None,
        resolved: Vec::new(),
    })
}

/// The fields of the event, in the format of its version.
fn lay_out(rules: &RoomVersionRules, draft: Draft) -> Result<CanonicalJsonObject, Refusal> {
    let by_hash = rules.events_reference_format == EventsReferenceFormatVersion::V1;
    let auth =
        draft.auth.iter().map(|event| reference(by_hash, &event.event_id, event.reference_hash.as_deref()));
    let prev = draft.prev.iter().map(|(event_id, hash)| reference(by_hash, event_id, hash.as_deref()));
    let mut event = CanonicalJsonObject::from([
        ("auth_events".to_owned(), Json::Array(auth.collect())),
        ("prev_events".to_owned(), Json::Array(prev.collect())),
        ("content".to_owned(), Json::Object(draft.object)),
        ("depth".to_owned(), integer(draft.depth)?),
        ("origin_server_ts".to_owned(), integer(draft.timestamp_ms)?),
        ("sender".to_owned(), Json::String(draft.sender.to_string())),
        ("type".to_owned(), Json::String(draft.kind_text)),
    ]);
    if draft.states_room_id {
        event.insert("room_id".to_owned(), Json::String(draft.room_id.to_string()));
    }
    if let Some(key) = draft.state_key {
        event.insert("state_key".to_owned(), Json::String(key));
    }
    if let Some(target) = draft.redacts {
        event.insert("redacts".to_owned(), Json::String(target.to_string()));
    }
    Ok(event)
}

fn reference(by_hash: bool, event_id: &EventId, hash: Option<&str>) -> Json {
    let id = Json::String(event_id.to_string());
    if !by_hash {
        return id;
    }
    let hashes = hash.map(|hash| ("sha256".to_owned(), Json::String(hash.to_owned())));
    Json::Array(vec![id, Json::Object(hashes.into_iter().collect())])
}

fn integer(number: u64) -> Result<Json, Refusal> {
    let number = i64::try_from(number).ok().and_then(Int::new);
    number.map(Json::Integer).ok_or_else(|| Refusal::invalid_param("the timestamp is out of range"))
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function of map_err")]
fn unsignable(error: JsonError) -> Refusal {
    match error {
        JsonError::PduTooLarge => too_large(),
        _ => Refusal::internal(),
    }
}

fn too_large() -> Refusal {
    Refusal::new(ErrorCode::TooLarge, format!("the event is larger than {EVENT_BYTES_MAX} bytes"))
}

/// Letters for an id that nobody can guess.
pub(super) fn random_letters(entropy: &dyn Entropy, count: usize) -> String {
    let mut bytes = vec![0_u8; count * 4];
    entropy.fill(&mut bytes);
    bytes
        .chunks_exact(4)
        .filter_map(|chunk| chunk.try_into().ok().map(u32::from_le_bytes))
        .filter_map(|number| ID_LETTERS.get(number as usize % ID_LETTERS.len()))
        .map(|letter| char::from(*letter))
        .collect()
}
