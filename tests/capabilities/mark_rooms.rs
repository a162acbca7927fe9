//! Typing, receipts, read markers, reports.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User, http::segment};
use serde_json::{Value, json};

#[tokio::test]
async fn a_receipt_reaches_others_and_never_goes_back() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let first = alice.send_text(&room, "1").await;
    let second = alice.send_text(&room, "2").await;
    let path = |kind: &str, event: &str| room_path(&room, &format!("receipt/{kind}/{}", segment(event)));
    bob.post(&path("m.read", &second), json!({})).await.expect_ok();
    bob.post(&path("m.read", &first), json!({})).await.expect_ok();
    let (user, _) = (bob.user_id.clone(), ());
    let (at_second, _) = alice
        .sync_until(None, |sync| {
            let events = sync["rooms"]["join"][&room]["ephemeral"]["events"].as_array()?.clone();
            let receipt = events.into_iter().find(|event| event["type"] == "m.receipt")?;
            Some(receipt["content"][&second]["m.read"][&user]["ts"].is_u64())
        })
        .await;
    assert!(at_second);
    bob.post(&path("m.made.up", &first), json!({})).await.expect_error(400, "M_INVALID_PARAM");
    bob.post(&path("m.read", "$nothing"), json!({})).await.expect_error(404, "M_NOT_FOUND");
    bob.post(&path("m.read", &first), json!({ "thread_id": "" })).await.expect_error(400, "M_INVALID_PARAM");
    bob.post(&path("m.read", &first), json!({ "thread_id": "$x" }))
        .await
        .expect_error(400, "M_INVALID_PARAM");
    let marker = json!({ "thread_id": "main" });
    bob.post(&path("m.fully_read", &first), marker).await.expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn a_private_receipt_is_nobody_elses_business() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let sent = alice.send_text(&room, "1").await;
    let markers = json!({ "m.fully_read": sent, "m.read.private": sent });
    bob.post(&room_path(&room, "read_markers"), markers).await.expect_ok();
    let own = bob.sync(None).await["rooms"]["join"][&room].to_string();
    assert!(own.contains("m.read.private") && own.contains("m.fully_read"), "{own}");
    let others = alice.sync(None).await["rooms"]["join"][&room].to_string();
    assert!(!others.contains("m.read.private") && !others.contains("m.fully_read"), "{others}");
}

#[tokio::test]
async fn only_members_type_and_only_for_themselves() {
    let server = Server::start().await;
    let (alice, eve) = (server.register("alice").await, server.register("eve").await);
    let room = alice.create_room(json!({})).await;
    let path = |user: &str| room_path(&room, &format!("typing/{}", segment(user)));
    let body = json!({ "typing": true, "timeout": 5000 });
    alice.put(&path(&alice.user_id), body.clone()).await.expect_ok();
    eve.put(&path(&eve.user_id), body.clone()).await.expect_error(403, "M_FORBIDDEN");
    eve.put(&path(&alice.user_id), body).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&path(&alice.user_id), json!({ "typing": "yes" })).await.expect_error(400, "M_BAD_JSON");
}

#[tokio::test]
async fn reports_are_taken_from_those_who_can_see() {
    let server = Server::start().await;
    let (alice, eve) = (server.register("alice").await, server.register("eve").await);
    let room = alice.create_room(json!({})).await;
    let sent = alice.send_text(&room, "bad").await;
    let path = room_path(&room, &format!("report/{}", segment(&sent)));
    alice.post(&path, json!({ "reason": "bad", "score": -100 })).await.expect_ok();
    alice.post(&path, json!({ "score": 1 })).await.expect_error(400, "M_BAD_JSON");
    eve.post(&path, json!({})).await.expect_error(404, "M_NOT_FOUND");
    eve.post(&room_path(&room, "report"), json!({ "reason": "spam" })).await.expect_ok();
    eve.post(&room_path(&room, "report"), json!({})).await.expect_error(400, "M_MISSING_PARAM");
    let user = |id: &str| format!("/_matrix/client/v3/users/{}/report", segment(id));
    eve.post(&user(&alice.user_id), json!({ "reason": "rude" })).await.expect_ok();
    eve.post(&user("@nobody:test.localhost"), json!({ "reason": "x" }))
        .await
        .expect_error(404, "M_NOT_FOUND");
}

/// The counts of the room: outside threads, and by thread.
async fn unread(user: &User, room: &str) -> (Value, Value) {
    let filter = r#"{"room":{"timeline":{"unread_thread_notifications":true}}}"#;
    let path = format!("/_matrix/client/v3/sync?filter={}", segment(filter));
    let answer = user.get(&path).await.expect_ok();
    let room = &answer["rooms"]["join"][room];
    let threads = room["unread_thread_notifications"].as_object().cloned().unwrap_or_default();
    let threads = threads.into_iter().map(|(root, counts)| (root, counts["notification_count"].clone()));
    (room["unread_notifications"]["notification_count"].clone(), threads.collect())
}

#[tokio::test]
async fn who_writes_has_read_what_was_said_before() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    bob.join(&room).await;
    let root = alice.send_text(&room, "root").await;
    let in_thread = |text: &str| json!({"msgtype": "m.text", "body": text, "m.relates_to": {"rel_type": "m.thread", "event_id": root}});
    let reply = alice.send(&room, "m.room.message", in_thread("reply")).await;
    assert_eq!(unread(&bob, &room).await, (json!(1), json!({&root: 1})));
    // What happens by the way is no sign of reading.
    let reaction = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": reply, "key": "x"}});
    bob.send(&room, "m.reaction", reaction).await;
    bob.put("/_matrix/client/v3/profile/@bob:test.localhost/displayname", json!({"displayname": "Bobby"}))
        .await
        .expect_ok();
    assert_eq!(unread(&bob, &room).await, (json!(1), json!({&root: 1})));

    bob.send_text(&room, "I am here").await;
    assert_eq!(unread(&bob, &room).await, (json!(0), json!({&root: 1})), "the thread is another matter");
    alice.send_text(&room, "good").await;
    alice.send(&room, "m.room.message", in_thread("more")).await;
    assert_eq!(unread(&bob, &room).await, (json!(1), json!({&root: 2})));
    bob.send(&room, "m.room.message", in_thread("answer")).await;
    assert_eq!(unread(&bob, &room).await, (json!(1), json!({})));
    let listed = bob.get("/_matrix/client/v3/notifications").await.expect_ok();
    let read: Vec<&Value> =
        listed["notifications"].as_array().unwrap().iter().map(|found| &found["read"]).collect();
    assert_eq!(read, [true, false, true, true], "newest first: more, good, reply, root");
}
