//! Devices send each other messages outside rooms.

use alphorn_tests::{Server, User};
use serde_json::{Value, json};

fn path(kind: &str, transaction: &str) -> String {
    format!("/_matrix/client/v3/sendToDevice/{kind}/{transaction}")
}

/// The messages that wait, and the token by which they are acknowledged.
async fn receive(user: &User, since: Option<&str>) -> (Vec<Value>, String) {
    let sync = user.sync(since).await;
    let events = sync["to_device"]["events"].as_array().cloned().unwrap_or_default();
    (events, sync["next_batch"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_message_arrives_once_however_often_it_is_sent_and_until_it_is_acknowledged() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let (_, start) = receive(&bob, None).await;
    let body = json!({"messages": {&bob.user_id: {&bob.device_id: {"n": 1}}}});
    alice.put(&path("my.type", "t1"), body.clone()).await.expect_ok();
    alice.put(&path("my.type", "t1"), body.clone()).await.expect_ok();

    let expected = json!({"sender": alice.user_id, "type": "my.type", "content": {"n": 1}});
    let (first, _) = receive(&bob, Some(&start)).await;
    let (again, next) = receive(&bob, Some(&start)).await;
    assert_eq!(first, again, "not acknowledged yet");
    assert_eq!(again, [expected]);
    assert_eq!(receive(&bob, Some(&next)).await.0, Vec::<Value>::new());

    alice.put(&path("my.type", "t2"), body).await.expect_ok();
    assert_eq!(receive(&bob, Some(&next)).await.0.len(), 1);
}

#[tokio::test]
async fn a_star_means_every_device_and_unknown_ones_get_nothing() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let phone = server.login("alice").await;
    let body = json!({"messages": {
        &alice.user_id: {"*": {"to": "all"}, "NOSUCHDEVICE": {"to": "nobody"}},
        "@nobody:test.localhost": {"*": {}},
        "@far:elsewhere.test": {"X": {}},
    }});
    alice.put(&path("my.type", "t"), body).await.expect_ok();
    for device in [&alice, &phone] {
        let (events, _) = receive(device, None).await;
        assert_eq!(events.iter().map(|event| &event["content"]).collect::<Vec<_>>(), [&json!({"to": "all"})]);
    }
}

#[tokio::test]
async fn a_long_poll_ends_when_a_message_comes() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let (_, start) = receive(&bob, None).await;
    let poll = {
        let bob = bob.clone();
        tokio::spawn(async move { bob.sync_with(Some(&start), "timeout=20000").await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let body = json!({"messages": {&bob.user_id: {&bob.device_id: {"n": 1}}}});
    alice.put(&path("my.type", "t"), body).await.expect_ok();
    let answer = tokio::time::timeout(std::time::Duration::from_secs(10), poll).await.unwrap().unwrap();
    assert_eq!(answer["to_device"]["events"][0]["content"], json!({"n": 1}));
}

#[tokio::test]
async fn malformed_messages_are_refused() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let path = path("my.type", "t");
    let send = |body| alice.put(&path, body);
    send(json!({})).await.expect_error(400, "M_MISSING_PARAM");
    send(json!({"messages": []})).await.expect_error(400, "M_BAD_JSON");
    send(json!({"messages": {&alice.user_id: {"*": "text"}}})).await.expect_error(400, "M_BAD_JSON");
    send(json!({"messages": {"alice": {"*": {}}}})).await.expect_error(400, "M_INVALID_PARAM");
    let long = format!("/_matrix/client/v3/sendToDevice/{}/t", "x".repeat(300));
    alice.put(&long, json!({"messages": {}})).await.expect_error(400, "M_INVALID_PARAM");
    assert_eq!(receive(&alice, None).await.0, Vec::<Value>::new());
}
