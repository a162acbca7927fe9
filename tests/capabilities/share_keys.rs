//! Devices publish keys, and others fetch them to encrypt for them.

use std::collections::BTreeSet;

use alphorn_tests::{Server, User};
use serde_json::{Value, json};

const UPLOAD: &str = "/_matrix/client/v3/keys/upload";
const QUERY: &str = "/_matrix/client/v3/keys/query";
const CLAIM: &str = "/_matrix/client/v3/keys/claim";

/// Identity keys of a user's device, of the right form.
fn identity(user: &User) -> Value {
    let device = &user.device_id;
    json!({
        "user_id": user.user_id,
        "device_id": device,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {format!("curve25519:{device}"): "Y3VydmU", format!("ed25519:{device}"): "ZWQyNTUxOQ"},
        "signatures": {&user.user_id: {format!("ed25519:{device}"): "c2lnbmF0dXJl"}},
    })
}

async fn claim(asker: &User, owner: &User) -> Option<(String, Value)> {
    let wanted = json!({"one_time_keys": {&owner.user_id: {&owner.device_id: "signed_curve25519"}}});
    let body = asker.post(CLAIM, wanted).await.expect_ok();
    let keys = body["one_time_keys"][&owner.user_id][&owner.device_id].as_object()?.clone();
    assert_eq!(keys.len(), 1, "{keys:?}");
    keys.into_iter().next()
}

#[tokio::test]
async fn every_one_time_key_goes_to_one_asker_and_the_fallback_key_to_the_rest() {
    let server = Server::start().await;
    let (alice, bob, carol) =
        (server.register("alice").await, server.register("bob").await, server.register("carol").await);
    let once: serde_json::Map<String, Value> = (0..20)
        .map(|n| {
            (format!("signed_curve25519:AAAA{n:02}"), json!({"key": format!("key{n}"), "signatures": {}}))
        })
        .collect();
    let fallback = json!({"signed_curve25519:FALL": {"key": "last", "fallback": true, "signatures": {}}});
    let body = json!({"device_keys": identity(&alice), "one_time_keys": once, "fallback_keys": fallback});
    assert_eq!(alice.post(UPLOAD, body).await.expect_ok()["one_time_key_counts"]["signed_curve25519"], 20);
    assert_eq!(alice.sync(None).await["device_unused_fallback_key_types"], json!(["signed_curve25519"]));

    let mut asking = tokio::task::JoinSet::new();
    for n in 0..24 {
        let (asker, alice) = (if n % 2 == 0 { bob.clone() } else { carol.clone() }, alice.clone());
        asking.spawn(async move { claim(&asker, &alice).await.unwrap().0 });
    }
    let claimed = asking.join_all().await;

    let distinct: BTreeSet<&String> = claimed.iter().filter(|id| !id.ends_with(":FALL")).collect();
    assert_eq!(distinct.len(), 20, "{claimed:?}");
    assert_eq!(claimed.iter().filter(|id| id.ends_with(":FALL")).count(), 4, "{claimed:?}");
    let sync = alice.sync(None).await;
    assert_eq!(sync["device_one_time_keys_count"]["signed_curve25519"], 0);
    assert_eq!(sync["device_unused_fallback_key_types"], json!([]));
}

#[tokio::test]
async fn a_published_one_time_key_cannot_change() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let upload =
        |key: &str| alice.post(UPLOAD, json!({"one_time_keys": {"signed_curve25519:A": {"key": key}}}));
    upload("first").await.expect_ok();

    let refused = upload("second").await.expect_error(400, "M_INVALID_PARAM");

    // Clients tell this case by these words.
    let words = refused["error"].as_str().unwrap();
    assert!(words.starts_with("One time key signed_curve25519:A already exists"), "{words}");
    assert_eq!(upload("first").await.expect_ok()["one_time_key_counts"]["signed_curve25519"], 1);
    assert_eq!(claim(&alice, &alice).await.unwrap().1["key"], "first");
}

#[tokio::test]
async fn only_the_devices_own_keys_can_be_published() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    alice.post(UPLOAD, json!({"device_keys": identity(&bob)})).await.expect_error(400, "M_BAD_JSON");
    for (member, wrong) in [("keys", json!([])), ("algorithms", json!(7)), ("signatures", json!("x"))] {
        let mut keys = identity(&alice);
        keys[member] = wrong;
        alice.post(UPLOAD, json!({"device_keys": keys})).await.expect_error(400, "M_BAD_JSON");
    }
    for keys in [json!({"no-colon": "x"}), json!({"a:": "x"}), json!({"a:1": "x".repeat(9_000)})] {
        alice.post(UPLOAD, json!({"one_time_keys": keys})).await.expect_error(400, "M_INVALID_PARAM");
    }
    alice.post(UPLOAD, json!({"one_time_keys": []})).await.expect_error(400, "M_BAD_JSON");
    let seen = bob.post(QUERY, json!({"device_keys": {&alice.user_id: []}})).await.expect_ok();
    assert_eq!(seen["device_keys"][&alice.user_id], json!({}));
}

#[tokio::test]
async fn others_see_the_keys_of_chosen_devices() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let phone = server.login("alice").await;
    let bob = server.register("bob").await;
    for device in [&alice, &phone] {
        device.post(UPLOAD, json!({"device_keys": identity(device)})).await.expect_ok();
    }
    let rename = format!("/_matrix/client/v3/devices/{}", phone.device_id);
    phone.put(&rename, json!({"display_name": "a phone"})).await.expect_ok();

    let all = bob.post(QUERY, json!({"device_keys": {&alice.user_id: []}})).await.expect_ok();
    let one = bob.post(QUERY, json!({"device_keys": {&alice.user_id: [phone.device_id]}})).await.expect_ok();

    assert_eq!(all["device_keys"][&alice.user_id].as_object().unwrap().len(), 2);
    let found = &one["device_keys"][&alice.user_id];
    assert_eq!(found.as_object().unwrap().len(), 1);
    let keys = &found[&phone.device_id];
    assert_eq!(keys["keys"], identity(&phone)["keys"]);
    assert_eq!(keys["unsigned"]["device_display_name"], "a phone");
    let elsewhere = bob.post(QUERY, json!({"device_keys": {"@x:elsewhere.test": []}})).await.expect_ok();
    assert!(elsewhere["failures"]["elsewhere.test"].is_object(), "{elsewhere}");
    bob.post(QUERY, json!({"device_keys": {"nobody": []}})).await.expect_error(400, "M_INVALID_PARAM");
    bob.post(QUERY, json!({"device_keys": {&alice.user_id: 7}})).await.expect_error(400, "M_BAD_JSON");
}

#[tokio::test]
async fn a_long_poll_ends_when_a_room_mate_publishes_keys() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    bob.join(&room).await;
    let token = alice.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    let waiting = {
        let alice = alice.clone();
        tokio::spawn(async move {
            alice
                .sync_until(Some(&token), |sync| {
                    sync["device_lists"]["changed"].as_array().filter(|list| !list.is_empty()).cloned()
                })
                .await
        })
    };
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    bob.post(UPLOAD, json!({"device_keys": identity(&bob)})).await.expect_ok();

    let (changed, _) = waiting.await.unwrap();
    assert_eq!(changed, [json!(bob.user_id)]);
}

#[tokio::test]
async fn changes_name_who_came_who_changed_and_who_left() {
    let server = Server::start().await;
    let (alice, bob, carol, dave) = (
        server.register("alice").await,
        server.register("bob").await,
        server.register("carol").await,
        server.register("dave").await,
    );
    let room = alice
        .create_room(json!({"preset": "private_chat", "invite": [bob.user_id, carol.user_id, dave.user_id]}))
        .await;
    bob.join(&room).await;
    carol.join(&room).await;
    let from = alice.sync(None).await["next_batch"].as_str().unwrap().to_owned();

    bob.post(UPLOAD, json!({"device_keys": identity(&bob)})).await.expect_ok();
    carol.leave(&room).await;
    dave.join(&room).await;
    let to = alice.sync(None).await["next_batch"].as_str().unwrap().to_owned();

    let changes = |user: User, from: String, to: String| async move {
        user.get(&format!("/_matrix/client/v3/keys/changes?from={from}&to={to}")).await
    };
    let found = changes(alice.clone(), from.clone(), to.clone()).await.expect_ok();
    assert_eq!(found["changed"], json!([bob.user_id, dave.user_id]));
    assert_eq!(found["left"], json!([carol.user_id]));
    let none = changes(alice.clone(), to.clone(), to.clone()).await.expect_ok();
    assert_eq!(none, json!({"changed": [], "left": []}));
    changes(alice.clone(), "rubbish".to_owned(), to.clone()).await.expect_error(400, "M_INVALID_PARAM");
    alice.get("/_matrix/client/v3/keys/changes").await.expect_error(400, "M_MISSING_PARAM");
    // Carol shares nothing any more, and hears so.
    let found = changes(carol, from, to).await.expect_ok();
    assert_eq!(found["left"], json!([alice.user_id, bob.user_id, dave.user_id]));
}

#[tokio::test]
async fn the_keys_of_a_device_that_is_signed_out_are_gone() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let phone = server.login("alice").await;
    phone
        .post(
            UPLOAD,
            json!({"device_keys": identity(&phone), "one_time_keys": {"signed_curve25519:A": {"key": "k"}}}),
        )
        .await
        .expect_ok();
    phone.post("/_matrix/client/v3/logout", json!({})).await.expect_ok();
    let seen = alice.post(QUERY, json!({"device_keys": {&alice.user_id: []}})).await.expect_ok();
    assert_eq!(seen["device_keys"][&alice.user_id], json!({}));
    assert_eq!(claim(&alice, &phone).await, None);
}
