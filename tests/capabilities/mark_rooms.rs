//! Typing, receipts, read markers, reports.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, http::segment};
use serde_json::json;

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
