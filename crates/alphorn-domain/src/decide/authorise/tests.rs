//! The short way through the rules and the rules themselves give the same answers.

use alphorn_model::fact::RoomFact;
use alphorn_model::{Entropy, Fact, OwnedUserId, RawJson, RoomVersionId, UserId};
use proptest::prelude::{Strategy, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Just;
use ruma_events::TimelineEventType;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use super::{check_fully, check_plain, select};
use crate::decide::assemble::Draft;
use crate::decide::{content, decide_creation};
use crate::{
    Context, Decision, MemberDetails, MembershipChange, NewEvent, NewRoom, Preset, RoomState, Signer,
};

struct Ones;

impl Entropy for Ones {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(1);
    }
}

fn user(localpart: &str) -> OwnedUserId {
    UserId::parse(format!("@{localpart}:alphorn.test")).unwrap()
}

fn raw(value: &Value) -> RawJson {
    to_raw_value(value).unwrap()
}

/// A room with these power levels; bob and, where told, carol have joined.
fn room(version: &RoomVersionId, levels: &Value, carol: bool, federate: bool) -> RoomState {
    let signer = Signer::from_seed("alphorn.test".try_into().unwrap(), "one", &[7; 32]).unwrap();
    let ctx = Context { signer: &signer, now_ms: 1, entropy: &Ones };
    let mut new =
        NewRoom { preset: Some(Preset::PublicChat), ..NewRoom::new(user("alice"), version.clone()) };
    new.creation_content.insert("m.federate".to_owned(), json!(federate));
    let (room_id, facts) = decide_creation(new, &ctx).unwrap();
    let mut state = RoomState::empty(room_id);
    let take = |state: &mut RoomState, facts: Vec<Fact>| {
        for fact in facts {
            let Fact::Room(fact) = fact else { panic!("{fact:?}") };
            state.apply(&fact);
            assert!(matches!(fact, RoomFact::Opened { .. } | RoomFact::Event(_)));
        }
    };
    take(&mut state, facts);
    let joins = ["bob", "carol"].into_iter().take(if carol { 2 } else { 1 });
    for who in joins {
        let change = MembershipChange::Join {
            user: user(who),
            details: MemberDetails::default(),
            allowed_by_rooms: false,
        };
        let Decision::Accept(facts, _) = crate::decide_membership(&state, change, &ctx) else { panic!() };
        take(&mut state, facts);
    }
    let event = NewEvent::new(user("alice"), "m.room.power_levels", Some(String::new()), raw(levels));
    if let Decision::Accept(facts, _) = crate::decide_event(&state, event, &ctx) {
        take(&mut state, facts);
    }
    state
}

fn level() -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Null), (0..100_i64).prop_map(|level| json!(level))]
}

fn levels() -> impl Strategy<Value = Value> {
    (level(), level(), level(), level(), level()).prop_map(|(bob, default, state, events, kind)| {
        let mut levels = json!({ "users": { "@alice:alphorn.test": 100 }, "events": {} });
        for (level, at) in [
            (bob, ["users", "@bob:alphorn.test"].as_slice()),
            (default, &["users_default"]),
            (state, &["state_default"]),
            (events, &["events_default"]),
            (kind, &["events", "x"]),
        ] {
            let place = at.iter().fold(&mut levels, |value, key| &mut value[*key]);
            *place = level;
        }
        without_null(levels)
    })
}

fn without_null(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_null(value)))
            .collect(),
        other => other,
    }
}

const VERSIONS: [RoomVersionId; 4] =
    [RoomVersionId::V3, RoomVersionId::V6, RoomVersionId::V11, RoomVersionId::V12];

proptest! {
    #[test]
    fn the_short_way_agrees_with_the_rules(
        version in 0..VERSIONS.len(),
        levels in levels(),
        carol in proptest::bool::ANY,
        federate in proptest::bool::ANY,
        sender in prop_oneof![Just("alice"), Just("bob"), Just("carol")],
        kind in prop_oneof![Just("x"), Just("m.room.name"), Just("m.room.message")],
        state_key in prop_oneof![
            Just(None), Just(Some("")), Just(Some("@bob:alphorn.test")), Just(Some("@x"))
        ],
    ) {
        let state = room(&VERSIONS[version], &levels, carol, federate);
        let signer = Signer::from_seed("alphorn.test".try_into().unwrap(), "one", &[7; 32]).unwrap();
        let ctx = Context { signer: &signer, now_ms: 1, entropy: &Ones };
        let event = NewEvent::new(user(sender), kind, state_key.map(str::to_owned), raw(&json!({})));
        let object = content::parse(&event.content).unwrap();
        let kind = TimelineEventType::from(kind);
        let auth = select(&state, &event, &kind).unwrap();
        let draft = Draft::new(&state, event, kind, object, auth, &ctx);
        let plain = check_plain(&state, &draft).expect("an event that no rule treats specially");
        prop_assert_eq!(plain.is_ok(), check_fully(&state, &draft).is_ok());
    }
}
