//! Messages to the device, keys, account data, receipts and typing.

use std::time::{Duration, Instant};

use alphorn_tests::{
    Server, User, segment,
    user::{new_transaction_id, room_path},
};
use serde_json::{Value, json};

use super::{Phone, room_ids};

const LONG: Duration = Duration::from_secs(20);

/// Sends messages of these numbers to a device.
async fn send_to_device(from: &User, to: &User, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let path = format!("/_matrix/client/v3/sendToDevice/org.example/{}", new_transaction_id());
        let messages = json!({ to.user_id.as_str(): { to.device_id.as_str(): { "n": number } } });
        from.put(&path, json!({ "messages": messages })).await.expect_ok();
    }
}

/// The numbers of the messages in an answer, and its token.
fn messages(answer: &Value) -> (Vec<u64>, String) {
    let extension = &answer["extensions"]["to_device"];
    let token = extension["next_batch"].as_str().unwrap_or_default().to_owned();
    assert!(extension["events"].is_array() && !token.is_empty(), "not an answer: {extension}");
    let events = extension["events"].as_array().into_iter().flatten();
    (events.filter_map(|event| event["content"]["n"].as_u64()).collect(), token)
}

#[tokio::test]
async fn messages_to_a_device_stay_until_they_are_acknowledged() {
    let mut server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let mut keys = Phone::with_keys(&bob);
    let (none, start) = messages(&keys.next().await);
    assert_eq!(none, Vec::<u64>::new());
    keys.body["extensions"]["to_device"]["since"] = json!(start);
    send_to_device(&alice, &bob, 0..2).await;
    let answer = keys.wait(LONG).await;
    assert_eq!(answer["extensions"]["to_device"]["events"][0]["sender"], alice.user_id.as_str());
    let (got, token) = messages(&answer);
    assert_eq!(got, [0, 1]);
    // Not acknowledged yet: again, also after a restart and without a `pos`.
    assert_eq!(messages(&keys.next().await).0, [0, 1]);
    server.kill();
    server.start_again().await;
    keys.pos = None;
    assert_eq!(messages(&keys.next().await).0, [0, 1]);
    keys.body["extensions"]["to_device"]["since"] = json!(token);
    assert_eq!(messages(&keys.next().await).0, Vec::<u64>::new());
    // Acknowledged is gone, even for an old token.
    keys.body["extensions"]["to_device"]["since"] = json!(start);
    assert_eq!(messages(&keys.next().await).0, Vec::<u64>::new());
}

#[tokio::test]
async fn many_messages_come_in_pieces_and_all_arrive() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    send_to_device(&alice, &bob, 0..25).await;
    let mut keys = Phone::with_keys(&bob);
    keys.body["extensions"]["to_device"]["limit"] = json!(10);
    let mut all = Vec::new();
    for pieces in 0..4 {
        let began = Instant::now();
        let wait = if pieces < 3 { LONG } else { Duration::ZERO };
        let (got, token) = messages(&keys.wait(wait).await);
        assert!(began.elapsed() < LONG / 2, "the rest had to be waited for");
        assert!(got.len() <= 10, "{got:?}");
        all.extend(got);
        keys.body["extensions"]["to_device"]["since"] = json!(token);
    }
    assert_eq!(all, (0..25).collect::<Vec<_>>());
}

#[tokio::test]
async fn more_than_a_hundred_messages_reach_classic_sync_too() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let mut since = bob.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    send_to_device(&alice, &bob, 0..130).await;
    let mut all = Vec::new();
    while all.len() < 130 {
        let answer = bob.sync(Some(&since)).await;
        let events = answer["to_device"]["events"].as_array().cloned().unwrap_or_default();
        assert!(!events.is_empty(), "only {} messages came", all.len());
        all.extend(events.iter().map(|event| event["content"]["n"].as_u64().unwrap()));
        since = answer["next_batch"].as_str().unwrap().to_owned();
    }
    assert_eq!(all, (0..130).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_token_from_the_future_loses_nothing() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    send_to_device(&alice, &bob, 0..1).await;
    let mut keys = Phone::with_keys(&bob);
    keys.body["extensions"]["to_device"]["since"] = json!("v1.1.99999999.0.0");
    assert_eq!(messages(&keys.next().await).0, [0]);
}

#[tokio::test]
async fn changed_keys_of_room_mates_end_the_wait() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    let mut keys = Phone::with_keys(&bob);
    let first = keys.wait(LONG).await["extensions"]["e2ee"].clone();
    assert_eq!(
        first,
        json!({"device_one_time_keys_count": {"signed_curve25519": 0}, "device_unused_fallback_key_types": []})
    );
    let uploader = alice.clone();
    let uploading = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let device = json!({
            "user_id": uploader.user_id, "device_id": uploader.device_id, "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": {
                format!("curve25519:{}", uploader.device_id): "wjLpTLRqbqBzLs63aYaEv2Boi6cFEbbM/sSRQ2oAKk4",
                format!("ed25519:{}", uploader.device_id): "nE6W2fCblxDcOFmeEtCHNl8/l8bXcu7GKyAswA4r3mM",
            },
            "signatures": { uploader.user_id.as_str(): { format!("ed25519:{}", uploader.device_id): "c2lnbmF0dXJl" } },
        });
        uploader.post("/_matrix/client/v3/keys/upload", json!({"device_keys": device})).await
    });
    let began = Instant::now();
    let lists = keys.wait(LONG).await["extensions"]["e2ee"]["device_lists"].clone();
    uploading.await.unwrap().expect_ok();
    assert!(began.elapsed() < LONG / 2, "only after {:?}", began.elapsed());
    assert_eq!(lists, json!({"changed": [alice.user_id], "left": []}));
    alice.leave(&room).await;
    let lists = keys.next().await["extensions"]["e2ee"]["device_lists"].clone();
    assert_eq!(lists, json!({"changed": [], "left": [alice.user_id]}));
    assert_eq!(keys.next().await["extensions"]["e2ee"].get("device_lists"), None);
}

#[tokio::test]
async fn account_data_comes_whole_and_then_what_changes() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let path = |rest: &str| format!("/_matrix/client/v3/user/{}/{rest}", segment(&alice.user_id));
    let in_room = |kind: &str| path(&format!("rooms/{}/account_data/{kind}", segment(&room)));
    alice.put(&path("account_data/org.example.one"), json!({"n": 1})).await.expect_ok();
    alice.put(&in_room("org.example.room"), json!({"n": 1})).await.expect_ok();
    let mut phone = Phone::with_list(&alice);
    phone.body["extensions"] = json!({ "account_data": { "enabled": true } });
    let kinds = |events: &Value| -> Vec<String> {
        let events = events.as_array().cloned().unwrap_or_default();
        let mut kinds: Vec<_> =
            events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        kinds
    };
    let data = phone.next().await["extensions"]["account_data"].clone();
    assert_eq!(kinds(&data["global"]), ["m.push_rules", "org.example.one"]);
    assert_eq!(kinds(&data["rooms"][&room]), ["org.example.room"]);
    alice.put(&in_room("org.example.more"), json!({"n": 2})).await.expect_ok();
    let answer = phone.wait(LONG).await;
    assert_eq!(room_ids(&answer).len(), 0);
    let data = &answer["extensions"]["account_data"];
    assert_eq!(
        (kinds(&data["global"]).len(), kinds(&data["rooms"][&room])),
        (0, vec!["org.example.more".to_owned()])
    );
    alice.put(&path("account_data/org.example.one"), json!({"n": 2})).await.expect_ok();
    let data = phone.wait(LONG).await["extensions"]["account_data"].clone();
    assert_eq!(
        (kinds(&data["global"]), data["rooms"].clone()),
        (vec!["org.example.one".to_owned()], json!({}))
    );
    // Switched on later, it begins with everything.
    let mut late = Phone::with_list(&alice);
    late.next().await;
    late.body["extensions"] = json!({ "account_data": { "enabled": true, "lists": ["all"], "rooms": [] } });
    let data = late.next().await["extensions"]["account_data"].clone();
    assert_eq!((kinds(&data["global"]).len(), kinds(&data["rooms"][&room]).len()), (2, 2));
    let data = late.next().await["extensions"]["account_data"].clone();
    assert_eq!(data, json!({"global": [], "rooms": {}}));
}

#[tokio::test]
async fn receipts_and_typing_are_followed() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    let old = alice.send_text(&room, "old").await;
    let new = alice.send_text(&room, "new").await;
    let read = async |user: &User, kind: &str, event: &str| {
        user.post(&room_path(&room, &format!("receipt/{kind}/{event}")), json!({})).await.expect_ok();
    };
    read(&bob, "m.read", &old).await;
    let extensions =
        json!({ "receipts": { "enabled": true, "rooms": ["*"] }, "typing": { "enabled": true } });
    let (mut of_alice, mut of_bob) = (Phone::with_list(&alice), Phone::with_list(&bob));
    of_alice.body["extensions"] = extensions.clone();
    of_bob.body["extensions"] = extensions;
    // Of others, only receipts of events that are shown; one's own in any case.
    let first = of_alice.next().await["extensions"].clone();
    assert_eq!(first, json!({"receipts": {"rooms": {}}, "typing": {"rooms": {}}}));
    let own = of_bob.next().await["extensions"]["receipts"]["rooms"][&room].clone();
    assert_eq!(own["type"], "m.receipt");
    assert!(own["content"][&old]["m.read"][&bob.user_id]["ts"].is_u64(), "{own}");
    read(&bob, "m.read", &new).await;
    let answer = of_alice.wait(LONG).await;
    let receipt = &answer["extensions"]["receipts"]["rooms"][&room]["content"][&new]["m.read"];
    assert!(receipt[&bob.user_id]["ts"].is_u64(), "{answer}");
    let private = alice.send_text(&room, "read this in secret").await;
    of_alice.next().await;
    of_bob.next().await;
    read(&bob, "m.read.private", &private).await;
    let own = of_bob.next().await["extensions"]["receipts"]["rooms"][&room]["content"].clone();
    assert!(own[&private]["m.read.private"][&bob.user_id].is_object(), "{own}");
    assert_eq!(of_alice.next().await["extensions"]["receipts"]["rooms"], json!({}));

    let typing = room_path(&room, &format!("typing/{}", segment(&bob.user_id)));
    bob.put(&typing, json!({"typing": true, "timeout": 20_000})).await.expect_ok();
    let answer = of_alice.wait(LONG).await;
    let event = json!({"type": "m.typing", "content": {"user_ids": [bob.user_id]}});
    assert_eq!(answer["extensions"]["typing"]["rooms"], json!({ room.as_str(): event }));
    assert_eq!(of_alice.next().await["extensions"]["typing"]["rooms"], json!({}));
    bob.put(&typing, json!({"typing": false})).await.expect_ok();
    let answer = of_alice.wait(LONG).await;
    let event = json!({"type": "m.typing", "content": {"user_ids": []}});
    assert_eq!(answer["extensions"]["typing"]["rooms"], json!({ room.as_str(): event }));
}
