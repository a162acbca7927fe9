//! Joining, being invited, knocking, leaving, being removed, forgetting.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, http::segment};
use serde_json::json;

#[tokio::test]
async fn only_who_is_invited_joins_a_private_room() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "private_chat" })).await;
    bob.post(&room_path(&room, "join"), json!({})).await.expect_error(403, "M_FORBIDDEN");
    alice.invite(&room, &bob.user_id).await;
    bob.join(&room).await;
    assert_eq!(alice.state(&room, "m.room.member", &bob.user_id).await["membership"], "join");
}

#[tokio::test]
async fn members_of_another_room_join_a_restricted_one() {
    let server = Server::start().await;
    let (alice, bob, eve) =
        (server.register("alice").await, server.register("bob").await, server.register("eve").await);
    let club = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&club).await;
    let rules = json!({
        "join_rule": "restricted", "allow": [{ "type": "m.room_membership", "room_id": club }],
    });
    let state = json!([{ "type": "m.room.join_rules", "state_key": "", "content": rules }]);
    let room = alice.create_room(json!({ "initial_state": state })).await;
    eve.post(&room_path(&room, "join"), json!({})).await.expect_error(403, "M_FORBIDDEN");
    bob.join(&room).await;
    let member = alice.state(&room, "m.room.member", &bob.user_id).await;
    assert_eq!(member["join_authorised_via_users_server"], alice.user_id.as_str());
}

#[tokio::test]
async fn a_knock_is_answered_by_an_invite() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let state =
        json!([{ "type": "m.room.join_rules", "state_key": "", "content": { "join_rule": "knock" } }]);
    let room = alice.create_room(json!({ "initial_state": state })).await;
    let knock = format!("/_matrix/client/v3/knock/{}", segment(&room));
    bob.post(&knock, json!({ "reason": "please" })).await.expect_ok();
    let member = alice.state(&room, "m.room.member", &bob.user_id).await;
    assert_eq!((&member["membership"], &member["reason"]), (&json!("knock"), &json!("please")));
    alice.invite(&room, &bob.user_id).await;
    bob.join(&room).await;
    bob.post(&knock, json!({})).await.expect_error(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn who_is_banned_stays_out_until_unbanned() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let target = json!({ "user_id": bob.user_id, "reason": "noise" });
    bob.post(&room_path(&room, "ban"), json!({ "user_id": alice.user_id }))
        .await
        .expect_error(403, "M_FORBIDDEN");
    alice.post(&room_path(&room, "kick"), target.clone()).await.expect_ok();
    bob.join(&room).await;
    alice.post(&room_path(&room, "ban"), target.clone()).await.expect_ok();
    bob.post(&room_path(&room, "join"), json!({})).await.expect_error(403, "M_FORBIDDEN");
    alice.post(&room_path(&room, "invite"), target.clone()).await.expect_error(403, "M_FORBIDDEN");
    alice.post(&room_path(&room, "unban"), target).await.expect_ok();
    bob.join(&room).await;
    alice.post(&room_path(&room, "kick"), json!({ "user_id": 5 })).await.expect_error(400, "M_BAD_JSON");
    alice.post(&room_path(&room, "kick"), json!({})).await.expect_error(400, "M_MISSING_PARAM");
    alice
        .post(&room_path(&room, "kick"), json!({ "user_id": "bob" }))
        .await
        .expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn a_left_room_shows_what_it_was_until_it_is_forgotten() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat", "name": "before" })).await;
    bob.join(&room).await;
    alice.send_text(&room, "seen").await;
    bob.post(&room_path(&room, "forget"), json!({})).await.expect_error(400, "M_UNKNOWN");
    bob.leave(&room).await;
    alice.send_state(&room, "m.room.name", "", json!({ "name": "after" })).await;
    alice.send_text(&room, "unseen").await;

    assert_eq!(bob.state(&room, "m.room.name", "").await["name"], "before");
    let bodies: Vec<_> =
        bob.messages(&room).await.iter().map(|event| event["content"]["body"].clone()).collect();
    assert!(bodies.contains(&json!("seen")) && !bodies.contains(&json!("unseen")), "{bodies:?}");
    bob.get(&room_path(&room, "joined_members")).await.expect_error(403, "M_FORBIDDEN");

    bob.post(&room_path(&room, "forget"), json!({})).await.expect_ok();
    bob.get(&room_path(&room, "messages?dir=b")).await.expect_error(403, "M_FORBIDDEN");
    bob.join(&room).await;
    assert_eq!(bob.state(&room, "m.room.name", "").await["name"], "after");
}

#[tokio::test]
async fn who_comes_back_knows_who_came_meanwhile_but_not_what_they_said() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let carol = server.register("carol").await;
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    alice.send_state(&room, "m.room.history_visibility", "", json!({"history_visibility": "joined"})).await;
    let since = bob.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    bob.leave(&room).await;
    carol.join(&room).await;
    alice.send_state(&room, "m.room.topic", "", json!({"topic": "passing"})).await;
    let topic = alice.send_state(&room, "m.room.topic", "", json!({"topic": "lasting"})).await;
    let secret = alice.send_text(&room, "unheard").await;
    bob.join(&room).await;
    for since in [None, Some(since.as_str())] {
        let told = bob.sync(since).await["rooms"]["join"][&room].clone();
        let state = told["state"]["events"].as_array().unwrap().iter();
        let events: Vec<_> = state.chain(told["timeline"]["events"].as_array().unwrap()).collect();
        let last = |kind: &str, key: &str| {
            events.iter().rfind(|event| event["type"] == kind && event["state_key"] == key).unwrap()["content"]
                .clone()
        };
        assert_eq!(last("m.room.member", &carol.user_id)["membership"], "join");
        assert_eq!(last("m.room.topic", "")["topic"], "lasting");
        assert!(events.iter().any(|event| event["event_id"] == topic));
        assert!(!events.iter().any(|event| event["event_id"] == secret));
        assert!(!events.iter().any(|event| event["content"]["topic"] == "passing"));
    }
}

#[tokio::test]
async fn an_unknown_room_is_not_found() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = "!nowhere:test.localhost";
    alice.post(&room_path(room, "join"), json!({})).await.expect_error(404, "M_NOT_FOUND");
    alice
        .post("/_matrix/client/v3/join/%23no:test.localhost", json!({}))
        .await
        .expect_error(404, "M_NOT_FOUND");
    alice.post("/_matrix/client/v3/join/rubbish", json!({})).await.expect_error(400, "M_INVALID_PARAM");
    alice.post(&room_path("rubbish", "join"), json!({})).await.expect_error(400, "M_INVALID_PARAM");
}
