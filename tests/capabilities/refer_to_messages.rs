//! Reactions, threads, redactions: events that refer to others.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, http::segment};
use serde_json::{Value, json};

fn relations(room: &str, event: &str, rest: &str) -> String {
    format!("/_matrix/client/v1/rooms/{}/relations/{}{rest}", segment(room), segment(event))
}

fn reaction(event: &str, key: &str) -> Value {
    json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": event, "key": key } })
}

fn reply(root: &str) -> Value {
    json!({ "msgtype": "m.text", "body": "r", "m.relates_to": { "rel_type": "m.thread", "event_id": root } })
}

#[tokio::test]
async fn the_same_reaction_counts_once_also_when_it_is_retried() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let message = alice.send_text(&room, "hello").await;
    let path = room_path(&room, "send/m.reaction/first");
    let first = alice.put(&path, reaction(&message, "👍")).await.expect_ok();
    let again = alice.put(&path, reaction(&message, "👍")).await.expect_ok();
    assert_eq!(first["event_id"], again["event_id"]);
    let other = room_path(&room, "send/m.reaction/second");
    alice.put(&other, reaction(&message, "👍")).await.expect_error(400, "M_DUPLICATE_ANNOTATION");
    alice.put(&other, reaction(&message, "👎")).await.expect_ok();
    alice.redact(&room, first["event_id"].as_str().unwrap()).await;
    alice.send(&room, "m.reaction", reaction(&message, "👍")).await;
}

#[tokio::test]
async fn a_thread_is_listed_with_its_replies() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let root = alice.send_text(&room, "root").await;
    alice.send_text(&room, "beside").await;
    let mut replies = Vec::new();
    for _ in 0..5 {
        replies.push(alice.send(&room, "m.room.message", reply(&root)).await);
    }
    let nested = room_path(&room, "send/m.room.message/nested");
    alice.put(&nested, reply(&replies[0])).await.expect_error(400, "M_UNKNOWN");
    alice.send(&room, "m.reaction", reaction(&replies[1], "x")).await;

    let path = format!("/_matrix/client/v1/rooms/{}/threads", segment(&room));
    let threads = bob.get(&path).await.expect_ok();
    assert_eq!(threads["chunk"][0]["event_id"], root.as_str());
    let summary = &threads["chunk"][0]["unsigned"]["m.relations"]["m.thread"];
    assert_eq!((&summary["count"], &summary["current_user_participated"]), (&json!(5), &json!(false)));
    let own = bob.get(&format!("{path}?include=participated")).await.expect_ok();
    assert_eq!(own["chunk"], json!([]));

    let first = bob.get(&relations(&room, &root, "/m.thread?limit=3")).await.expect_ok();
    let next = first["next_batch"].as_str().unwrap();
    let second =
        bob.get(&relations(&room, &root, &format!("/m.thread?limit=3&from={next}"))).await.expect_ok();
    assert!(second.get("next_batch").is_none());
    let both = first["chunk"].as_array().unwrap().iter().chain(second["chunk"].as_array().unwrap());
    let mut seen: Vec<_> = both.map(|event| event["event_id"].as_str().unwrap().to_owned()).collect();
    seen.reverse();
    assert_eq!(seen, replies);
    let deep = bob.get(&relations(&room, &root, "?recurse=true")).await.expect_ok();
    assert_eq!((deep["chunk"].as_array().unwrap().len(), &deep["recursion_depth"]), (6, &json!(2)));
}

#[tokio::test]
async fn a_relation_stays_in_its_room_and_with_those_who_see_it() {
    let server = Server::start().await;
    let (alice, eve) = (server.register("alice").await, server.register("eve").await);
    let room = alice.create_room(json!({})).await;
    let other = alice.create_room(json!({})).await;
    let message = alice.send_text(&room, "hello").await;
    let path = room_path(&other, "send/m.reaction/1");
    alice.put(&path, reaction(&message, "x")).await.expect_error(400, "M_UNKNOWN");
    eve.get(&relations(&room, &message, "")).await.expect_error(403, "M_FORBIDDEN");
    alice.get(&relations(&other, &message, "")).await.expect_error(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn a_redacted_message_is_empty_for_all() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let message = alice.send_text(&room, "regretted").await;
    let path = room_path(&room, &format!("redact/{}/1", segment(&message)));
    bob.put(&path, json!({})).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&path, json!({ "reason": "typo" })).await.expect_ok();
    let event = bob.get(&room_path(&room, &format!("event/{}", segment(&message)))).await.expect_ok();
    assert_eq!(event["content"], json!({}));
    assert_eq!(event["unsigned"]["redacted_because"]["content"]["reason"], "typo");
    let other = alice.create_room(json!({})).await;
    let path = room_path(&other, &format!("redact/{}/1", segment(&message)));
    alice.put(&path, json!({})).await.expect_error(400, "M_INVALID_PARAM");
}
