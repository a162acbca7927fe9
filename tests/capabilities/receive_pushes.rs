//! A phone is told of what happens, and of what needs no telling any more.

use alphorn_tests::gateway::Gateway;
use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User};
use serde_json::{Value, json};

async fn server() -> Server {
    Server::builder().config("[egress]\nallow_private_addresses = true\n").start().await
}

/// Alice and Bob in a room, Bob's phone at the gateway.
async fn pair(server: &Server, gateway: &Gateway) -> (User, User, String) {
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    bob.join(&room).await;
    bob.post("/_matrix/client/v3/pushers/set", gateway.pusher("phone")).await.expect_ok();
    (alice, bob, room)
}

#[tokio::test]
async fn a_message_is_pushed_and_reading_it_clears_the_number() {
    let server = server().await;
    let mut gateway = Gateway::start().await.unwrap();
    let (alice, bob, room) = pair(&server, &gateway).await;
    let event = alice.send_text(&room, "hello").await;
    let notice = gateway.next().await.unwrap();
    assert_eq!(notice["event_id"], event);
    assert_eq!(notice["content"]["body"], "hello");
    assert_eq!(notice["counts"], json!({"unread": 1}));
    assert_eq!(notice["devices"][0]["pushkey"], "phone");

    bob.post(&room_path(&room, &format!("receipt/m.read/{event}")), json!({})).await.expect_ok();
    let cleared = gateway.next().await.unwrap();
    assert_eq!(cleared["counts"], json!({"unread": 0}));
    assert_eq!(cleared["event_id"], Value::Null);
    assert_eq!(cleared["devices"][0]["pushkey"], "phone");

    // Who answers has read, too.
    alice.send_text(&room, "still there?").await;
    assert_eq!(gateway.next().await.unwrap()["counts"], json!({"unread": 1}));
    bob.send_text(&room, "yes").await;
    assert_eq!(gateway.next().await.unwrap()["counts"], json!({"unread": 0}));

    // Who reads what notified nobody changes nothing.
    let quiet = alice.send(&room, "org.example.quiet", json!({})).await;
    bob.post(&room_path(&room, &format!("receipt/m.read/{quiet}")), json!({})).await.expect_ok();
    gateway.expect_nothing().await;
}

#[tokio::test]
async fn what_ignored_people_do_is_not_pushed() {
    let server = server().await;
    let mut gateway = Gateway::start().await.unwrap();
    let (alice, bob, room) = pair(&server, &gateway).await;
    let path = format!("/_matrix/client/v3/user/{}/account_data/m.ignored_user_list", bob.user_id);
    bob.put(&path, json!({"ignored_users": {&alice.user_id: {}}})).await.expect_ok();
    alice.send_text(&room, "unheard").await;
    alice.create_room(json!({"invite": [bob.user_id]})).await;
    gateway.expect_nothing().await;
    bob.put(&path, json!({"ignored_users": {}})).await.expect_ok();
    alice.send_text(&room, "heard").await;
    assert_eq!(gateway.next().await.unwrap()["content"]["body"], "heard");
}

#[tokio::test]
async fn an_invite_and_the_name_of_a_room_are_pushed() {
    let server = server().await;
    let mut gateway = Gateway::start().await.unwrap();
    let (alice, bob, _) = pair(&server, &gateway).await;
    let room = alice.create_room(json!({"room_alias_name": "garden", "invite": [bob.user_id]})).await;
    let invite = gateway.next().await.unwrap();
    assert_eq!(invite["type"], "m.room.member");
    assert_eq!(invite["user_is_target"], true);
    assert_eq!(invite["content"]["membership"], "invite");
    bob.join(&room).await;
    alice.send_text(&room, "one").await;
    let notice = gateway.next().await.unwrap();
    assert_eq!(notice["room_alias"], "#garden:test.localhost");
    assert_eq!(notice["room_name"], "#garden:test.localhost");
    alice.send_state(&room, "m.room.name", "", json!({"name": "The garden"})).await;
    alice.send_text(&room, "two").await;
    assert_eq!(gateway.next().await.unwrap()["room_name"], "The garden");
}
