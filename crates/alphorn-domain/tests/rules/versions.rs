//! What differs by room version: formats, ids, and who may do what. Every version goes through the same life.

use std::collections::BTreeMap;

use alphorn_domain::{NewRoom, Preset, UserPower};
use alphorn_model::RoomVersionId;
use ruma_common::CanonicalJsonObject;
use ruma_signatures::{Verified, verify_event};
use ruma_state_res::check_pdu_format;
use serde_json::json;

use crate::room::{Room, VERSIONS, forbidden, user};

#[test]
fn a_room_of_each_version_lives() {
    for version in &VERSIONS {
        let mut room = Room::public(version);
        room.join("bob").unwrap();
        room.send("bob", "m.room.message", json!({ "body": "hello", "msgtype": "m.text" })).unwrap();
        forbidden(room.send("carol", "m.room.message", json!({ "body": "not in the room" })));
        forbidden(room.set("bob", "m.room.name", "", json!({ "name": "mine" })));
        room.set("alice", "m.room.name", "", json!({ "name": "hers" })).unwrap();
        room.give_level("alice", "bob", 50).unwrap();
        room.set("bob", "m.room.name", "", json!({ "name": "ours" })).unwrap();
        forbidden(room.give_level("bob", "bob", 100));
        room.join("carol").unwrap();
        room.ban("bob", "carol").unwrap();
        forbidden(room.join("carol"));
        forbidden(room.ban("bob", "alice"));
        room.unban("bob", "carol").unwrap();
        room.join("carol").unwrap();
        room.kick("alice", "bob").unwrap();
        assert_eq!(room.membership("bob").as_deref(), Some("leave"), "version {version}");
        verify_all(&room, version);
    }
}

/// As another server would check them: format, size, hash, signature.
fn verify_all(room: &Room, version: &RoomVersionId) {
    let rules = version.rules().unwrap();
    let key = ruma_common::serde::Base64::parse(room.signer.public_key_base64()).unwrap();
    let keys = BTreeMap::from([(
        "alphorn.test".to_owned(),
        BTreeMap::from([(room.signer.key_id().to_owned(), key)]),
    )]);
    for fact in room.events() {
        let object: CanonicalJsonObject = serde_json::from_str(fact.pdu.get()).unwrap();
        check_pdu_format(&object, &rules.event_format).unwrap();
        assert_eq!(verify_event(&keys, &object, &rules).unwrap(), Verified::All, "version {version}");
        let canonical = serde_json::to_string(&object).unwrap();
        assert_eq!(canonical, fact.pdu.get(), "stored in canonical form");
    }
}

#[test]
fn event_and_room_ids_have_the_form_of_the_version() {
    for (number, version) in (1..).zip(&VERSIONS) {
        let mut room = Room::public(version);
        let event_id = room.send("alice", "m.room.message", json!({ "body": "?>?>?>" })).unwrap();
        let opaque = event_id.as_str().strip_prefix('$').unwrap();
        let event = room.last_json();
        match number {
            1 | 2 => {
                assert!(opaque.ends_with(":alphorn.test"));
                assert_eq!(event["event_id"], event_id.as_str());
            }
            3 => assert!(opaque.len() == 43 && !opaque.contains(['-', '_', ':']), "{opaque}"),
            _ => assert!(opaque.len() == 43 && !opaque.contains(['+', '/', ':']), "{opaque}"),
        }
        let room_id = room.state.room_id().as_str();
        if number >= 12 {
            assert_eq!(room_id[1..], room.events()[0].event_id.as_str()[1..]);
        } else {
            assert!(room_id.ends_with(":alphorn.test"));
        }
    }
}

#[test]
fn versions_one_and_two_refer_to_events_with_their_hashes() {
    for version in &VERSIONS[..2] {
        let mut room = Room::public(version);
        room.send("alice", "m.room.message", json!({})).unwrap();
        let event = room.last_json();
        for reference in
            event["prev_events"].as_array().unwrap().iter().chain(event["auth_events"].as_array().unwrap())
        {
            assert_eq!(reference[1]["sha256"].as_str().unwrap().len(), 43, "{reference}");
        }
    }
}

#[test]
fn the_creation_event_has_the_fields_of_the_version() {
    for (number, version) in (1..).zip(&VERSIONS) {
        let room = Room::public(version);
        let create: serde_json::Value = serde_json::from_str(room.events()[0].pdu.get()).unwrap();
        assert_eq!(create["content"]["room_version"], version.as_str());
        assert_eq!(create["content"].get("creator").is_some(), number <= 10);
        assert_eq!(create.get("room_id").is_some(), number <= 11);
        let message = room.pdus().pop().unwrap();
        let create_id = &room.events()[0].event_id;
        assert_eq!(message.auth_events.contains(create_id), number <= 11);
    }
}

#[test]
fn knocking_begins_with_version_seven() {
    for (number, version) in (1..).zip(&VERSIONS) {
        let mut room = Room::create(NewRoom::new(user("alice"), version.clone()));
        room.set("alice", "m.room.join_rules", "", json!({ "join_rule": "knock" })).unwrap();
        if number < 7 {
            forbidden(room.knock("bob"));
            continue;
        }
        room.knock("bob").unwrap();
        forbidden(room.join("bob"));
        room.invite("alice", "bob").unwrap();
        forbidden(room.knock("bob"));
        room.join("bob").unwrap();
        forbidden(room.knock("bob"));
        room.knock("carol").unwrap();
        room.leave("carol").unwrap();
        assert_eq!(room.membership("carol").as_deref(), Some("leave"));
    }
}

#[test]
fn creators_stand_above_all_levels_from_version_twelve() {
    for (number, version) in (1..).zip(&VERSIONS) {
        let new = NewRoom {
            preset: Some(Preset::TrustedPrivateChat),
            invite: vec![(user("bob"), Default::default())],
            ..NewRoom::new(user("alice"), version.clone())
        };
        let mut room = Room::create(new);
        room.join("bob").unwrap();
        let bob = room.state.power().unwrap().of_user(&user("bob"));
        if number >= 12 {
            assert_eq!(bob, UserPower::Infinite);
            assert_eq!(room.content("m.room.create", "")["additional_creators"], json!([user("bob")]));
            assert_eq!(room.content("m.room.power_levels", "")["users"], json!({}));
            forbidden(room.give_level("alice", "bob", 50));
            forbidden(room.kick("alice", "bob"));
            room.set_levels("bob", json!({ "events_default": 1_000 })).unwrap();
            room.send("bob", "m.room.message", json!({})).unwrap();
        } else {
            assert_eq!(bob, UserPower::Level(100));
        }
    }
}
