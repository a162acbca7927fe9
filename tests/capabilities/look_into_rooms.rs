//! Somebody looks into a room without joining it, by the deprecated endpoints that are made for it.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

const VISIBILITY: &str = "m.room.history_visibility";

/// News of one room after a token: the events, and the token to go on with.
async fn news(user: &User, room: &str, from: &str) -> (Vec<Value>, String) {
    let path = format!("/_matrix/client/v3/events?timeout=5000&room_id={}&from={from}", segment(room));
    let answer = user.get(&path).await.expect_ok();
    (answer["chunk"].as_array().unwrap().clone(), answer["end"].as_str().unwrap().to_owned())
}

/// Waits for one kind of news; null: none came.
async fn next(user: &User, room: &str, from: &mut String, kind: &str) -> Value {
    for _ in 0..10 {
        let (chunk, end) = news(user, room, from).await;
        *from = end;
        if let Some(event) = chunk.into_iter().find(|event| event["type"] == kind) {
            return event;
        }
    }
    Value::Null
}

#[tokio::test]
async fn anyone_follows_what_happens_in_a_world_readable_room() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let carol = server.register("carol").await;
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    alice.send_state(&room, VISIBILITY, "", json!({"history_visibility": "world_readable"})).await;
    let hello = alice.send_text(&room, "hello").await;

    let first = bob.get(&room_path(&room, "initialSync")).await.expect_ok();
    let chunk = first["messages"]["chunk"].as_array().unwrap();
    assert!(chunk.iter().any(|event| event["event_id"] == hello));
    assert!(first["state"].as_array().unwrap().iter().any(|event| event["type"] == "m.room.create"));
    let mut from = first["messages"]["end"].as_str().unwrap().to_owned();

    let waiting = next(&bob, &room, &mut from, "m.room.message");
    let (seen, sent) = tokio::join!(waiting, alice.send_text(&room, "good morning"));
    assert_eq!(seen["event_id"], sent);
    assert_eq!(seen["room_id"], room);
    let status = |user: &User| format!("/_matrix/client/v3/presence/{}/status", segment(&user.user_id));
    carol.put(&status(&carol), json!({"presence": "online", "status_msg": "elsewhere"})).await.expect_ok();
    alice.put(&status(&alice), json!({"presence": "unavailable", "status_msg": "tea"})).await.expect_ok();
    let presence = next(&bob, &room, &mut from, "m.presence").await;
    assert_eq!(presence["sender"], alice.user_id);
    assert_eq!(presence["content"]["status_msg"], "tea");
    alice.post(&room_path(&room, &format!("receipt/m.read/{sent}")), json!({})).await.expect_ok();
    let receipt = next(&bob, &room, &mut from, "m.receipt").await;
    assert!(receipt["content"][&sent]["m.read"][&alice.user_id].is_object());
    let typing = room_path(&room, &format!("typing/{}", segment(&alice.user_id)));
    alice.put(&typing, json!({"typing": true, "timeout": 30_000})).await.expect_ok();
    assert_eq!(next(&bob, &room, &mut from, "m.typing").await["content"]["user_ids"], json!([alice.user_id]));
}

#[tokio::test]
async fn rooms_that_the_world_may_not_read_stay_closed() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    let events = format!("/_matrix/client/v3/events?room_id={}", segment(&room));
    for visibility in ["shared", "invited", "joined"] {
        alice.send_state(&room, VISIBILITY, "", json!({"history_visibility": visibility})).await;
        bob.get(&events).await.expect_error(403, "M_FORBIDDEN");
        bob.get(&room_path(&room, "initialSync")).await.expect_error(403, "M_FORBIDDEN");
    }
    alice.send_text(&room, "before").await;
    alice.send_state(&room, VISIBILITY, "", json!({"history_visibility": "world_readable"})).await;
    let first = bob.get(&room_path(&room, "initialSync?limit=50")).await.expect_ok();
    let seen = first["messages"]["chunk"].to_string();
    assert!(!seen.contains("before"), "what was said when it was closed: {seen}");
    bob.get(&format!("{events}&from=rubbish")).await.expect_error(400, "M_INVALID_PARAM");
}
