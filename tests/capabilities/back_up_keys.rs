//! Devices back up message keys, and a new device restores them.

use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

const VERSION: &str = "/_matrix/client/v3/room_keys/version";
const KEYS: &str = "/_matrix/client/v3/room_keys/keys";

async fn begin(user: &User) -> String {
    let body =
        json!({"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": {"public_key": "abc"}});
    user.post(VERSION, body).await.expect_ok()["version"].as_str().unwrap().to_owned()
}

fn key(first_message_index: u64, is_verified: bool) -> Value {
    json!({
        "first_message_index": first_message_index,
        "forwarded_count": 0,
        "is_verified": is_verified,
        "session_data": {"ciphertext": format!("from {first_message_index}"), "mac": "m", "ephemeral": "e"},
    })
}

#[tokio::test]
async fn a_large_backup_is_restored_whole_on_another_device() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let version = begin(&alice).await;
    let mut rooms = json!({});
    for n in 0..1_234 {
        rooms[format!("!room{}:x", n % 7)]["sessions"][format!("session+/{n}")] = key(n, n % 2 == 0);
    }
    let stored = alice.put(&format!("{KEYS}?version={version}"), json!({"rooms": rooms})).await.expect_ok();
    assert_eq!(stored["count"], 1_234);

    let phone = server.login("alice").await;
    let info = phone.get(VERSION).await.expect_ok();
    assert_eq!((&info["version"], &info["count"]), (&json!(version), &json!(1_234)));
    assert_eq!(info["etag"], stored["etag"]);
    let all = phone.get(&format!("{KEYS}?version={version}")).await.expect_ok();
    assert_eq!(all["rooms"], rooms);
    let room = segment("!room3:x");
    let one = phone.get(&format!("{KEYS}/{room}?version={version}")).await.expect_ok();
    assert_eq!(one["sessions"], rooms["!room3:x"]["sessions"]);
    let path = format!("{KEYS}/{room}/{}?version={version}", segment("session+/3"));
    assert_eq!(phone.get(&path).await.expect_ok(), key(3, false));
}

#[tokio::test]
async fn only_a_better_key_replaces_one_and_the_etag_tells_of_it() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let version = begin(&alice).await;
    let path = format!("{KEYS}/{}/session?version={version}", segment("!room:x"));
    let mut etags = Vec::new();
    for (stored, kept) in [
        (key(5, false), key(5, false)),
        (key(9, false), key(5, false)),
        (key(9, true), key(9, true)),
        (key(0, false), key(9, true)),
        (key(1, true), key(1, true)),
    ] {
        let answer = alice.put(&path, stored).await.expect_ok();
        assert_eq!(answer["count"], 1);
        etags.push(answer["etag"].clone());
        assert_eq!(alice.get(&path).await.expect_ok(), kept);
    }
    assert_eq!(etags[0], etags[1], "nothing changed");
    assert_ne!(etags[1], etags[2]);
    assert_eq!(etags[2], etags[3]);
    assert_ne!(etags[3], etags[4]);
}

#[tokio::test]
async fn keys_go_into_the_newest_backup_alone() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let path = |version: &str| format!("{KEYS}/{}/session?version={version}", segment("!room:x"));
    alice.put(&path("1"), key(1, true)).await.expect_error(404, "M_NOT_FOUND");
    let first = begin(&alice).await;
    alice.put(&path(&first), key(1, true)).await.expect_ok();
    let second = begin(&alice).await;

    let refused = alice.put(&path(&first), key(2, true)).await.expect_error(403, "M_WRONG_ROOM_KEYS_VERSION");
    assert_eq!(refused["current_version"], json!(second));
    assert_eq!(alice.get(&path(&first)).await.expect_ok(), key(1, true), "older backups can still be read");
    alice.get(&path(&second)).await.expect_error(404, "M_NOT_FOUND");
    alice.get(&path("bogus")).await.expect_error(404, "M_NOT_FOUND");

    alice.delete(&format!("{VERSION}/{second}")).await.expect_ok();
    assert_eq!(alice.get(VERSION).await.expect_ok()["version"], json!(first));
    alice.get(&format!("{VERSION}/{second}")).await.expect_error(404, "M_NOT_FOUND");
    let third = begin(&alice).await;
    assert_ne!(third, second, "a number is not given out twice");
}

#[tokio::test]
async fn keys_are_deleted_one_by_one_by_room_and_all_at_once() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let version = begin(&alice).await;
    let (a, b) = (segment("!a:x"), segment("!b:x"));
    let sessions = json!({"1": key(1, true), "2": key(2, true)});
    let rooms = json!({"!a:x": {"sessions": sessions}, "!b:x": {"sessions": sessions}, "!c:x": {"sessions": sessions}});
    alice.put(&format!("{KEYS}?version={version}"), json!({"rooms": rooms})).await.expect_ok();
    let delete = async |path: String| alice.delete(&format!("{path}?version={version}")).await.expect_ok();
    assert_eq!(delete(format!("{KEYS}/{a}/1")).await["count"], 5);
    assert_eq!(delete(format!("{KEYS}/{a}/1")).await["count"], 5, "deleting twice changes nothing");
    assert_eq!(delete(format!("{KEYS}/{b}")).await["count"], 3);
    let left = alice.get(&format!("{KEYS}?version={version}")).await.expect_ok();
    assert_eq!(left["rooms"].as_object().unwrap().keys().collect::<Vec<_>>(), ["!a:x", "!c:x"]);
    assert_eq!(delete(KEYS.to_owned()).await["count"], 0);
    assert_eq!(alice.get(&format!("{KEYS}?version={version}")).await.expect_ok(), json!({"rooms": {}}));
    assert_eq!(
        alice.get(&format!("{KEYS}/{a}?version={version}")).await.expect_ok(),
        json!({"sessions": {}})
    );
}

#[tokio::test]
async fn malformed_backups_change_nothing() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    alice.post(VERSION, json!({"algorithm": "x"})).await.expect_error(400, "M_MISSING_PARAM");
    alice.get(VERSION).await.expect_error(404, "M_NOT_FOUND");
    let version = begin(&alice).await;
    let session = format!("{KEYS}/{}/session?version={version}", segment("!room:x"));
    alice.put(&session, json!([])).await.expect_error(400, "M_BAD_JSON");
    alice.put(&session, json!({"first_message_index": 1})).await.expect_error(400, "M_MISSING_PARAM");
    let mut large = key(1, true);
    large["session_data"]["ciphertext"] = json!("x".repeat(20_000));
    alice.put(&session, large).await.expect_error(400, "M_INVALID_PARAM");
    alice.put(KEYS, json!({"rooms": {}})).await.expect_error(400, "M_MISSING_PARAM");
    let path = format!("{VERSION}/{version}");
    let update = |body| alice.put(&path, body);
    let algorithm = "m.megolm_backup.v1.curve25519-aes-sha2";
    update(json!({"algorithm": "other", "auth_data": {}})).await.expect_error(400, "M_INVALID_PARAM");
    update(json!({"algorithm": algorithm, "auth_data": {}, "version": "99"}))
        .await
        .expect_error(400, "M_INVALID_PARAM");
    let info = alice.get(VERSION).await.expect_ok();
    assert_eq!((&info["count"], &info["auth_data"]), (&json!(0), &json!({"public_key": "abc"})));
    update(json!({"algorithm": algorithm, "auth_data": {"public_key": "new"}})).await.expect_ok();
    assert_eq!(alice.get(VERSION).await.expect_ok()["auth_data"], json!({"public_key": "new"}));
    let bob = server.register("bob").await;
    bob.get(&session).await.expect_error(404, "M_NOT_FOUND");
}
