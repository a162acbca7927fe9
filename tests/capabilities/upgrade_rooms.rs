//! Upgrading a room to another version.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, http::segment};
use serde_json::json;

#[tokio::test]
async fn a_new_room_takes_the_place_of_the_old_one() {
    let server = Server::start().await;
    let (alice, bob, carol) =
        (server.register("alice").await, server.register("bob").await, server.register("carol").await);
    let room = alice
        .create_room(
            json!({ "room_version": "10", "preset": "public_chat", "name": "old", "room_alias_name": "it" }),
        )
        .await;
    bob.join(&room).await;
    carol.join(&room).await;
    alice.post(&room_path(&room, "ban"), json!({ "user_id": carol.user_id })).await.expect_ok();
    let upgrade = room_path(&room, "upgrade");
    bob.post(&upgrade, json!({ "new_version": "11" })).await.expect_error(403, "M_FORBIDDEN");
    alice.post(&upgrade, json!({ "new_version": "x" })).await.expect_error(400, "M_UNSUPPORTED_ROOM_VERSION");
    for version in ["11", "12"] {
        let old = alice.get("/_matrix/client/v3/directory/room/%23it:test.localhost").await.expect_ok();
        let old = old["room_id"].as_str().unwrap().to_owned();
        let answer =
            alice.post(&room_path(&old, "upgrade"), json!({ "new_version": version })).await.expect_ok();
        let new = answer["replacement_room"].as_str().unwrap();
        let create = alice.state(new, "m.room.create", "").await;
        assert_eq!(create["predecessor"]["room_id"], old.as_str());
        assert_eq!(create["room_version"], version);
        assert_eq!(alice.state(&old, "m.room.tombstone", "").await["replacement_room"], new);
        assert_eq!(alice.state(new, "m.room.name", "").await["name"], "old");
        assert_eq!(alice.state(new, "m.room.member", &carol.user_id).await["membership"], "ban");
        assert_eq!(alice.state(new, "m.room.canonical_alias", "").await["alias"], "#it:test.localhost");
        assert_eq!(alice.state(&old, "m.room.power_levels", "").await["events_default"], 50);
        bob.join("#it:test.localhost").await;
        bob.send_text(new, "here").await;
        let path = room_path(&old, "send/m.room.message/late");
        if version == "11" {
            bob.put(&path, json!({ "body": "there" })).await.expect_error(403, "M_FORBIDDEN");
        }
        assert_eq!(
            bob.get(&room_path(new, "joined_members")).await.expect_ok()["joined"].as_object().unwrap().len(),
            2
        );
    }
}

#[tokio::test]
async fn what_a_user_set_for_the_old_room_holds_for_the_new_one() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let data = |kind: &str| format!("/_matrix/client/v3/user/{}/account_data/{kind}", segment(&bob.user_id));
    bob.put(&data("m.direct"), json!({ &alice.user_id: [room] })).await.expect_ok();
    let tag = |room: &str| {
        format!("/_matrix/client/v3/user/{}/rooms/{}/tags", segment(&bob.user_id), segment(room))
    };
    bob.put(&format!("{}/m.favourite", tag(&room)), json!({ "order": 0.5 })).await.expect_ok();
    let answer = alice.post(&room_path(&room, "upgrade"), json!({ "new_version": "12" })).await.expect_ok();
    let new = answer["replacement_room"].as_str().unwrap();
    bob.join(new).await;
    assert_eq!(bob.get(&data("m.direct")).await.expect_ok()[&alice.user_id], json!([room, new]));
    assert!(bob.get(&tag(new)).await.expect_ok()["tags"]["m.favourite"].is_object());
}

#[tokio::test]
async fn a_room_cannot_be_its_own_replacement() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let path = room_path(&room, "state/m.room.tombstone");
    alice.put(&path, json!({ "replacement_room": room })).await.expect_error(400, "M_INVALID_PARAM");
}
