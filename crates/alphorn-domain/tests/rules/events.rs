//! Sending events: limits, formats, rights.

use alphorn_domain::{Decision, NewEvent, Redaction, RoomState, decide_event, decide_redaction};
use alphorn_model::{ErrorCode, Fact, RoomVersionId};
use serde_json::json;

use crate::room::{Room, VERSIONS, forbidden, raw, refused, user};

#[test]
fn sizes_are_limited() {
    let mut room = Room::public(&RoomVersionId::V12);
    let long = "x".repeat(256);
    refused(room.send("alice", &long, json!({})), ErrorCode::TooLarge);
    refused(room.set("alice", "x", &long, json!({})), ErrorCode::TooLarge);
    refused(room.send("alice", "", json!({})), ErrorCode::InvalidParam);
    room.set("alice", &"x".repeat(255), &"y".repeat(255), json!({})).unwrap();
    refused(room.send("alice", "x", json!({ "body": "b".repeat(66_000) })), ErrorCode::TooLarge);
    room.send("alice", "x", json!({ "body": "" })).unwrap();
    let frame = room.events().last().unwrap().pdu.get().len();
    room.send("alice", "x", json!({ "body": "b".repeat(65_536 - frame) })).unwrap();
    assert_eq!(room.events().last().unwrap().pdu.get().len(), 65_536);
    refused(room.send("alice", "x", json!({ "body": "b".repeat(65_537 - frame) })), ErrorCode::TooLarge);
}

#[test]
fn only_objects_of_canonical_json_are_contents() {
    let mut room = Room::public(&RoomVersionId::V10);
    for content in [
        json!(0.5),
        json!([]),
        json!("x"),
        json!(null),
        json!({ "a": { "b": [1.5] } }),
        json!({ "a": 9_007_199_254_740_992_i64 }),
    ] {
        refused(room.send("alice", "x", content), ErrorCode::BadJson);
    }
    room.send("alice", "x", json!({ "a": 9_007_199_254_740_991_i64, "b": -9_007_199_254_740_991_i64 }))
        .unwrap();
}

#[test]
fn contents_that_would_harm_the_room_are_refused() {
    let mut room = Room::public(&RoomVersionId::V9);
    for (kind, content, code) in [
        ("m.room.power_levels", json!({ "ban": "50" }), ErrorCode::BadJson),
        ("m.room.power_levels", json!({ "users": { "bob": 50 } }), ErrorCode::BadJson),
        ("m.room.power_levels", json!({ "users": [] }), ErrorCode::BadJson),
        ("m.room.power_levels", json!({ "events": { "x": "1" } }), ErrorCode::BadJson),
        ("m.room.canonical_alias", json!({ "alias": "stube" }), ErrorCode::InvalidParam),
        ("m.room.canonical_alias", json!({ "alt_aliases": ["#a:b.test", "x"] }), ErrorCode::InvalidParam),
        ("m.room.canonical_alias", json!({ "alt_aliases": "#a:b.test" }), ErrorCode::InvalidParam),
        ("m.room.join_rules", json!({ "join_rule": 1 }), ErrorCode::BadJson),
        ("m.room.encryption", json!({}), ErrorCode::BadJson),
        ("m.room.server_acl", json!({ "allow": "*" }), ErrorCode::BadJson),
        ("m.room.member", json!({ "membership": "join" }), ErrorCode::InvalidParam),
    ] {
        refused(room.set("alice", kind, "", content), code);
    }
    room.set("alice", "m.room.canonical_alias", "", json!({ "alias": "#a:b.test", "alt_aliases": [] }))
        .unwrap();
}

#[test]
fn another_users_state_key_is_taken() {
    for version in &VERSIONS {
        let mut room = Room::public(version);
        room.join("bob").unwrap();
        room.set("alice", "x", "@alice:alphorn.test", json!({})).unwrap();
        forbidden(room.set("alice", "x", "@bob:alphorn.test", json!({})));
        forbidden(room.set("alice", "m.room.create", "", json!({ "again": true })));
    }
}

#[test]
fn identical_state_is_not_repeated() {
    let mut room = Room::public(&RoomVersionId::V12);
    room.join("bob").unwrap();
    room.give_level("alice", "bob", 50).unwrap();
    let first = room.set("alice", "m.room.name", "", json!({ "name": "a", "x": [1] })).unwrap();
    assert_eq!(room.set("alice", "m.room.name", "", json!({ "x": [1], "name": "a" })).unwrap(), first);
    let by_bob = room.set("bob", "m.room.name", "", json!({ "name": "a", "x": [1] })).unwrap();
    assert_ne!(by_bob, first);
    room.leave("bob").unwrap();
    forbidden(room.set("bob", "m.room.name", "", json!({ "name": "a", "x": [1] })));
}

#[test]
fn events_of_other_servers_users_are_not_made_here() {
    let mut room = Room::public(&RoomVersionId::V12);
    let event = NewEvent::new("@eve:elsewhere.test".try_into().unwrap(), "x", None, raw(json!({})));
    let decision = room.decide(|state, ctx| decide_event(state, event, ctx));
    forbidden(room.settle(decision));
}

#[test]
fn transaction_and_time_are_kept() {
    let mut room = Room::public(&RoomVersionId::V12);
    let transaction =
        alphorn_model::fact::Transaction { user: user("alice"), device: "D".to_owned(), id: "t".to_owned() };
    let event = NewEvent {
        transaction: Some(transaction.clone()),
        timestamp_ms: Some(12),
        ..NewEvent::new(user("alice"), "x", None, raw(json!({})))
    };
    let decision = room.decide(|state, ctx| decide_event(state, event, ctx));
    room.settle(decision).unwrap();
    assert_eq!(room.events().last().unwrap().transaction.as_ref(), Some(&transaction));
    assert_eq!(room.last_json()["origin_server_ts"], 12);
    let event =
        NewEvent { timestamp_ms: Some(u64::MAX), ..NewEvent::new(user("alice"), "x", None, raw(json!({}))) };
    let decision = room.decide(|state, ctx| decide_event(state, event, ctx));
    refused(room.settle(decision), ErrorCode::InvalidParam);
}

#[test]
fn unknown_rooms_are_refused() {
    let mut room = Room::public(&RoomVersionId::V12);
    for (state, code) in [
        (RoomState::empty("!x:alphorn.test".try_into().unwrap()), ErrorCode::NotFound),
        (
            {
                let mut state = RoomState::empty("!x:alphorn.test".try_into().unwrap());
                state.apply(&alphorn_model::fact::RoomFact::Opened { version: "99".to_owned() });
                state
            },
            ErrorCode::UnsupportedRoomVersion,
        ),
    ] {
        let event = NewEvent::new(user("alice"), "x", None, raw(json!({})));
        let decision = room.decide(|_, ctx| decide_event(&state, event, ctx));
        refused(room.settle(decision), code);
    }
}

fn redact(room: &mut Room, sender: &str, target: &str) -> Result<(), alphorn_model::Refusal> {
    let target = room.pdus().into_iter().find(|event| event.event_id == target).unwrap();
    let redaction = Redaction {
        sender: user(sender),
        target: &target,
        reason: Some("spam".to_owned()),
        further: Default::default(),
        transaction: None,
        timestamp_ms: None,
    };
    let decision = room.decide(|state, ctx| decide_redaction(state, redaction, ctx));
    room.settle(decision).map(drop)
}

#[test]
fn redaction_needs_ones_own_event_or_the_level() {
    for (number, version) in (1..).zip(&VERSIONS) {
        let mut room = Room::public(version);
        room.join("bob").unwrap();
        room.join("carol").unwrap();
        let event_id = room.send("bob", "m.room.message", json!({ "body": "x" })).unwrap();
        forbidden(redact(&mut room, "carol", event_id.as_str()));
        forbidden(redact(&mut room, "dora", event_id.as_str()));
        redact(&mut room, "bob", event_id.as_str()).unwrap();
        redact(&mut room, "alice", event_id.as_str()).unwrap();
        let event = room.last_json();
        assert_eq!(event["content"]["reason"], "spam");
        let (in_content, on_top) = (event["content"].get("redacts"), event.get("redacts"));
        let expected = json!(event_id);
        if number >= 11 {
            assert_eq!((in_content, on_top), (Some(&expected), None));
        } else {
            assert_eq!((in_content, on_top), (None, Some(&expected)));
        }
        let create = room.events()[0].event_id.clone();
        forbidden(redact(&mut room, "alice", create.as_str()));
        forbidden(room.send("carol", "m.room.redaction", json!({ "redacts": event_id })));
        room.set_levels("alice", json!({ "state_default": 0 })).unwrap();
        forbidden(room.set("carol", "m.room.redaction", "", json!({ "redacts": event_id })));
        room.send("alice", "m.room.redaction", json!({ "redacts": event_id })).unwrap();
        assert_eq!(room.pdus().pop().unwrap().redacts, Some(event_id));
        refused(room.send("alice", "m.room.redaction", json!({})), ErrorCode::MissingParam);
    }
}

#[test]
fn members_that_are_not_loaded_are_asked_for() {
    let mut room = Room::public(&RoomVersionId::V12);
    room.join("bob").unwrap();
    let bobs = room.state.member(&user("bob")).event().cloned();
    room.state.shed_members(0);
    let event = NewEvent::new(user("bob"), "x", None, raw(json!({})));
    let decision = room.decide(|state, ctx| decide_event(state, event.clone(), ctx));
    assert!(matches!(&decision, Decision::Missing(users) if *users == [user("bob")]), "{decision:?}");
    room.state.supply_member(&user("bob"), bobs);
    let decision = room.decide(|state, ctx| decide_event(state, event, ctx));
    assert!(
        matches!(&decision, Decision::Accept(facts, _) if matches!(facts[..], [Fact::Room(_)])),
        "{decision:?}"
    );
    room.state.supply_member(&user("carol"), None);
    let event = NewEvent::new(user("carol"), "x", None, raw(json!({})));
    let decision = room.decide(|state, ctx| decide_event(state, event, ctx));
    forbidden(room.settle(decision));
}
