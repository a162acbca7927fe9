//! Two people talk in a room.

use alphorn_tests::Server;
use serde_json::{Value, json};

/// The timeline of `room` in a sync answer.
fn timeline(sync: &Value, room: &str) -> Vec<Value> {
    sync["rooms"]["join"][room]["timeline"]["events"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_message_reaches_the_other_person_once() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    bob.join(&room).await;
    let before = bob.sync(None).await;
    let since = before["next_batch"].as_str().unwrap();

    let event_id = alice.send_text(&room, "grüezi").await;

    let ((), next) = bob
        .sync_until(Some(since), |sync| {
            let events = timeline(sync, &room);
            let event = events.iter().find(|event| event["event_id"] == event_id.as_str())?;
            assert_eq!(event["content"]["body"], "grüezi");
            assert_eq!(event["sender"], alice.user_id.as_str());
            Some(())
        })
        .await;
    let after = bob.sync(Some(&next)).await;
    assert_eq!(timeline(&after, &room), Vec::<Value>::new());
}

#[tokio::test]
async fn a_repeated_transaction_id_sends_nothing_new() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let path = alphorn_tests::user::room_path(&room, "send/m.room.message/once");
    let content = json!({"msgtype": "m.text", "body": "hello"});

    let first = alice.put(&path, content.clone()).await.expect_ok();
    let second = alice.put(&path, content).await.expect_ok();

    assert_eq!(first["event_id"], second["event_id"]);
    let sent = alice.messages(&room).await;
    assert_eq!(sent.iter().filter(|event| event["event_id"] == first["event_id"]).count(), 1);
}

#[tokio::test]
async fn a_transaction_id_counts_for_one_kind_of_request_only() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let path = |rest: &str| alphorn_tests::user::room_path(&room, rest);
    let content = json!({"msgtype": "m.text", "body": "hello"});
    let said = alice.put(&path("send/m.room.message/1"), content.clone()).await.expect_ok();
    let other = alice.put(&path("send/org.example.other/1"), content.clone()).await.expect_ok();
    assert_ne!(said["event_id"], other["event_id"]);
    let redact = |event: &Value| path(&format!("redact/{}/1", event["event_id"].as_str().unwrap()));
    let first = alice.put(&redact(&said), json!({})).await.expect_ok();
    assert_ne!(first["event_id"], said["event_id"]);
    let second = alice.put(&redact(&other), json!({})).await.expect_ok();
    assert_ne!(first["event_id"], second["event_id"]);
    // And each of them again.
    assert_eq!(alice.put(&path("send/m.room.message/1"), content).await.expect_ok(), said);
    assert_eq!(alice.put(&redact(&said), json!({})).await.expect_ok(), first);
    assert_eq!(alice.put(&redact(&other), json!({})).await.expect_ok(), second);
}

#[tokio::test]
async fn a_stranger_can_neither_read_nor_write() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let eve = server.register("eve").await;
    let room = alice.create_room(json!({"preset": "private_chat"})).await;
    alice.send_text(&room, "between us").await;

    let path = alphorn_tests::user::room_path(&room, "send/m.room.message/x");
    let content = json!({"msgtype": "m.text", "body": "hello"});
    eve.put(&path, content).await.expect_error(403, "M_FORBIDDEN");
    let path = alphorn_tests::user::room_path(&room, "messages?dir=b");
    eve.get(&path).await.expect_error(403, "M_FORBIDDEN");
}
