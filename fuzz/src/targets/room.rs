//! A room and what people wish to send into it: every content that a client may make up is decided, and what is
//! accepted must be something that the room, and every reader after it, can live with.

use alphorn_domain::{
    Context, Decision, NewEvent, NewRoom, Pdu, RoomState, Signer, decide_creation, decide_event,
};
use alphorn_model::fact::RoomFact;
use alphorn_model::{Entropy, ErrorCode, Fact, OwnedRoomId, OwnedUserId, RawJson, RoomVersionId};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use super::{Target, label};
use crate::random::Random;

pub(super) const TARGET: Target = Target {
    name: "room",
    about: "what people wish to send into a room of any version",
    run,
    tokens: &[
        "alice",
        "bob",
        "@alice:here",
        "@bob:here",
        "@eve:there",
        "m.room.create",
        "m.room.member",
        "m.room.power_levels",
        "m.room.join_rules",
        "m.room.redaction",
        "m.room.third_party_invite",
        "m.room.tombstone",
        "m.room.server_acl",
        "m.room.history_visibility",
        "m.room.canonical_alias",
        "membership",
        "join",
        "invite",
        "leave",
        "ban",
        "knock",
        "restricted",
        "knock_restricted",
        "join_rule",
        "allow",
        "users",
        "users_default",
        "events",
        "state_default",
        "ban",
        "notifications",
        "join_authorised_via_users_server",
        "third_party_invite",
        "redacts",
        "additional_creators",
        "room_version",
        "state_key",
        "sender",
        "type",
        "content",
        "50",
        "-1",
        "1",
        "2",
        "3",
        "6",
        "10",
        "11",
        "12",
    ],
};

/// More wishes than that repeat what shorter inputs do.
const WISHES_MAX: usize = 12;

/// Chance that follows from nothing but how often it was asked.
struct Counted(std::sync::Mutex<Random>);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let mut random = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bytes.fill_with(|| random.number().to_le_bytes()[0]);
    }
}

fn entropy() -> Counted {
    Counted(std::sync::Mutex::new(Random::new(1)))
}

fn run(input: &[u8]) -> String {
    let value: Value = match serde_json::from_slice(input) {
        Ok(value) => value,
        Err(error) => return label(&error),
    };
    let Some(signer) = "here".try_into().ok().and_then(|name| Signer::from_seed(name, "1", &[7; 32]).ok())
    else {
        return "no signer".to_owned();
    };
    let entropy = entropy();
    let context = Context { signer: &signer, now_ms: 1_700_000_000_000, entropy: &entropy };
    let (mut state, mut facts) = match create(&value, &context) {
        Ok(created) => created,
        Err(why) => return why,
    };
    let mut labels = Vec::new();
    for wish in value["wishes"].as_array().into_iter().flatten().take(WISHES_MAX) {
        let Some(event) = wished(wish) else { continue };
        let decision = decide_event(&state, event, &context);
        labels.push(outcome(&decision));
        if let Decision::Accept(accepted, _) = decision {
            take_in(&mut state, &accepted);
            facts.extend(accepted);
        }
    }
    check_replay(&state, &facts);
    labels.truncate(3);
    format!("{} {}", state.version(), labels.join(", "))
}

/// The room that the input asks for, after its first facts.
fn create(value: &Value, context: &Context<'_>) -> Result<(RoomState, Vec<Fact>), String> {
    let version = value["version"].as_str().and_then(|text| RoomVersionId::try_from(text).ok());
    let mut room =
        NewRoom::new(user(&value["creator"]).ok_or("no creator")?, version.unwrap_or(RoomVersionId::V10));
    room.public = value["public"].as_bool().unwrap_or_default();
    room.creation_content = object(&value["creation_content"]);
    room.power_level_content_override = object(&value["power_level_content_override"]);
    room.name = value["name"].as_str().map(str::to_owned);
    let (room_id, facts) =
        decide_creation(room, context).map_err(|refusal| outcome(&Decision::Refuse(refusal)))?;
    let mut state = RoomState::empty(room_id);
    take_in(&mut state, &facts);
    assert!(state.is_open() && state.is_supported(), "a room that was made is there");
    Ok((state, facts))
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// A user of this server by a name, or any user by an id.
fn user(value: &Value) -> Option<OwnedUserId> {
    let text = value.as_str()?;
    let id = if text.starts_with('@') { text.to_owned() } else { format!("@{text}:here") };
    id.try_into().ok()
}

fn wished(wish: &Value) -> Option<NewEvent> {
    let content: RawJson = to_raw_value(&wish["content"]).ok()?;
    let kind = wish["type"].as_str()?;
    let state_key = wish["state_key"].as_str().map(str::to_owned);
    let mut event = NewEvent::new(user(&wish["sender"])?, kind, state_key, content);
    event.redacts = wish["redacts"].as_str().and_then(|id| id.try_into().ok());
    Some(event)
}

fn outcome(decision: &Decision) -> String {
    match decision {
        Decision::Accept(facts, _) => format!("accepted {}", facts.len()),
        Decision::Existing(_) => "existing".to_owned(),
        Decision::Refuse(refusal) => {
            assert_ne!(refusal.code, ErrorCode::Unknown, "a client's wish is never our fault: {refusal}");
            label(&refusal.message)
        }
        Decision::Missing(users) => format!("missing {}", users.len()),
    }
}

fn take_in(state: &mut RoomState, facts: &[Fact]) {
    for fact in facts {
        let Fact::Room(fact) = fact else { continue };
        if let RoomFact::Event(event) = fact {
            let parsed = Pdu::parse(event.event_id.clone(), state.room_id().to_owned(), &event.pdu, false);
            assert!(parsed.is_ok(), "an accepted event can be read: {parsed:?}");
            assert!(event.pdu.get().len() <= 65_536, "an event is larger than events may be");
        }
        state.apply(fact);
        assert!(!state.needs_reload(), "an accepted fact can be applied");
    }
}

/// The same facts make the same room again.
fn check_replay(state: &RoomState, facts: &[Fact]) {
    let room_id: OwnedRoomId = state.room_id().to_owned();
    let mut again = RoomState::empty(room_id);
    take_in(&mut again, facts);
    assert_eq!(again.extremities(), state.extremities());
    let ids = |state: &RoomState| {
        let mut ids: Vec<String> = state.state_events().map(|event| event.event_id.to_string()).collect();
        ids.extend(state.loaded_members().map(|(_, event)| event.event_id.to_string()));
        ids.sort();
        ids
    };
    assert_eq!(ids(&again), ids(state));
}
