//! What holds for every history: replay equals loading, decisions repeat, accepted events are valid.

use std::collections::BTreeMap;
use std::sync::Arc;

use alphorn_domain::{
    Context, Decision, MemberDetails, MembershipChange, NewEvent, Pdu, RoomState, decide_event,
    decide_membership,
};
use alphorn_model::fact::RoomFact;
use alphorn_model::{Fact, OwnedUserId};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::TestCaseError;
use ruma_state_res::{check_state_dependent_auth_rules, check_state_independent_auth_rules};
use serde_json::json;

use crate::room::{Counting, Room, VERSIONS, raw, user};

const USERS: [&str; 4] = ["alice", "bob", "carol", "dora"];

/// A wish, by small numbers.
#[derive(Debug, Clone)]
enum Wish {
    Send { who: usize },
    Name { who: usize, name: u8 },
    Level { who: usize, target: usize, level: i64 },
    Rule { who: usize, rule: usize },
    Own { who: usize, change: u8 },
    Other { who: usize, target: usize, change: u8 },
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let who = || 0..USERS.len();
    let wish = prop_oneof![
        who().prop_map(|who| Wish::Send { who }),
        (who(), 0..3_u8).prop_map(|(who, name)| Wish::Name { who, name }),
        (who(), who(), -1..101_i64).prop_map(|(who, target, level)| Wish::Level { who, target, level }),
        (who(), 0..4_usize).prop_map(|(who, rule)| Wish::Rule { who, rule }),
        (who(), 0..4_u8).prop_map(|(who, change)| Wish::Own { who, change }),
        (who(), who(), 0..4_u8).prop_map(|(who, target, change)| Wish::Other { who, target, change }),
    ];
    vec(wish, 1..40)
}

fn decide(state: &RoomState, wish: &Wish, ctx: &Context<'_>) -> Decision {
    let name = |index: &usize| user(USERS[*index]);
    let set = |who: &usize, kind: &str, content| {
        decide_event(state, NewEvent::new(name(who), kind, Some(String::new()), raw(content)), ctx)
    };
    let details = MemberDetails::default();
    match wish {
        Wish::Send { who } => {
            let event = NewEvent::new(name(who), "m.room.message", None, raw(json!({ "body": "x" })));
            decide_event(state, event, ctx)
        }
        Wish::Name { who, name } => set(who, "m.room.name", json!({ "name": name.to_string() })),
        Wish::Level { who, target, level } => {
            let current = state.state("m.room.power_levels", "").unwrap();
            let mut content: serde_json::Value = serde_json::from_str(current.content.get()).unwrap();
            content["users"][name(target).as_str()] = json!(level);
            set(who, "m.room.power_levels", content)
        }
        Wish::Rule { who, rule } => {
            let rule = ["public", "invite", "knock", "restricted"][*rule];
            set(who, "m.room.join_rules", json!({ "join_rule": rule }))
        }
        Wish::Own { who, change } => {
            let user = name(who);
            let change = match change {
                0 | 1 => MembershipChange::Join { user, details, allowed_by_rooms: *change == 1 },
                2 => MembershipChange::Leave { user, details },
                _ => MembershipChange::Knock { user, details },
            };
            decide_membership(state, change, ctx)
        }
        Wish::Other { who, target, change } => {
            let (sender, target) = (name(who), name(target));
            let change = match change {
                0 => MembershipChange::Invite { sender, target, details },
                1 => MembershipChange::Kick { sender, target, details },
                2 => MembershipChange::Ban { sender, target, details },
                _ => MembershipChange::Unban { sender, target, details },
            };
            decide_membership(state, change, ctx)
        }
    }
}

/// All that can be told apart about a state.
fn picture(state: &RoomState) -> impl PartialEq + std::fmt::Debug {
    let events: BTreeMap<_, _> = state
        .state_events()
        .map(|event| ((event.kind_str().to_owned(), event.state_key.clone()), event.event_id.clone()))
        .collect();
    let members: Vec<_> = USERS
        .iter()
        .map(|who| state.member(&user(who)).event().map(|event| event.event_id.clone()))
        .collect();
    let extremities: Vec<_> =
        state.extremities().into_iter().map(|(id, depth)| (id.to_owned(), depth)).collect();
    (events, members, extremities, format!("{:?}", state.power()), state.version().clone())
}

/// What a store would hand out of `state`.
fn load(state: &RoomState) -> RoomState {
    let events: Vec<Arc<Pdu>> = state.state_events().cloned().collect();
    let extremities = state.extremities().into_iter().map(|(id, depth)| (id.to_owned(), depth)).collect();
    RoomState::load(state.room_id().to_owned(), state.version().as_str(), events, extremities).unwrap()
}

fn supply(state: &mut RoomState, users: &[OwnedUserId], from: &RoomState) {
    for user in users {
        state.supply_member(user, from.member(user).event().cloned());
    }
}

fn facts(decision: &Decision) -> String {
    match decision {
        Decision::Accept(facts, event_id) => format!("{event_id} {}", serde_json::to_string(facts).unwrap()),
        other => format!("{other:?}"),
    }
}

/// The decision on a loaded state, after giving it what it asks for.
fn decide_loaded(whole: &RoomState, wish: &Wish, now_ms: u64, room: &Room) -> (Decision, usize) {
    let mut loaded = load(whole);
    for round in 0..3 {
        let entropy = Counting::from(now_ms);
        let ctx = Context { signer: &room.signer, now_ms, entropy: &entropy };
        match decide(&loaded, wish, &ctx) {
            Decision::Missing(users) => supply(&mut loaded, &users, whole),
            decision => return (decision, round),
        }
    }
    panic!("{wish:?} asks for members again and again");
}

/// As another server would check it, with the state before it.
fn passes_rules(state: &RoomState, event: &Pdu, known: &BTreeMap<String, Pdu>) -> Result<(), String> {
    let rules = &state.rules().authorization;
    check_state_independent_auth_rules(rules, event, |id| known.get(id.as_str()))?;
    check_state_dependent_auth_rules(rules, event, |kind, key| state.state(&kind.to_string(), key))
}

fn run(version: usize, wishes: &[Wish], cut: usize) -> Result<(), TestCaseError> {
    let version = &VERSIONS[version];
    let mut room = Room::public(version);
    let mut known: BTreeMap<String, Pdu> =
        room.pdus().into_iter().map(|event| (event.event_id.to_string(), event)).collect();
    for (now_ms, wish) in (2_000..).zip(wishes) {
        let entropy = Counting::from(now_ms);
        let ctx = Context { signer: &room.signer, now_ms, entropy: &entropy };
        let decision = decide(&room.state, wish, &ctx);
        let entropy = Counting::from(now_ms);
        let again = Context { signer: &room.signer, now_ms, entropy: &entropy };
        prop_assert_eq!(facts(&decision), facts(&decide(&room.state, wish, &again)));
        // Versions 1 and 2 refer to events by hashes that a store of ids does not hand out.
        let (loaded, _) = decide_loaded(&room.state, wish, now_ms, &room);
        if version.rules().unwrap().event_format.require_event_id {
            prop_assert_eq!(std::mem::discriminant(&decision), std::mem::discriminant(&loaded));
        } else {
            prop_assert_eq!(facts(&decision), facts(&loaded));
        }
        let Decision::Accept(accepted, event_id) = decision else { continue };
        let [Fact::Room(RoomFact::Event(fact))] = &accepted[..] else { panic!("{accepted:?}") };
        let room_id = room.state.room_id().to_owned();
        let event = Pdu::parse(event_id.clone(), room_id, &fact.pdu, false).unwrap();
        prop_assert_eq!(passes_rules(&room.state, &event, &known), Ok(()));
        known.insert(event_id.to_string(), event);
        room.take(accepted);
    }
    replay(&room, cut)
}

fn replay(room: &Room, cut: usize) -> Result<(), TestCaseError> {
    let mut replayed = RoomState::empty(room.state.room_id().to_owned());
    room.facts.iter().for_each(|fact| replayed.apply(fact));
    prop_assert_eq!(picture(&replayed), picture(&room.state));
    let cut = 2 + cut % (room.facts.len() - 1);
    let (head, tail) = room.facts.split_at(cut);
    let mut before = RoomState::empty(room.state.room_id().to_owned());
    head.iter().for_each(|fact| before.apply(fact));
    let mut loaded = load(&before);
    tail.iter().for_each(|fact| loaded.apply(fact));
    supply(&mut loaded, &USERS.map(user), &before);
    prop_assert_eq!(picture(&loaded), picture(&room.state));
    Ok(())
}

proptest! {
    #[test]
    fn every_history_holds(version in 0..VERSIONS.len(), wishes in wishes(), cut in any::<usize>()) {
        run(version, &wishes, cut)?;
    }
}
