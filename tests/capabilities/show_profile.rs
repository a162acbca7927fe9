//! A person shows others who they are.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

fn field(user: &User, key: &str) -> String {
    format!("/_matrix/client/v3/profile/{}/{}", segment(&user.user_id), segment(key))
}

async fn member_name(watcher: &User, room: &str, member: &User) -> Value {
    let path = room_path(room, &format!("state/m.room.member/{}", segment(&member.user_id)));
    watcher.get(&path).await.expect_ok()["displayname"].clone()
}

/// Whether a room shows a member's name, within seconds.
async fn shows(watcher: &User, room: &str, member: &User, name: &str) -> bool {
    for _ in 0..200 {
        if member_name(watcher, room, member).await == name {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn a_new_name_shows_in_all_rooms() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let mut rooms = Vec::new();
    for _ in 0..3 {
        let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
        bob.join(&room).await;
        rooms.push(room);
    }
    let left = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&left).await;
    alice.leave(&left).await;

    alice.put(&field(&alice, "displayname"), json!({"displayname": "Alice A."})).await.expect_ok();
    for room in &rooms {
        assert!(shows(&bob, room, &alice, "Alice A.").await);
    }
    let shown = bob.get(&field(&alice, "displayname")).await.expect_ok();
    assert_eq!(shown, json!({"displayname": "Alice A."}));
    let path = room_path(&left, &format!("state/m.room.member/{}", segment(&alice.user_id)));
    assert_eq!(bob.get(&path).await.expect_ok()["membership"], "leave", "nobody comes back by this");
}

#[tokio::test]
async fn rooms_hear_of_a_new_name_even_after_a_crash() {
    let mut server = Server::start().await;
    let alice = server.register("alice").await;
    let mut rooms = Vec::new();
    for _ in 0..5 {
        rooms.push(alice.create_room(json!({})).await);
    }
    alice.put(&field(&alice, "displayname"), json!({"displayname": "Alice B."})).await.expect_ok();
    server.kill();
    server.start_again().await;
    for room in &rooms {
        assert!(shows(&alice, room, &alice, "Alice B.").await);
    }
}

#[tokio::test]
async fn a_profile_takes_further_fields_within_bounds() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let whole = format!("/_matrix/client/v3/profile/{}", segment(&alice.user_id));

    let pronouns = json!({"org.example.pronouns": ["she", {"in": "de"}]});
    alice.put(&field(&alice, "org.example.pronouns"), pronouns.clone()).await.expect_ok();
    alice.put(&field(&alice, "m.tz"), json!({"m.tz": "Europe/Zurich"})).await.expect_ok();
    assert_eq!(bob.get(&field(&alice, "org.example.pronouns")).await.expect_ok(), pronouns);
    let profile = server.get(&whole).await.expect_ok();
    assert_eq!(profile["m.tz"], "Europe/Zurich");
    assert_eq!(profile["displayname"], "alice");
    alice.delete(&field(&alice, "m.tz")).await.expect_ok();
    alice.delete(&field(&alice, "m.tz")).await.expect_ok();
    bob.get(&field(&alice, "m.tz")).await.expect_error(404, "M_NOT_FOUND");

    let long_key = format!("org.example.{}", "k".repeat(250));
    let long_name = "n".repeat(257);
    let large = "v".repeat(66_000);
    let cases = [
        ("displayname", json!({"displayname": 7}), "M_BAD_JSON"),
        ("displayname", json!({"avatar_url": "x"}), "M_MISSING_PARAM"),
        ("displayname", json!({"displayname": long_name}), "M_INVALID_PARAM"),
        ("m.tz", json!({"m.tz": 1}), "M_BAD_JSON"),
        ("nick", json!({"nick": "a"}), "M_INVALID_PARAM"),
        ("Org.Example", json!({"Org.Example": "a"}), "M_INVALID_PARAM"),
        (&long_key, json!({ &long_key: 1 }), "M_KEY_TOO_LARGE"),
        ("org.example.large", json!({"org.example.large": large}), "M_PROFILE_TOO_LARGE"),
    ];
    for (key, body, errcode) in cases {
        alice.put(&field(&alice, key), body).await.expect_error(400, errcode);
    }
    bob.put(&field(&alice, "displayname"), json!({"displayname": "Bob"}))
        .await
        .expect_error(403, "M_FORBIDDEN");
    bob.delete(&field(&alice, "displayname")).await.expect_error(403, "M_FORBIDDEN");
    bob.get("/_matrix/client/v3/profile/nobody").await.expect_error(400, "M_INVALID_PARAM");
    bob.get("/_matrix/client/v3/profile/@nobody:test.localhost").await.expect_error(404, "M_NOT_FOUND");
    assert_eq!(
        server.get(&whole).await.expect_ok()["displayname"],
        "alice",
        "nothing of it changed anything"
    );
}
