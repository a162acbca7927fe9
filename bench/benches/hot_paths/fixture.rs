//! A room with members, as the engine holds it, and the records of its messages.

use alphorn_domain::{
    Context, Decision, MemberDetails, MembershipChange, NewEvent, NewRoom, Preset, RoomState, Signer,
    decide_creation, decide_event, decide_membership,
};
use alphorn_model::fact::Transaction;
use alphorn_model::record::RECORD_VERSION;
use alphorn_model::{
    Aggregate, Fact, OwnedRoomId, OwnedUserId, RawJson, Record, RecordId, RoomVersionId, Seq, SystemEntropy,
};
use serde_json::json;

/// A fixed time: the benches do not depend on it.
const NOW_MS: u64 = 1_767_225_600_000;

/// A room and what is needed to decide in it.
pub(crate) struct Room {
    pub(crate) id: OwnedRoomId,
    pub(crate) state: RoomState,
    pub(crate) users: Vec<OwnedUserId>,
    pub(crate) signer: Signer,
    /// The facts that made it, in the records that they would be in.
    pub(crate) history: Vec<Vec<Fact>>,
    next: u64,
}

impl Room {
    /// A public room of the default version with `members` joined users.
    pub(crate) fn with_members(members: usize) -> Self {
        let server = "bench.localhost".try_into().expect("a server name");
        let signer = Signer::from_seed(server, "a", &[7; 32]).expect("a key");
        let users: Vec<OwnedUserId> = (0..members)
            .map(|number| format!("@u{number}:bench.localhost").try_into().expect("a user id"))
            .collect();
        let creator = users.first().expect("a creator").clone();
        let mut wish = NewRoom::new(creator, RoomVersionId::V12);
        wish.preset = Some(Preset::PublicChat);
        let context = Context { signer: &signer, now_ms: NOW_MS, entropy: &SystemEntropy };
        let (id, facts) = decide_creation(wish, &context).expect("a room");
        let state = RoomState::empty(id.clone());
        let mut room = Self { id, state, users, signer, history: Vec::new(), next: 0 };
        room.take(facts);
        for user in room.users.clone().into_iter().skip(1) {
            let details = MemberDetails::default();
            let join = MembershipChange::Join { user, details, allowed_by_rooms: false };
            let decision = decide_membership(&room.state, join, &room.context());
            room.take(accepted(decision));
        }
        room
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context { signer: &self.signer, now_ms: NOW_MS + self.next, entropy: &SystemEntropy }
    }

    /// The next message, as a client sends it.
    pub(crate) fn next_message(&mut self) -> NewEvent {
        self.next += 1;
        let index = usize::try_from(self.next).expect("small") % self.users.len();
        let sender = self.users.get(index).expect("a member").clone();
        let body = format!("a message of usual length, number {}", self.next);
        let content = json!({"msgtype": "m.text", "body": body}).to_string();
        let content = RawJson::from(serde_json::value::RawValue::from_string(content).expect("JSON"));
        let transaction = Transaction { user: sender.clone(), device: "D".into(), id: self.next.to_string() };
        NewEvent { transaction: Some(transaction), ..NewEvent::new(sender, "m.room.message", None, content) }
    }

    /// The facts of the next message.
    pub(crate) fn decide_next(&mut self) -> Vec<Fact> {
        let message = self.next_message();
        accepted(decide_event(&self.state, message, &self.context()))
    }

    /// Applies facts and remembers them.
    pub(crate) fn take(&mut self, facts: Vec<Fact>) {
        for fact in &facts {
            if let Fact::Room(fact) = fact {
                self.state.apply(fact);
            }
        }
        self.history.push(facts);
    }

    /// A record of facts of this room.
    pub(crate) fn record(&self, facts: Vec<Fact>, name: u64, prev: Option<Seq>) -> Record {
        Record {
            v: RECORD_VERSION,
            id: RecordId(format!("bench-{name}")),
            aggregate: Aggregate::Room(self.id.to_string()),
            prev,
            node: 1,
            time: NOW_MS,
            facts,
        }
    }
}

/// The facts of a decision that the benches know to be accepted.
pub(crate) fn accepted(decision: Decision) -> Vec<Fact> {
    match decision {
        Decision::Accept(facts, _) => facts,
        other => panic!("not accepted: {other:?}"),
    }
}
