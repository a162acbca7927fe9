//! Making rooms: presets, versions, names, invites, and what is refused.

use alphorn_tests::Server;
use alphorn_tests::user::room_path;
use serde_json::json;

const CREATE: &str = "/_matrix/client/v3/createRoom";

#[tokio::test]
async fn presets_decide_who_may_join() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for (preset, rule, guests) in [
        ("private_chat", "invite", true),
        ("trusted_private_chat", "invite", true),
        ("public_chat", "public", false),
    ] {
        let room = alice.create_room(json!({ "preset": preset })).await;
        assert_eq!(alice.state(&room, "m.room.join_rules", "").await["join_rule"], rule, "{preset}");
        // Without the event guests are kept out.
        let access = alice.get(&room_path(&room, "state/m.room.guest_access")).await;
        match guests {
            true => assert_eq!(access.expect_ok()["guest_access"], "can_join", "{preset}"),
            false => drop(access.expect_error(404, "M_NOT_FOUND")),
        }
        let history = alice.state(&room, "m.room.history_visibility", "").await;
        assert_eq!(history["history_visibility"], "shared", "{preset}");
    }
}

#[tokio::test]
async fn every_version_can_be_made_and_talked_in() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    for version in 1..=12 {
        let version = version.to_string();
        let body = json!({ "room_version": version, "preset": "private_chat", "invite": [bob.user_id] });
        let room = alice.create_room(body).await;
        bob.join(&room).await;
        let sent = bob.send_text(&room, "hello").await;
        assert_eq!(alice.messages(&room).await[0]["event_id"], sent.as_str(), "version {version}");
        // Version 1 does not name itself in old rooms; ours always do.
        let create = alice.state(&room, "m.room.create", "").await;
        assert_eq!(create["room_version"], version.as_str());
    }
}

#[tokio::test]
async fn what_the_request_says_is_in_the_room() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice
        .create_room(json!({
            "name": "Cheese", "topic": "All about it", "room_alias_name": "cheese", "visibility": "public",
            "invite": [bob.user_id], "is_direct": true, "creation_content": { "m.federate": false, "x": 1 },
            "initial_state": [{ "type": "org.example.colour", "state_key": "k", "content": { "c": "blue" } }],
            "power_level_content_override": { "ban": 70 },
        }))
        .await;
    assert_eq!(alice.state(&room, "m.room.name", "").await["name"], "Cheese");
    assert_eq!(alice.state(&room, "m.room.topic", "").await["topic"], "All about it");
    assert_eq!(alice.state(&room, "org.example.colour", "k").await, json!({ "c": "blue" }));
    assert_eq!(alice.state(&room, "m.room.power_levels", "").await["ban"], 70);
    let create = alice.state(&room, "m.room.create", "").await;
    assert_eq!((&create["m.federate"], &create["x"]), (&json!(false), &json!(1)));
    let alias = alice.state(&room, "m.room.canonical_alias", "").await;
    assert_eq!(alias["alias"], "#cheese:test.localhost");
    let invite = alice.state(&room, "m.room.member", &bob.user_id).await;
    assert_eq!((&invite["membership"], &invite["is_direct"]), (&json!("invite"), &json!(true)));
    assert_eq!(invite["displayname"], "bob");
    let path = format!("/_matrix/client/v3/directory/list/room/{}", alphorn_tests::http::segment(&room));
    assert_eq!(alice.get(&path).await.expect_ok()["visibility"], "public");
}

#[tokio::test]
async fn nonsense_makes_no_room() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    alice.create_room(json!({ "room_alias_name": "taken" })).await;
    for (body, code) in [
        (json!({ "room_version": 1 }), "M_BAD_JSON"),
        (json!({ "room_version": "99" }), "M_UNSUPPORTED_ROOM_VERSION"),
        (json!({ "preset": "cosy" }), "M_INVALID_PARAM"),
        (json!({ "visibility": "hazy" }), "M_INVALID_PARAM"),
        (json!({ "invite": ["bob"] }), "M_INVALID_PARAM"),
        (json!({ "invite": "@bob:test.localhost" }), "M_BAD_JSON"),
        (json!({ "room_alias_name": "a:b" }), "M_INVALID_PARAM"),
        (json!({ "room_alias_name": "taken" }), "M_ROOM_IN_USE"),
        (json!({ "initial_state": [{ "type": "x", "content": 5 }] }), "M_BAD_JSON"),
        (json!({ "power_level_content_override": { "ban": "high" } }), "M_BAD_JSON"),
    ] {
        alice.post(CREATE, body.clone()).await.expect_error(400, code);
    }
    alice.raw(http::Method::POST, CREATE, &[], "{".into()).await.expect_error(400, "M_NOT_JSON");
    let third = json!({ "invite_3pid": [{ "medium": "email", "address": "a@b.c", "id_server": "x" }] });
    alice.post(CREATE, third).await.expect_error(403, "M_THREEPID_DENIED");
    let rooms = alice.get("/_matrix/client/v3/joined_rooms").await.expect_ok();
    assert_eq!(rooms["joined_rooms"].as_array().map(Vec::len), Some(1));
}
