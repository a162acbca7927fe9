//! What clients and users see of stored events.

use alphorn_domain::read::{
    HistoryVisibility, PushContext, PushEvent, Sight, client_event, default_ruleset, may_see, prune,
    prune_content, push_outcome, stripped_state,
};
use alphorn_domain::{NewRoom, Redaction, decide_redaction};
use alphorn_model::{RawJson, RoomVersionId};
use ruma_common::push::Ruleset;
use serde_json::{Value, json};

use crate::room::{Room, VERSIONS, raw, user};

fn value(json: &RawJson) -> Value {
    serde_json::from_str(json.get()).unwrap()
}

fn last_for_clients(room: &Room) -> Value {
    let fact = *room.events().last().unwrap();
    let unsigned = raw(json!({ "age": 1 }));
    value(&client_event(&fact.pdu, &fact.event_id, Some(room.state.room_id()), Some(&unsigned)).unwrap())
}

#[test]
fn clients_get_their_format() {
    for version in &VERSIONS {
        let mut room = Room::public(version);
        let content = json!({ "body": "\"quoted\" \\ ü 😀", "nested": { "a": [1, null] } });
        let event_id = room.send("alice", "m.room.message", content.clone()).unwrap();
        let room_id = room.state.room_id().to_owned();
        let expected = json!({
            "content": content,
            "event_id": event_id,
            "origin_server_ts": room.now_ms,
            "room_id": room_id,
            "sender": "@alice:alphorn.test",
            "type": "m.room.message",
            "unsigned": { "age": 1 },
        });
        assert_eq!(last_for_clients(&room), expected);
        let event_id = room.set("alice", "m.room.name", "", json!({ "name": "n" })).unwrap();
        let fact = *room.events().last().unwrap();
        let expected = json!({
            "content": { "name": "n" },
            "event_id": event_id,
            "origin_server_ts": room.now_ms,
            "sender": "@alice:alphorn.test",
            "state_key": "",
            "type": "m.room.name",
        });
        assert_eq!(value(&client_event(&fact.pdu, &fact.event_id, None, None).unwrap()), expected);
    }
}

#[test]
fn redactions_name_their_target_in_both_places() {
    for version in &VERSIONS {
        for reason in [None, Some("spam".to_owned())] {
            let mut room = Room::public(version);
            let target = room.send("alice", "m.room.message", json!({ "body": "x" })).unwrap();
            let pdu = room.pdus().pop().unwrap();
            let redaction = Redaction {
                sender: user("alice"),
                target: &pdu,
                reason: reason.clone(),
                further: Default::default(),
                transaction: None,
                timestamp_ms: None,
            };
            let decision = room.decide(|state, ctx| decide_redaction(state, redaction, ctx));
            room.settle(decision).unwrap();
            let event = last_for_clients(&room);
            assert_eq!(event["redacts"], target.as_str());
            assert_eq!(event["content"]["redacts"], target.as_str());
            assert_eq!(event["content"].get("reason").and_then(Value::as_str), reason.as_deref());
        }
    }
}

#[test]
fn odd_event_ids_are_quoted() {
    let room = Room::public(&RoomVersionId::V1);
    let fact = *room.events().last().unwrap();
    let odd = alphorn_model::EventId::parse("$a\"b\\c:alphorn.test").unwrap();
    let event = value(&client_event(&fact.pdu, &odd, None, None).unwrap());
    assert_eq!(event["event_id"], odd.as_str());
    client_event(&raw(json!({ "type": "x" })), &odd, None, None).unwrap_err();
}

#[test]
fn pruning_takes_contents_away() {
    for version in &VERSIONS {
        let rules = version.rules().unwrap();
        let mut room = Room::public(version);
        room.send("alice", "m.room.message", json!({ "body": "secret" })).unwrap();
        let fact = *room.events().last().unwrap();
        let pruned = value(&prune(&fact.pdu, &rules).unwrap());
        assert_eq!(pruned["content"], json!({}));
        let mut whole = value(&fact.pdu);
        whole["content"] = json!({});
        assert_eq!(pruned, whole);
        let member = raw(json!({ "membership": "join", "displayname": "x" }));
        let pruned = value(&prune_content("m.room.member", &member, &rules).unwrap());
        assert_eq!(pruned, json!({ "membership": "join" }));
    }
}

#[test]
fn stripped_state_shows_the_face_of_the_room() {
    let mut room = Room::create(NewRoom {
        name: Some("Stube".to_owned()),
        ..NewRoom::new(user("alice"), RoomVersionId::V12)
    });
    room.invite("alice", "bob").unwrap();
    let stripped: Vec<_> = stripped_state(&room.state, &[&user("alice"), &user("bob"), &user("carol")])
        .iter()
        .map(value)
        .collect();
    let kinds: Vec<_> = stripped.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected = [
        "m.room.create",
        "m.room.name",
        "m.room.join_rules",
        "m.room.guest_access",
        "m.room.member",
        "m.room.member",
    ];
    assert_eq!(kinds, expected);
    for event in &stripped {
        assert_eq!(event.as_object().unwrap().len(), 4, "{event}");
    }
    assert_eq!(stripped[5]["state_key"], "@bob:alphorn.test");
}

#[test]
fn history_is_seen_by_the_rules() {
    use HistoryVisibility::{Invited, Joined, Shared, WorldReadable};
    for (visibility, membership, joined_later, sees) in [
        (WorldReadable, None, false, true),
        (WorldReadable, Some("ban"), false, true),
        (Shared, None, false, false),
        (Shared, Some("leave"), true, true),
        (Shared, Some("invite"), false, false),
        (Shared, Some("join"), false, true),
        (Invited, Some("invite"), false, true),
        (Invited, Some("join"), false, true),
        (Invited, Some("leave"), true, false),
        (Invited, Some("knock"), true, false),
        (Joined, Some("join"), false, true),
        (Joined, Some("invite"), true, false),
        (Joined, None, true, false),
    ] {
        let sight = Sight { visibility, membership, joined_later, ..Sight::default() };
        assert_eq!(may_see(sight), sees, "{sight:?}");
    }
    let own_leave = Sight {
        visibility: Joined,
        membership: Some("leave"),
        membership_before: Some("join"),
        ..Sight::default()
    };
    assert!(may_see(own_leave));
    let closing = Sight { visibility: Joined, visibility_before: Some(WorldReadable), ..Sight::default() };
    assert!(may_see(closing));
    assert_eq!(HistoryVisibility::from_content(None), Shared);
    assert_eq!(
        HistoryVisibility::from_content(Some(&raw(json!({ "history_visibility": "joined" })))),
        Joined
    );
    assert_eq!(HistoryVisibility::from_content(Some(&raw(json!({ "history_visibility": 7 })))), Shared);
}

fn outcome(room: &Room, members: u64, who: &str, rules: &Ruleset) -> (bool, bool) {
    let event = PushEvent::new(&raw(last_for_clients(room)));
    let mut context = PushContext::new(&room.state, members, &user("alice"));
    context.turn_to(&user(who), who);
    let outcome = push_outcome(rules, &event, &context);
    (outcome.notify, outcome.highlight)
}

#[test]
fn push_rules_notify() {
    for version in [RoomVersionId::V11, RoomVersionId::V12] {
        let mut room = Room::public(&version);
        room.join("bob").unwrap();
        let bobs = default_ruleset(&user("bob"));
        let alices = default_ruleset(&user("alice"));
        room.send("alice", "m.room.message", json!({ "body": "hello", "msgtype": "m.text" })).unwrap();
        assert_eq!(outcome(&room, 3, "bob", &bobs), (true, false));
        assert_eq!(outcome(&room, 3, "alice", &alices), (false, false));
        let mention =
            json!({ "body": "bob", "msgtype": "m.text", "m.mentions": { "user_ids": [user("bob")] } });
        room.send("alice", "m.room.message", mention).unwrap();
        assert_eq!(outcome(&room, 3, "bob", &bobs), (true, true));
        let everyone = json!({ "body": "all", "msgtype": "m.text", "m.mentions": { "room": true } });
        room.send("bob", "m.room.message", everyone.clone()).unwrap();
        assert_eq!(outcome(&room, 3, "alice", &alices), (true, false), "bob lacks the level to notify all");
        room.send("alice", "m.room.message", everyone).unwrap();
        assert_eq!(outcome(&room, 3, "bob", &bobs), (true, true));
        room.send("alice", "m.reaction", json!({ "m.relates_to": {} })).unwrap();
        assert_eq!(outcome(&room, 2, "bob", &bobs), (false, false));
        room.invite("alice", "carol").unwrap();
        assert_eq!(outcome(&room, 3, "carol", &default_ruleset(&user("carol"))), (true, false));
    }
}
