//! A person looks after their devices, password and account.

use alphorn_tests::server::PASSWORD;
use alphorn_tests::{Response, Server, User, segment};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

const DEVICES: &str = "/_matrix/client/v3/devices";

fn proof(user: &User, password: &str, session: &Value) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user.user_id},
        "password": password,
        "session": session,
    })
}

async fn delete(user: &User, device: &str, body: Value) -> Response {
    let headers = [("content-type", "application/json")];
    user.raw(Method::DELETE, &format!("{DEVICES}/{device}"), &headers, Bytes::from(body.to_string())).await
}

async fn device_ids(user: &User) -> Vec<String> {
    let answer = user.get(DEVICES).await.expect_ok();
    let devices = answer["devices"].as_array().cloned().unwrap_or_default();
    devices.iter().filter_map(|device| device["device_id"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn devices_are_seen_named_and_deleted_with_the_password() {
    let server = Server::start().await;
    let phone = server.register("alice").await;
    let laptop = server.login("alice").await;

    let path = format!("{DEVICES}/{}", laptop.device_id);
    phone.put(&path, json!({"display_name": "Laptop"})).await.expect_ok();
    let seen = phone.get(&path).await.expect_ok();
    assert_eq!(seen["display_name"], "Laptop");
    phone.put(&path, json!({"display_name": "x".repeat(101)})).await.expect_error(400, "M_INVALID_PARAM");
    phone.put(&path, json!({"display_name": 1})).await.expect_error(400, "M_BAD_JSON");
    phone
        .put(&format!("{DEVICES}/NONE"), json!({"display_name": "x"}))
        .await
        .expect_error(404, "M_NOT_FOUND");
    phone.get(&format!("{DEVICES}/NONE")).await.expect_error(404, "M_NOT_FOUND");
    let own = phone.get(&format!("{DEVICES}/{}", phone.device_id)).await.expect_ok();
    assert_eq!(own["last_seen_ip"], "127.0.0.1");
    assert!(own["last_seen_ts"].as_u64().unwrap() > 0);

    let challenge = delete(&phone, &laptop.device_id, json!({})).await.expect_status(401);
    let session = &challenge["session"];
    let wrong = json!({"auth": proof(&phone, "wrong", session)});
    let answer = delete(&phone, &laptop.device_id, wrong).await.expect_error(401, "M_FORBIDDEN");
    assert_eq!(answer["session"], *session);
    let right = json!({"auth": proof(&phone, PASSWORD, session)});
    delete(&phone, &phone.device_id, right.clone()).await.expect_error(403, "M_FORBIDDEN");
    assert_eq!(device_ids(&phone).await.len(), 2);
    delete(&phone, &laptop.device_id, right).await.expect_ok();
    assert_eq!(device_ids(&phone).await, [phone.device_id.as_str()]);
    laptop.get(DEVICES).await.expect_error(401, "M_UNKNOWN_TOKEN");
}

#[tokio::test]
async fn a_proof_counts_only_for_its_user_and_its_devices() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let second = server.login("alice").await;
    let third = server.login("alice").await;
    let eve = server.register("eve").await;

    let path = "/_matrix/client/v3/delete_devices";
    let challenge = alice.post(path, json!({"devices": [second.device_id]})).await.expect_status(401);
    let auth = proof(&alice, PASSWORD, &challenge["session"]);
    let other = json!({"devices": [third.device_id], "auth": auth});
    alice.post(path, other.clone()).await.expect_error(403, "M_FORBIDDEN");
    // Alice's session is hers alone.
    eve.post(path, other).await.expect_error(403, "M_FORBIDDEN");
    let as_alice = json!({"devices": ["X"], "auth": {"type": "m.login.password", "user": "alice", "password": PASSWORD}});
    eve.post(path, as_alice).await.expect_error(403, "M_FORBIDDEN");

    let body = json!({"devices": [second.device_id], "auth": auth});
    alice.post(path, body.clone()).await.expect_ok();
    assert_eq!(device_ids(&alice).await.len(), 2);
    // The proof was used up.
    alice.post(path, body).await.expect_error(401, "M_FORBIDDEN");
    alice.post(path, json!({"devices": "all"})).await.expect_error(400, "M_BAD_JSON");
    alice.post(path, json!({})).await.expect_error(400, "M_MISSING_PARAM");
}

#[tokio::test]
async fn a_new_password_signs_other_devices_out_unless_told_not_to() {
    let server = Server::start().await;
    let phone = server.register("alice").await;
    let laptop = server.login("alice").await;
    let path = "/_matrix/client/v3/account/password";
    let change = |old: &str, new: &str, logout: bool| {
        let auth = json!({"type": "m.login.password", "user": "alice", "password": old});
        json!({"new_password": new, "logout_devices": logout, "auth": auth})
    };
    phone.post(path, change(PASSWORD, "short", true)).await.expect_error(400, "M_WEAK_PASSWORD");
    phone.post(path, change("wrong", "a second password", true)).await.expect_error(401, "M_FORBIDDEN");
    phone.post(path, change(PASSWORD, "a second password", false)).await.expect_ok();
    laptop.get(DEVICES).await.expect_ok();
    phone.post(path, change("a second password", "a third password", true)).await.expect_ok();
    laptop.get(DEVICES).await.expect_error(401, "M_UNKNOWN_TOKEN");
    phone.get(DEVICES).await.expect_ok();

    let login = |password: &str| json!({"type": "m.login.password", "user": "alice", "password": password});
    server.post("/_matrix/client/v3/login", login(PASSWORD)).await.expect_error(403, "M_FORBIDDEN");
    server.post("/_matrix/client/v3/login", login("a third password")).await.expect_ok();
    phone.post(path, json!({})).await.expect_error(400, "M_MISSING_PARAM");
    phone.post(path, json!({"new_password": 7})).await.expect_error(400, "M_BAD_JSON");
}

#[tokio::test]
async fn a_closed_account_leaves_its_rooms_and_is_never_given_out_again() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = bob.create_room(json!({"preset": "private_chat", "invite": [alice.user_id]})).await;
    alice.join(&room).await;
    let invited = bob.create_room(json!({"preset": "private_chat", "invite": [alice.user_id]})).await;

    let path = "/_matrix/client/v3/account/deactivate";
    alice.post(path, json!({})).await.expect_status(401);
    let auth = json!({"type": "m.login.password", "user": "alice", "password": PASSWORD});
    alice.post(path, json!({"auth": auth, "erase": "yes"})).await.expect_error(400, "M_BAD_JSON");
    alice.post(path, json!({"auth": auth})).await.expect_ok();

    alice.get(DEVICES).await.expect_error(401, "M_UNKNOWN_TOKEN");
    for room in [room, invited] {
        let gone = |event: &Value| {
            event["type"] == "m.room.member"
                && event["state_key"] == alice.user_id.as_str()
                && event["content"]["membership"] == "leave"
        };
        assert!(comes(&bob, &room, gone).await, "{room}");
    }
    let login = json!({"type": "m.login.password", "user": "alice", "password": PASSWORD});
    server.post("/_matrix/client/v3/login", login).await.expect_error(403, "M_USER_DEACTIVATED");
    let register = json!({"username": "alice", "password": PASSWORD, "auth": {"type": "m.login.dummy"}});
    server.post("/_matrix/client/v3/register", register).await.expect_error(400, "M_USER_IN_USE");
    let profile = format!("/_matrix/client/v3/profile/{}", segment(&alice.user_id));
    server.get(&profile).await.expect_error(404, "M_NOT_FOUND");
}

/// Whether a room gets an event that `wanted` wants, within seconds.
async fn comes(user: &User, room: &str, wanted: impl Fn(&Value) -> bool) -> bool {
    for _ in 0..100 {
        if user.messages(room).await.iter().any(&wanted) {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    false
}
