//! A dehydrated device receives keys while nobody is signed in.

use alphorn_tests::{Server, User};
use serde_json::{Value, json};

const BASE: &str = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";

fn device(user: &User, id: &str) -> Value {
    json!({
        "device_id": id,
        "device_data": {"algorithm": "org.matrix.msc3814.v2", "device_pickle": "abc", "nonce": "def"},
        "device_keys": {
            "user_id": user.user_id,
            "device_id": id,
            "dehydrated": true,
            "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": {format!("curve25519:{id}"): id, format!("ed25519:{id}"): "ZWQ"},
            "signatures": {&user.user_id: {format!("ed25519:{id}"): "c2ln"}},
        },
        "one_time_keys": {"signed_curve25519:A": {"key": "once", "signatures": {}}},
        "fallback_keys": {"signed_curve25519:F": {"key": "last", "fallback": true, "signatures": {}}},
    })
}

async fn send(from: &User, to: &User, device: &str, n: usize) {
    let path = format!("/_matrix/client/v3/sendToDevice/m.room.encrypted/{device}{n}");
    from.put(&path, json!({"messages": {&to.user_id: {device: {"n": n}}}})).await.expect_ok();
}

#[tokio::test]
async fn messages_wait_for_a_dehydrated_device_until_it_is_replaced() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    alice.get(BASE).await.expect_error(404, "M_NOT_FOUND");
    let put = alice.put(BASE, device(&alice, "firstDevice")).await.expect_ok();
    assert_eq!(put, json!({"device_id": "firstDevice"}));

    let query = json!({"device_keys": {&alice.user_id: []}});
    let seen = bob.post("/_matrix/client/v3/keys/query", query.clone()).await.expect_ok();
    assert_eq!(seen["device_keys"][&alice.user_id]["firstDevice"]["dehydrated"], true);
    let claim = json!({"one_time_keys": {&alice.user_id: {"firstDevice": "signed_curve25519"}}});
    let claimed = bob.post("/_matrix/client/v3/keys/claim", claim).await.expect_ok();
    assert_eq!(claimed["one_time_keys"][&alice.user_id]["firstDevice"]["signed_curve25519:A"]["key"], "once");
    for n in 0..130 {
        send(&bob, &alice, "firstDevice", n).await;
    }

    let phone = server.login("alice").await;
    let found = phone.get(BASE).await.expect_ok();
    assert_eq!(found["device_id"], "firstDevice");
    assert_eq!(found["device_data"]["device_pickle"], "abc");
    let events = format!("{BASE}/firstDevice/events");
    for _ in 0..2 {
        assert_eq!(
            read_by_post(&phone, &events).await,
            (0..130).collect::<Vec<_>>(),
            "reading deletes nothing"
        );
        assert_eq!(read_by_get(&phone, &events).await, (0..130).collect::<Vec<_>>());
    }
    phone.post(&format!("{BASE}/other/events"), json!({})).await.expect_error(403, "M_FORBIDDEN");
    phone.post(&events, json!({"next_batch": "rubbish"})).await.expect_error(400, "M_INVALID_PARAM");

    phone.put(BASE, device(&alice, "secondDevice")).await.expect_ok();
    phone.post(&events, json!({})).await.expect_error(403, "M_FORBIDDEN");
    let seen = bob.post("/_matrix/client/v3/keys/query", query.clone()).await.expect_ok();
    let devices = seen["device_keys"][&alice.user_id].as_object().unwrap();
    assert_eq!(devices.keys().collect::<Vec<_>>(), ["secondDevice"]);
    assert_eq!(phone.delete(BASE).await.expect_ok(), json!({"device_id": "secondDevice"}));
    phone.get(BASE).await.expect_error(404, "M_NOT_FOUND");
    let seen = bob.post("/_matrix/client/v3/keys/query", query).await.expect_ok();
    assert_eq!(seen["device_keys"][&alice.user_id], json!({}));
}

fn numbers(batch: &Value) -> Vec<u64> {
    batch["events"].as_array().unwrap().iter().map(|event| event["content"]["n"].as_u64().unwrap()).collect()
}

/// As clients do today: until a batch is empty.
async fn read_by_post(user: &User, path: &str) -> Vec<u64> {
    let (mut all, mut next) = (Vec::new(), None::<Value>);
    loop {
        let body = next.take().map_or(json!({}), |next| json!({"next_batch": next}));
        let batch = user.post(path, body).await.expect_ok();
        if batch["events"] == json!([]) {
            return all;
        }
        all.extend(numbers(&batch));
        next = Some(batch["next_batch"].clone());
    }
}

/// As the proposal has it now: until no batch follows.
async fn read_by_get(user: &User, path: &str) -> Vec<u64> {
    let (mut all, mut query) = (Vec::new(), String::new());
    loop {
        let batch = user.get(&format!("{path}{query}")).await.expect_ok();
        all.extend(numbers(&batch));
        let Some(next) = batch["next_batch"].as_str() else { return all };
        query = format!("?from={next}");
    }
}

#[tokio::test]
async fn a_dehydrated_device_is_whole_and_no_device_that_is_signed_in() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    for member in ["device_id", "device_data", "device_keys"] {
        let mut body = device(&alice, "name");
        body.as_object_mut().unwrap().remove(member);
        alice.put(BASE, body).await.expect_error(400, "M_MISSING_PARAM");
    }
    let mut body = device(&alice, "name");
    body["device_data"] = json!({});
    alice.put(BASE, body).await.expect_error(400, "M_BAD_JSON");
    let mut body = device(&alice, "name");
    body["device_keys"]["device_id"] = json!("other");
    alice.put(BASE, body).await.expect_error(400, "M_BAD_JSON");
    alice.put(BASE, device(&alice, &alice.device_id)).await.expect_error(400, "M_INVALID_PARAM");
    alice.get(BASE).await.expect_error(404, "M_NOT_FOUND");
}
