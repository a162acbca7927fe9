//! Our events through state resolution: the answer does not depend on the order of the forks.

use std::collections::{BTreeMap, HashSet};

use alphorn_domain::{Decision, NewEvent, Pdu, RoomState, decide_event};
use alphorn_model::fact::RoomFact;
use alphorn_model::{Fact, OwnedEventId, RoomVersionId};
use ruma_events::StateEventType;
use ruma_state_res::utils::event_id_set::EventIdSet;
use ruma_state_res::{StateMap, resolve};
use serde_json::{Value, json};

use crate::room::{Room, VERSIONS, raw, user};

/// One side of a fork: events on top of the same room that the others do not know.
fn fork(
    room: &mut Room,
    steps: &[(&str, &str, Value)],
    known: &mut BTreeMap<OwnedEventId, Pdu>,
) -> RoomState {
    let mut state = room.state.clone();
    for (sender, kind, content) in steps {
        let event = NewEvent::new(user(sender), *kind, Some(String::new()), raw(content.clone()));
        let decision = room.decide(|_, ctx| decide_event(&state, event, ctx));
        let Decision::Accept(facts, event_id) = decision else { panic!("{decision:?}") };
        let [Fact::Room(fact)] = &facts[..] else { panic!("{facts:?}") };
        state.apply(fact);
        let RoomFact::Event(event) = fact else { panic!("{fact:?}") };
        let pdu = Pdu::parse(event_id.clone(), state.room_id().to_owned(), &event.pdu, false).unwrap();
        known.insert(event_id, pdu);
    }
    state
}

fn map(state: &RoomState) -> StateMap<OwnedEventId> {
    let members = state.loaded_members().map(|(_, event)| event);
    let events = state.state_events().chain(members);
    events
        .map(|event| {
            let key = event.state_key.clone().unwrap();
            ((StateEventType::from(event.kind_str()), key), event.event_id.clone())
        })
        .collect()
}

fn auth_chain(map: &StateMap<OwnedEventId>, known: &BTreeMap<OwnedEventId, Pdu>) -> EventIdSet<OwnedEventId> {
    let mut chain = HashSet::new();
    let mut open: Vec<_> = map.values().cloned().collect();
    while let Some(event_id) = open.pop() {
        for auth in &known[&event_id].auth_events {
            if chain.insert(auth.clone()) {
                open.push(auth.clone());
            }
        }
    }
    chain.into_iter().collect()
}

fn resolved(
    version: &RoomVersionId,
    forks: &[&RoomState],
    known: &BTreeMap<OwnedEventId, Pdu>,
) -> BTreeMap<(String, String), OwnedEventId> {
    let rules = version.rules().unwrap();
    let maps: Vec<_> = forks.iter().map(|state| map(state)).collect();
    let chains = maps.iter().map(|map| auth_chain(map, known)).collect();
    let answer = resolve(
        &rules.authorization,
        rules.state_res.v2_rules().unwrap(),
        &maps,
        chains,
        |event_id| known.get(event_id),
        |_| Some(EventIdSet::default()),
    );
    let keyed = |((kind, key), event_id): ((StateEventType, String), _)| ((kind.to_string(), key), event_id);
    answer.unwrap().into_iter().map(keyed).collect()
}

#[test]
fn forks_resolve_alike_in_any_order() {
    for version in &VERSIONS[1..] {
        let mut room = Room::public(version);
        room.join("bob").unwrap();
        room.give_level("alice", "bob", 50).unwrap();
        let mut known: BTreeMap<_, _> =
            room.pdus().into_iter().map(|event| (event.event_id.clone(), event)).collect();
        let mut demoted = room.content("m.room.power_levels", "");
        demoted["users"][user("bob").as_str()] = json!(0);
        let a = fork(&mut room, &[("bob", "m.room.name", json!({ "name": "bob's" }))], &mut known);
        let b = fork(&mut room, &[("alice", "m.room.power_levels", demoted)], &mut known);
        let c = fork(
            &mut room,
            &[
                ("alice", "m.room.topic", json!({ "topic": "t" })),
                ("alice", "m.room.name", json!({ "name": "alice's" })),
            ],
            &mut known,
        );
        let expected = resolved(version, &[&a, &b, &c], &known);
        for order in [[&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]] {
            assert_eq!(resolved(version, &order, &known), expected, "version {version}");
        }
        let name = &known[&expected[&("m.room.name".to_owned(), String::new())]];
        assert_eq!(name.sender, user("alice"), "bob had lost the level for it");
        assert_eq!(
            expected.get(&("m.room.topic".to_owned(), String::new())).map(|id| &known[id].sender),
            Some(&user("alice"))
        );
    }
}
