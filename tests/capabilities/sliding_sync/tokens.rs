//! Answers that get lost, connections that are forgotten, and requests that make no sense.

use std::time::{Duration, Instant};

use alphorn_tests::{Server, segment};
use serde_json::json;

use super::{PATH, Phone, list, room_ids, timeline_of};

#[tokio::test]
async fn a_lost_answer_comes_again() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let mut phone = Phone::with_list(&alice);
    let mut again = Phone::with_list(&alice);
    phone.next().await;
    again.pos.clone_from(&phone.pos);
    let event = alice.send_text(&room, "hello").await;
    let lost = phone.next().await;
    assert_eq!(timeline_of(&lost["rooms"][&room]), std::slice::from_ref(&event));
    // The same again with another request, as a client does that opens a room meanwhile.
    again.body["room_subscriptions"] = json!({ (room.as_str()): list(0, 5) });
    let answer = again.next().await;
    assert!(timeline_of(&answer["rooms"][&room]).contains(&event));
    assert_eq!(room_ids(&again.next().await).len(), 0);
    // The lost answer's token is void now.
    phone.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
}

#[tokio::test]
async fn a_poll_that_was_given_up_loses_nothing() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let mut phone = Phone::with_list(&alice);
    phone.next().await;
    {
        let waiting = phone.ask(Duration::from_secs(20));
        let given_up = tokio::time::timeout(Duration::from_millis(300), waiting).await;
        assert!(given_up.is_err(), "there was nothing to answer yet");
    }
    let event = alice.send_text(&room, "hello").await;
    assert_eq!(timeline_of(&phone.next().await["rooms"][&room]), [event]);
}

#[tokio::test]
async fn waiting_ends_with_news_or_with_time() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let mut phone = Phone::with_list(&alice);
    phone.body["extensions"] = json!({
        "to_device": { "enabled": true }, "e2ee": { "enabled": true }, "account_data": { "enabled": true },
        "receipts": { "enabled": true, "rooms": ["*"] }, "typing": { "enabled": true },
    });
    // The first answer does not wait.
    let began = Instant::now();
    phone.wait(Duration::from_secs(20)).await;
    assert!(began.elapsed() < Duration::from_secs(10));
    // What the first one brought along must not come again.
    let began = Instant::now();
    let answer = phone.wait(Duration::from_millis(1_500)).await;
    assert!(began.elapsed() >= Duration::from_millis(1_400), "{:?}: {answer}", began.elapsed());
    assert_eq!(answer["lists"]["all"]["count"], 1);
    let sender = alice.clone();
    let sending = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        sender.send_text(&room, "news").await
    });
    let began = Instant::now();
    let answer = phone.wait(Duration::from_secs(20)).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(room_ids(&answer).len(), 1);
    sending.await.unwrap();
}

#[tokio::test]
async fn tokens_of_others_and_rubbish_are_unknown() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let mut phone = Phone::with_list(&alice);
    phone.next().await;
    let mut other = Phone::with_list(&bob);
    other.pos.clone_from(&phone.pos);
    other.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
    // Keys are followed without a state on the server, but not with somebody else's token.
    let mut keys = Phone::with_keys(&alice);
    keys.next().await;
    other.body = keys.body.clone();
    other.pos.clone_from(&keys.pos);
    other.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
    let second = server.login("alice").await;
    let mut on_second = Phone::with_keys(&second);
    on_second.pos.clone_from(&keys.pos);
    on_second.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
    // A place that the log has not reached: this is not the store that gave the token.
    keys.pos = keys.pos.map(|pos| pos.replacen("/v1.1.", "/v1.1.99999", 1));
    keys.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
    for rubbish in ["", "x", "1", "17-/v1.1.1", "99999-0/v1.1.1.1.1", "-/", "🙂", &"9".repeat(5_000)] {
        phone.pos = Some(rubbish.to_owned());
        phone.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
    }
}

#[tokio::test]
async fn after_a_restart_rooms_begin_anew_and_keys_go_on() {
    let mut server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let (mut phone, mut keys) = (Phone::with_list(&alice), Phone::with_keys(&alice));
    phone.next().await;
    keys.next().await;
    server.kill();
    server.start_again().await;
    phone.ask(Duration::ZERO).await.expect_error(400, "M_UNKNOWN_POS");
    phone.pos = None;
    assert_eq!(room_ids(&phone.next().await), [room.as_str()]);
    keys.next().await;
}

#[tokio::test]
async fn a_token_is_a_place_in_the_history() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let event = alice.send_text(&room, "before the token").await;
    let mut phone = Phone::with_list(&alice);
    phone.next().await;
    alice.send_text(&room, "after the token").await;
    let from = segment(phone.pos.as_deref().unwrap()).to_string();
    let path = alphorn_tests::user::room_path(&room, &format!("messages?dir=b&limit=1&from={from}"));
    assert_eq!(alice.get(&path).await.expect_ok()["chunk"][0]["event_id"], event.as_str());
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for (body, status, code) in [
        (json!([]), 400, "M_BAD_JSON"),
        (json!({ "lists": { "l": { "ranges": [[0, 1]] } } }), 400, "M_MISSING_PARAM"),
        (json!({ "lists": { "l": { "timeline_limit": 1, "ranges": [[3, 1]] } } }), 400, "M_INVALID_PARAM"),
        (json!({ "lists": { "l": { "timeline_limit": 1, "ranges": "all" } } }), 400, "M_BAD_JSON"),
        (json!({ "conn_id": "c".repeat(300) }), 400, "M_INVALID_PARAM"),
        (
            json!({ "extensions": { "to_device": { "enabled": true, "since": "yesterday" } } }),
            400,
            "M_INVALID_PARAM",
        ),
    ] {
        alice.post(PATH, body).await.expect_error(status, code);
    }
    alice.post(&format!("{PATH}?set_presence=asleep"), json!({})).await.expect_error(400, "M_INVALID_PARAM");
    alice.post(&format!("{PATH}?timeout=-1"), json!({})).await.expect_error(400, "M_INVALID_PARAM");
    server.post(PATH, json!({})).await.expect_error(401, "M_MISSING_TOKEN");
    let answer = alice.post(PATH, json!({ "txn_id": "t1" })).await.expect_ok();
    assert_eq!((&answer["txn_id"], &answer["rooms"]), (&json!("t1"), &json!({})));
}
