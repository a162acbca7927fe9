//! A room for tests: takes accepted facts in, as the engine does.

use std::sync::atomic::{AtomicU64, Ordering};

use alphorn_domain::{
    Context, Decision, MemberDetails, MembershipChange, NewEvent, NewRoom, Pdu, Preset, RoomState, Signer,
    decide_creation, decide_event, decide_membership,
};
use alphorn_model::fact::{EventFact, RoomFact};
use alphorn_model::{Entropy, ErrorCode, Fact, OwnedEventId, OwnedUserId, RawJson, Refusal, RoomVersionId};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

pub(crate) const VERSIONS: [RoomVersionId; 12] = [
    RoomVersionId::V1,
    RoomVersionId::V2,
    RoomVersionId::V3,
    RoomVersionId::V4,
    RoomVersionId::V5,
    RoomVersionId::V6,
    RoomVersionId::V7,
    RoomVersionId::V8,
    RoomVersionId::V9,
    RoomVersionId::V10,
    RoomVersionId::V11,
    RoomVersionId::V12,
];

/// The same numbers in each run.
#[derive(Debug, Default)]
pub(crate) struct Counting(AtomicU64);

impl Counting {
    pub(crate) fn from(start: u64) -> Self {
        Self(AtomicU64::new(start << 16))
    }
}

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            *byte = next.to_be_bytes()[0];
        }
    }
}

pub(crate) fn signer() -> Signer {
    Signer::from_seed("alphorn.test".try_into().unwrap(), "one", &[7; 32]).unwrap()
}

pub(crate) fn user(localpart: &str) -> OwnedUserId {
    format!("@{localpart}:alphorn.test").try_into().unwrap()
}

pub(crate) fn raw(value: Value) -> RawJson {
    to_raw_value(&value).unwrap()
}

/// A room and all its facts.
pub(crate) struct Room {
    pub(crate) signer: Signer,
    pub(crate) entropy: Counting,
    pub(crate) now_ms: u64,
    pub(crate) state: RoomState,
    pub(crate) facts: Vec<RoomFact>,
}

impl Room {
    pub(crate) fn create(new: NewRoom) -> Self {
        Self::try_create(new).unwrap()
    }

    pub(crate) fn try_create(new: NewRoom) -> Result<Self, Refusal> {
        let (signer, entropy) = (signer(), Counting::default());
        let ctx = Context { signer: &signer, now_ms: 1_000, entropy: &entropy };
        let (room_id, facts) = decide_creation(new, &ctx)?;
        let mut room =
            Self { state: RoomState::empty(room_id), signer, entropy, now_ms: 1_000, facts: Vec::new() };
        room.take(facts);
        Ok(room)
    }

    /// A public room of alice's.
    pub(crate) fn public(version: &RoomVersionId) -> Self {
        Self::create(NewRoom {
            preset: Some(Preset::PublicChat),
            ..NewRoom::new(user("alice"), version.clone())
        })
    }

    pub(crate) fn take(&mut self, facts: Vec<Fact>) {
        for fact in facts {
            let Fact::Room(fact) = fact else { panic!("a fact of another aggregate: {fact:?}") };
            self.state.apply(&fact);
            self.facts.push(fact);
        }
        assert!(!self.state.needs_reload());
    }

    pub(crate) fn decide(&mut self, decide: impl FnOnce(&RoomState, &Context<'_>) -> Decision) -> Decision {
        self.now_ms += 1;
        let ctx = Context { signer: &self.signer, now_ms: self.now_ms, entropy: &self.entropy };
        decide(&self.state, &ctx)
    }

    /// Takes an accepted decision in; the answer is the event.
    pub(crate) fn settle(&mut self, decision: Decision) -> Result<OwnedEventId, Refusal> {
        match decision {
            Decision::Accept(facts, event_id) => {
                self.take(facts);
                Ok(event_id)
            }
            Decision::Existing(event_id) => Ok(event_id),
            Decision::Refuse(refusal) => Err(refusal),
            Decision::Missing(users) => panic!("missing {users:?}"),
        }
    }

    pub(crate) fn send(&mut self, sender: &str, kind: &str, content: Value) -> Result<OwnedEventId, Refusal> {
        let event = NewEvent::new(user(sender), kind, None, raw(content));
        let decision = self.decide(|state, ctx| decide_event(state, event, ctx));
        self.settle(decision)
    }

    pub(crate) fn set(
        &mut self,
        sender: &str,
        kind: &str,
        key: &str,
        content: Value,
    ) -> Result<OwnedEventId, Refusal> {
        let event = NewEvent::new(user(sender), kind, Some(key.to_owned()), raw(content));
        let decision = self.decide(|state, ctx| decide_event(state, event, ctx));
        self.settle(decision)
    }

    pub(crate) fn change(&mut self, change: MembershipChange) -> Result<OwnedEventId, Refusal> {
        let decision = self.decide(|state, ctx| decide_membership(state, change, ctx));
        self.settle(decision)
    }

    pub(crate) fn join(&mut self, who: &str) -> Result<OwnedEventId, Refusal> {
        self.change(MembershipChange::Join {
            user: user(who),
            details: MemberDetails::default(),
            allowed_by_rooms: false,
        })
    }

    pub(crate) fn invite(&mut self, sender: &str, target: &str) -> Result<OwnedEventId, Refusal> {
        let details = MemberDetails::default();
        self.change(MembershipChange::Invite { sender: user(sender), target: user(target), details })
    }

    pub(crate) fn leave(&mut self, who: &str) -> Result<OwnedEventId, Refusal> {
        self.change(MembershipChange::Leave { user: user(who), details: MemberDetails::default() })
    }

    pub(crate) fn kick(&mut self, sender: &str, target: &str) -> Result<OwnedEventId, Refusal> {
        let details = MemberDetails::reason(Some("out".to_owned()));
        self.change(MembershipChange::Kick { sender: user(sender), target: user(target), details })
    }

    pub(crate) fn ban(&mut self, sender: &str, target: &str) -> Result<OwnedEventId, Refusal> {
        let details = MemberDetails::default();
        self.change(MembershipChange::Ban { sender: user(sender), target: user(target), details })
    }

    pub(crate) fn unban(&mut self, sender: &str, target: &str) -> Result<OwnedEventId, Refusal> {
        let details = MemberDetails::default();
        self.change(MembershipChange::Unban { sender: user(sender), target: user(target), details })
    }

    pub(crate) fn knock(&mut self, who: &str) -> Result<OwnedEventId, Refusal> {
        self.change(MembershipChange::Knock { user: user(who), details: MemberDetails::default() })
    }

    pub(crate) fn membership(&self, who: &str) -> Option<String> {
        self.state.member(&user(who)).membership().map(str::to_owned)
    }

    pub(crate) fn events(&self) -> Vec<&EventFact> {
        self.facts
            .iter()
            .filter_map(|fact| match fact {
                RoomFact::Event(event) => Some(event),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn pdus(&self) -> Vec<Pdu> {
        let parse = |fact: &&EventFact| {
            Pdu::parse(fact.event_id.clone(), self.state.room_id().to_owned(), &fact.pdu, false).unwrap()
        };
        self.events().iter().map(parse).collect()
    }

    pub(crate) fn last_json(&self) -> Value {
        serde_json::from_str(self.events().last().unwrap().pdu.get()).unwrap()
    }

    pub(crate) fn content(&self, kind: &str, key: &str) -> Value {
        let event = self.state.state(kind, key);
        event.map_or(Value::Null, |event| serde_json::from_str(event.content.get()).unwrap())
    }

    /// Sets some fields of the power levels.
    pub(crate) fn set_levels(&mut self, sender: &str, change: Value) -> Result<OwnedEventId, Refusal> {
        let mut levels = self.content("m.room.power_levels", "");
        for (key, value) in change.as_object().unwrap() {
            levels[key] = value.clone();
        }
        self.set(sender, "m.room.power_levels", "", levels)
    }

    pub(crate) fn give_level(
        &mut self,
        sender: &str,
        target: &str,
        level: i64,
    ) -> Result<OwnedEventId, Refusal> {
        let mut users = self.content("m.room.power_levels", "")["users"].clone();
        users[user(target).as_str()] = json!(level);
        self.set_levels(sender, json!({ "users": users }))
    }
}

#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>, code: ErrorCode) {
    match result {
        Err(refusal) => assert_eq!(refusal.code, code, "{refusal}"),
        Ok(accepted) => panic!("not refused: {accepted:?}"),
    }
}

#[track_caller]
pub(crate) fn forbidden<T: std::fmt::Debug>(result: Result<T, Refusal>) {
    refused(result, ErrorCode::Forbidden);
}
