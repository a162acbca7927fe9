//! Creation of rooms.

use alphorn_domain::{MemberDetails, NewRoom, Preset};
use alphorn_model::fact::RoomFact;
use alphorn_model::{ErrorCode, RoomVersionId};
use serde_json::{Value, json};

use crate::room::{Room, VERSIONS, raw, refused, user};

fn private() -> NewRoom {
    NewRoom::new(user("alice"), RoomVersionId::V12)
}

fn object(value: Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn events_come_in_the_order_of_the_specification() {
    for version in &VERSIONS {
        let room = Room::create(NewRoom {
            public: true,
            name: Some("Stube".to_owned()),
            topic: Some("weather".to_owned()),
            alias: Some("#stube:alphorn.test".try_into().unwrap()),
            initial_state: vec![
                (
                    "m.room.encryption".to_owned(),
                    String::new(),
                    raw(json!({ "algorithm": "m.megolm.v1.aes-sha2" })),
                ),
                ("m.room.join_rules".to_owned(), String::new(), raw(json!({ "join_rule": "knock" }))),
            ],
            invite: vec![(
                user("bob"),
                MemberDetails { displayname: Some("Bob".to_owned()), ..Default::default() },
            )],
            is_direct: true,
            ..NewRoom::new(user("alice"), version.clone())
        });
        let kinds: Vec<_> = room.pdus().iter().map(|event| event.kind_str().to_owned()).collect();
        let expected = [
            "m.room.create",
            "m.room.member",
            "m.room.power_levels",
            "m.room.canonical_alias",
            "m.room.history_visibility",
            "m.room.encryption",
            "m.room.join_rules",
            "m.room.name",
            "m.room.topic",
            "m.room.member",
        ];
        assert_eq!(kinds, expected, "version {version}");
        assert!(matches!(room.facts.first(), Some(RoomFact::Opened { version: v }) if v == version.as_str()));
        assert!(matches!(room.facts.last(), Some(RoomFact::DirectoryVisibility { public: true })));
        let invite = room.content("m.room.member", "@bob:alphorn.test");
        assert_eq!(invite, json!({ "membership": "invite", "displayname": "Bob", "is_direct": true }));
        assert_eq!(room.content("m.room.join_rules", ""), json!({ "join_rule": "knock" }));
    }
}

#[test]
fn each_event_follows_on_the_one_before() {
    let room = Room::create(private());
    let mut before = Vec::new();
    for (depth, event) in (1..).zip(room.pdus()) {
        assert_eq!(event.depth, depth);
        assert_eq!(event.prev_events, before);
        before = vec![event.event_id.clone()];
    }
}

#[test]
fn presets_set_join_rule_and_guest_access() {
    for (preset, public, join_rule, guest_access) in [
        (Some(Preset::PrivateChat), true, "invite", json!("can_join")),
        (Some(Preset::TrustedPrivateChat), false, "invite", json!("can_join")),
        (Some(Preset::PublicChat), false, "public", json!(null)),
        (None, false, "invite", json!("can_join")),
        (None, true, "public", json!(null)),
    ] {
        let room = Room::create(NewRoom { preset, public, ..private() });
        assert_eq!(room.content("m.room.join_rules", "")["join_rule"], join_rule);
        assert_eq!(room.content("m.room.guest_access", "")["guest_access"], guest_access);
        assert_eq!(room.content("m.room.history_visibility", "")["history_visibility"], "shared");
    }
}

#[test]
fn what_the_client_gives_goes_into_the_events() {
    let room = Room::create(NewRoom {
        creation_content: object(
            json!({ "type": "m.space", "m.federate": false, "room_version": "1", "creator": "x" }),
        ),
        power_level_content_override: object(json!({ "events_default": 40, "invite": 99 })),
        predecessor: Some(("!old:alphorn.test".try_into().unwrap(), None)),
        creator_profile: MemberDetails { displayname: Some("Alice".to_owned()), ..Default::default() },
        ..private()
    });
    let create = room.content("m.room.create", "");
    assert_eq!(
        create,
        json!({
            "type": "m.space",
            "m.federate": false,
            "room_version": "12",
            "predecessor": { "room_id": "!old:alphorn.test" },
        })
    );
    let levels = room.content("m.room.power_levels", "");
    assert_eq!(
        (&levels["events_default"], &levels["invite"], &levels["ban"]),
        (&json!(40), &json!(99), &json!(50))
    );
    assert_eq!(room.content("m.room.member", "@alice:alphorn.test")["displayname"], "Alice");
}

#[test]
fn rooms_that_cannot_be_are_refused() {
    let state = |kind: &str, content: Value| vec![(kind.to_owned(), String::new(), raw(content))];
    let over = |content: Value| NewRoom { power_level_content_override: object(content), ..private() };
    let version_11 = |new: NewRoom| NewRoom { version: RoomVersionId::V11, ..new };
    for (new, code) in [
        (
            NewRoom { version: "org.example".try_into().unwrap(), ..private() },
            ErrorCode::UnsupportedRoomVersion,
        ),
        (over(json!({ "ban": "a lot" })), ErrorCode::BadJson),
        (over(json!({ "users": { "bob": 1 } })), ErrorCode::BadJson),
        (over(json!({ "users": { "@alice:alphorn.test": 100 } })), ErrorCode::InvalidRoomState),
        (
            NewRoom {
                name: Some("n".to_owned()),
                ..version_11(over(json!({ "users": { "@alice:alphorn.test": 10 } })))
            },
            ErrorCode::InvalidRoomState,
        ),
        (
            NewRoom { initial_state: state("m.room.create", json!({})), ..private() },
            ErrorCode::InvalidRoomState,
        ),
        (NewRoom { initial_state: state("m.room.join_rules", json!({})), ..private() }, ErrorCode::BadJson),
        (NewRoom { initial_state: state("x", json!({ "f": 0.5 })), ..private() }, ErrorCode::BadJson),
        (
            NewRoom { invite: vec![(user("alice"), Default::default())], ..private() },
            ErrorCode::InvalidRoomState,
        ),
        (NewRoom { topic: Some("t".repeat(70_000)), ..private() }, ErrorCode::TooLarge),
        (
            NewRoom { creation_content: object(json!({ "additional_creators": ["bob"] })), ..private() },
            ErrorCode::InvalidParam,
        ),
    ] {
        refused(Room::try_create(new).map(|room| room.facts), code);
    }
}

#[test]
fn additional_creators_may_be_given() {
    let room = Room::create(NewRoom {
        creation_content: object(
            json!({ "additional_creators": ["@bob:elsewhere.test", "@alice:alphorn.test"] }),
        ),
        ..private()
    });
    assert_eq!(room.content("m.room.create", "")["additional_creators"], json!(["@bob:elsewhere.test"]));
}
