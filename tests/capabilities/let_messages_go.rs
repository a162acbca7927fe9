//! Messages go when a room does not keep them any longer, and everything in a room when it is purged.

use std::time::{Duration, Instant};

use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

use crate::administer_people::{ADMIN, administrator};

const DAY: u64 = 24 * 3_600_000;

fn rooms(room: &str, rest: &str) -> String {
    format!("/_matrix/client/v3/rooms/{}{rest}", segment(room))
}

fn administered(room: &str, rest: &str) -> String {
    format!("{ADMIN}/rooms/{}{rest}", segment(room))
}

async fn until<F: Future<Output = bool>>(what: &str, fits: impl Fn() -> F) {
    let end = Instant::now() + Duration::from_secs(60);
    while !fits().await {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everything that clients can ask of a room, in one text.
async fn everything(user: &User, room: &str, event: &str) -> String {
    let mut all = String::new();
    let filter = segment(r#"{"room":{"timeline":{"limit":100}}}"#);
    let v1 = format!("/_matrix/client/v1/rooms/{}", segment(room));
    for path in [
        rooms(room, "/messages?dir=b&limit=100"),
        rooms(room, "/messages?dir=f&limit=100"),
        rooms(room, &format!("/event/{}", segment(event))),
        rooms(room, &format!("/context/{}?limit=50", segment(event))),
        format!("{v1}/relations/{}", segment(event)),
        format!("{v1}/threads"),
        format!("/_matrix/client/v3/sync?filter={filter}"),
        rooms(room, "/initialSync"),
        "/_matrix/client/v3/notifications".to_owned(),
    ] {
        all.push_str(&user.get(&path).await.json().to_string());
    }
    let term = json!({"search_categories": {"room_events": {"search_term": "secret"}}});
    all.push_str(&user.post("/_matrix/client/v3/search", term).await.json()["search_categories"]["room_events"]["results"].to_string());
    let list = json!({"lists": {"all": {"ranges": [[0, 10]], "required_state": [], "timeline_limit": 50}}});
    let sliding = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync";
    all.push_str(&user.post(sliding, list).await.json().to_string());
    all
}

/// What the database has, the pages that were written last among them.
fn holds(server: &Server, words: &str) -> bool {
    ["alphorn.db", "alphorn.db-wal"].iter().any(|name| {
        let bytes = std::fs::read(server.data_dir().join(name)).unwrap_or_default();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    })
}

#[tokio::test]
async fn what_a_room_does_not_keep_is_shown_to_nobody_and_removed() {
    let mut server = Server::start().await;
    let (alice, ben) = (server.register("alice").await, server.register("ben").await);
    let root = administrator(&server).await;
    let room = alice.create_room(json!({"preset": "public_chat", "name": "Ward"})).await;
    ben.join(&room).await;
    let said = alice.send_text(&room, "a secret of alice").await;
    let relation = json!({"rel_type": "m.thread", "event_id": said});
    let reply = json!({"msgtype": "m.text", "body": "a secret in a thread", "m.relates_to": relation});
    ben.send(&room, "m.room.message", reply).await;
    let file = alice.upload("image/png", "not quite a picture").await;
    alice
        .send(&room, "m.room.message", json!({"msgtype": "m.file", "body": "secret.png", "url": file}))
        .await;
    let kept = alice.upload("image/png", "another picture").await;
    alice
        .send(&room, "m.room.message", json!({"msgtype": "m.file", "body": "secret2.png", "url": kept}))
        .await;
    let elsewhere = alice.create_room(json!({})).await;
    alice
        .send(&elsewhere, "m.room.message", json!({"msgtype": "m.file", "body": "again", "url": kept}))
        .await;
    for user in [&alice, &ben] {
        assert!(everything(user, &room, &said).await.matches("secret of alice").count() >= 8);
    }
    let counted = async || root.get(&administered(&room, "")).await.expect_ok()["events"].as_u64().unwrap();
    let before = counted().await;

    // From the moment on that they are too old, whoever has looked after them.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    alice.send_state(&room, "m.room.retention", "", json!({"max_lifetime": 1_000})).await;
    for user in [&alice, &ben] {
        let seen = everything(user, &room, &said).await;
        assert!(!seen.contains("secret"), "{seen}");
        assert!(seen.contains("m.room.retention") && seen.contains("\"Ward\""), "state stays: {seen}");
    }
    ben.get(&rooms(&room, &format!("/event/{}", segment(&said)))).await.expect_error(404, "M_NOT_FOUND");
    until("the messages are still there", async || {
        let shown = root.get(&administered(&room, "")).await.expect_ok();
        assert_eq!(shown["message_lifetime_ms"], 1_000);
        let files = root.get(&format!("{ADMIN}/people/{}/media", segment(&alice.user_id))).await.expect_ok();
        let left = files["entries"].as_array().unwrap();
        left.len() == 1 && left[0]["uri"] == kept
    })
    .await;
    // Four messages less, and the room's new word.
    until("the timeline has them", async || counted().await == before - 3).await;

    // The room goes on, and a restart finds the same.
    alice.send_state(&room, "m.room.retention", "", json!({})).await;
    let later = ben.send_text(&room, "still here").await;
    server.stop().await;
    server.start_again().await;
    assert!(everything(&alice, &room, &later).await.contains("still here"));
    server.stop().await;
    assert!(!holds(&server, "a secret of alice") && !holds(&server, "secret.png"));
    assert!(holds(&server, "still here"));
    let check = server.run(&["store", "check"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

#[tokio::test]
async fn a_room_is_purged_for_good() {
    let mut server = Server::start().await;
    let root = administrator(&server).await;
    let (alice, ben) = (server.register("alice").await, server.register("ben").await);
    let wish = json!({"preset": "public_chat", "name": "Rumours of Ward", "room_alias_name": "rumours"});
    let room = alice.create_room(wish).await;
    ben.join(&room).await;
    let file = ben.upload("image/png", "a picture").await;
    ben.send(&room, "m.room.message", json!({"msgtype": "m.file", "body": "secret.png", "url": file})).await;
    // More than one step.
    let mut said = String::new();
    for number in 0..230 {
        said = alice.send_text(&room, &format!("a secret of alice {number}")).await;
    }
    let shown =
        root.post(&administered(&room, "/purge"), json!({"reason": "a court says so"})).await.expect_ok();
    assert_eq!((&shown["closed"], &shown["purge"]), (&json!(true), &json!("under_way")));
    until("the room is not purged", async || {
        let shown = root.get(&administered(&room, "")).await.expect_ok();
        let done = shown["room"]["purge"] == "done";
        assert!(done || shown["purge_left"].as_u64().is_some(), "{shown}");
        done
    })
    .await;
    let shown = root.get(&administered(&room, "")).await.expect_ok();
    assert_eq!((&shown["room"]["name"], &shown["room"]["joined"]), (&json!(null), &json!(0)));
    assert_eq!((&shown["aliases"], &shown["purge_left"]), (&json!([]), &json!(null)));
    let left = everything(&alice, &room, &said).await;
    assert!(!left.contains("secret") && !left.contains("Rumours"), "{left}");
    let files = root.get(&format!("{ADMIN}/people/{}/media", segment(&ben.user_id))).await.expect_ok();
    assert_eq!(files["entries"], json!([]));

    root.post(&administered(&room, "/reopen"), json!({})).await.expect_error(403, "M_FORBIDDEN");
    root.post(&administered(&room, "/purge"), json!({})).await.expect_ok();
    root.post(&administered("!nowhere:x", "/purge"), json!({})).await.expect_error(404, "M_NOT_FOUND");
    alice.post(&administered(&room, "/purge"), json!({})).await.expect_error(403, "M_FORBIDDEN");
    let audit = root.get(&format!("{ADMIN}/audit?action=rooms.purge")).await.expect_ok();
    let done: Vec<_> = audit["entries"].as_array().unwrap().iter().map(|act| act["reason"].clone()).collect();
    assert_eq!(done, [json!(null), json!("a court says so")], "the refused one, and the one that was done");
    // Its name is free again.
    alice.create_room(json!({"room_alias_name": "rumours"})).await;
    server.stop().await;
    assert!(!holds(&server, "secret of alice") && !holds(&server, "Rumours of Ward"));
    let check = server.run(&["store", "check"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

#[tokio::test]
async fn the_server_says_how_long_rooms_keep_messages() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    let (silent, long) = (alice.create_room(json!({})).await, alice.create_room(json!({})).await);
    alice.send_state(&long, "m.room.retention", "", json!({"max_lifetime": 400 * DAY})).await;
    for room in [&silent, &long] {
        alice.send_text(room, "said long ago").await;
    }
    let change = async |body: Value| {
        root.raw(http::Method::PATCH, &format!("{ADMIN}/settings"), &[], body.to_string().into()).await
    };
    let shown = async |room: &str| {
        let messages = alice.messages(room).await;
        messages.iter().any(|event| event["content"]["body"] == "said long ago")
    };
    // What clients are told (MSC1763).
    let configuration = "/_matrix/client/unstable/org.matrix.msc1763/retention/configuration";
    let told = async || alice.get(configuration).await.expect_ok();
    assert_eq!(told().await, json!({"policies": {}, "limits": {}}));
    server.get(configuration).await.expect_error(401, "M_MISSING_TOKEN");
    for bad in [
        json!({"message_lifetime_default_ms": 10}),
        json!({"message_lifetime_min_ms": 2 * DAY, "message_lifetime_max_ms": DAY}),
        json!({"message_lifetime_default_ms": 2 * DAY, "message_lifetime_max_ms": DAY}),
    ] {
        change(bad).await.expect_error(400, "M_INVALID_PARAM");
    }
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    change(json!({"message_lifetime_default_ms": 1_000})).await.expect_ok();
    assert!(!shown(&silent).await && shown(&long).await);
    assert_eq!(told().await, json!({"policies": {"*": {"max_lifetime": 1_000}}, "limits": {}}));
    let all = json!({"message_lifetime_max_ms": 1_000, "reason": "the law"});
    assert_eq!(change(all).await.expect_ok()["message_lifetime_max_ms"], 1_000);
    assert!(!shown(&long).await);
    let limits = json!({"max_lifetime": {"max": 1_000}});
    assert_eq!(told().await, json!({"policies": {"*": {"max_lifetime": 1_000}}, "limits": limits}));
    let none = json!({"message_lifetime_default_ms": null, "message_lifetime_max_ms": null});
    change(none).await.expect_ok();
    change(json!({"message_lifetime_min_ms": 5_000})).await.expect_ok();
    assert_eq!(told().await, json!({"policies": {}, "limits": {"max_lifetime": {"min": 5_000}}}));
    change(json!({"message_lifetime_default_ms": 2_000})).await.expect_error(400, "M_INVALID_PARAM");
}
