//! A person chooses what notifies them, and sees what did.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User};
use serde_json::{Value, json};

const RULES: &str = "/_matrix/client/v3/pushrules/global";
const PUSHERS: &str = "/_matrix/client/v3/pushers";

async fn rule_ids(user: &User, kind: &str) -> Vec<String> {
    let rules = user.get("/_matrix/client/v3/pushrules/").await.expect_ok();
    let rules = rules["global"][kind].as_array().cloned().unwrap_or_default();
    rules.iter().filter_map(|rule| rule["rule_id"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn rules_are_added_moved_switched_off_and_removed() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let predefined = rule_ids(&alice, "override").await;
    assert_eq!(predefined[0], ".m.rule.master");
    assert!(predefined.contains(&".m.rule.is_user_mention".to_owned()));

    let rule = json!({"pattern": "cake*", "actions": ["notify", {"set_tweak": "highlight"}]});
    let path = format!("{RULES}/content/cake");
    alice.put(&path, rule.clone()).await.expect_ok();
    let kept = alice.get(&path).await.expect_ok();
    let whole = json!({
        "rule_id": "cake", "default": false, "enabled": true,
        "pattern": "cake*", "actions": ["notify", {"set_tweak": "highlight"}],
    });
    assert_eq!(kept, whole);
    for name in ["b", "c"] {
        alice.put(&format!("{RULES}/content/{name}?after=cake"), rule.clone()).await.expect_ok();
    }
    alice.put(&format!("{RULES}/content/c?before=cake"), rule.clone()).await.expect_ok();
    assert_eq!(rule_ids(&alice, "content").await, ["c", "cake", "b"]);

    alice.put(&format!("{path}/enabled"), json!({"enabled": false})).await.expect_ok();
    assert_eq!(alice.get(&format!("{path}/enabled")).await.expect_ok(), json!({"enabled": false}));
    alice
        .put(&format!("{RULES}/override/.m.rule.master/actions"), json!({"actions": ["notify"]}))
        .await
        .expect_ok();
    let actions = alice.get(&format!("{RULES}/override/.m.rule.master/actions")).await.expect_ok();
    assert_eq!(actions, json!({"actions": ["notify"]}));
    alice.delete(&path).await.expect_ok();
    alice.get(&path).await.expect_error(404, "M_NOT_FOUND");

    let events = alice.sync(None).await["account_data"]["events"].clone();
    let told = events.as_array().unwrap().iter().find(|event| event["type"] == "m.push_rules").unwrap();
    assert_eq!(told["content"]["global"]["content"][0]["rule_id"], "c");
}

#[tokio::test]
async fn wrong_rules_are_refused() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let before = alice.get("/_matrix/client/v3/pushrules/").await.expect_ok();
    let cases = [
        ("content/x", json!({"actions": []}), "M_MISSING_PARAM"),
        ("content/x", json!({"pattern": "x"}), "M_MISSING_PARAM"),
        ("content/x", json!({"pattern": 1, "actions": []}), "M_BAD_JSON"),
        ("content/x", json!({"pattern": "x", "actions": ["sing"]}), "M_INVALID_PARAM"),
        ("content/.x", json!({"pattern": "x", "actions": []}), "M_INVALID_PARAM"),
        ("content/x?before=y", json!({"pattern": "x", "actions": []}), "M_UNKNOWN"),
        ("override/x?after=.m.rule.master", json!({"actions": []}), "M_UNKNOWN"),
        ("override/x", json!({"actions": [], "conditions": [{"kind": 1}]}), "M_BAD_JSON"),
        ("room/", json!({"actions": []}), "M_INVALID_PARAM"),
        ("other/x", json!({"actions": []}), "M_INVALID_PARAM"),
        ("content/.m.none/enabled", json!({"enabled": "yes"}), "M_BAD_JSON"),
    ];
    for (path, body, errcode) in cases {
        alice.put(&format!("{RULES}/{path}"), body).await.expect_error(400, errcode);
    }
    let enabled = json!({"enabled": true});
    alice.put(&format!("{RULES}/content/none/enabled"), enabled).await.expect_error(404, "M_NOT_FOUND");
    alice.delete(&format!("{RULES}/override/.m.rule.master")).await.expect_error(400, "M_INVALID_PARAM");
    alice.get("/_matrix/client/v3/pushrules").await.expect_error(404, "M_UNRECOGNIZED");
    alice.delete(&format!("{RULES}/room/none")).await.expect_error(404, "M_NOT_FOUND");
    assert_eq!(alice.get("/_matrix/client/v3/pushrules/").await.expect_ok(), before);
}

#[tokio::test]
async fn what_notified_is_listed_until_it_is_read() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    bob.join(&room).await;
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.insert(0, alice.send_text(&room, &format!("message {number}")).await);
    }
    alice.send(&room, "org.example.silent", json!({})).await;

    let mut listed = Vec::new();
    let mut path = "/_matrix/client/v3/notifications?limit=2".to_owned();
    for _ in 0..10 {
        let page = bob.get(&path).await.expect_ok();
        let found = page["notifications"].as_array().unwrap().clone();
        assert!(found.len() <= 2);
        listed.extend(found);
        let Some(next) = page["next_token"].as_str() else { break };
        path = format!("/_matrix/client/v3/notifications?limit=2&from={next}");
    }
    let ids: Vec<&str> = listed.iter().filter_map(|found| found["event"]["event_id"].as_str()).collect();
    assert_eq!(ids, sent);
    assert!(listed.iter().all(|found| found["room_id"] == room.as_str() && found["read"] == false));

    bob.post(&room_path(&room, &format!("receipt/m.read/{}", sent[1])), json!({})).await.expect_ok();
    let after = bob.get("/_matrix/client/v3/notifications").await.expect_ok();
    let read: Vec<&Value> =
        after["notifications"].as_array().unwrap().iter().map(|found| &found["read"]).collect();
    assert_eq!(read, [false, true, true, true, true]);
    bob.get("/_matrix/client/v3/notifications?from=rubbish").await.expect_error(400, "M_INVALID_PARAM");
    assert_eq!(alice.get("/_matrix/client/v3/notifications").await.expect_ok()["notifications"], json!([]));
}

#[tokio::test]
async fn ignored_people_notify_nobody() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let carol = server.register("carol").await;
    let room =
        alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id, carol.user_id]})).await;
    bob.join(&room).await;
    carol.join(&room).await;
    let path = format!("/_matrix/client/v3/user/{}/account_data/m.ignored_user_list", bob.user_id);
    let mention = json!({"msgtype": "m.text", "body": "hello", "m.mentions": {"user_ids": [bob.user_id]}});
    let unread = async || {
        let counts = bob.sync(None).await["rooms"]["join"][&room]["unread_notifications"].clone();
        (counts["notification_count"].clone(), counts["highlight_count"].clone())
    };
    carol.send(&room, "m.room.message", mention.clone()).await;
    alice.send(&room, "m.room.message", mention.clone()).await;
    assert_eq!(unread().await, (json!(2), json!(2)));

    bob.put(&path, json!({"ignored_users": {&carol.user_id: {}, &bob.user_id: {}}})).await.expect_ok();
    assert_eq!(unread().await, (json!(1), json!(1)), "what is there is counted anew");
    carol.send(&room, "m.room.message", mention.clone()).await;
    assert_eq!(unread().await, (json!(1), json!(1)));
    let listed = bob.get("/_matrix/client/v3/notifications").await.expect_ok();
    let senders: Vec<&Value> =
        listed["notifications"].as_array().unwrap().iter().map(|found| &found["event"]["sender"]).collect();
    assert_eq!(senders, [&json!(alice.user_id)]);

    bob.put(&path, json!({"ignored_users": {}})).await.expect_ok();
    assert_eq!(unread().await, (json!(3), json!(3)));
}

fn pusher(key: &str) -> Value {
    json!({
        "kind": "http", "app_id": "org.example.app", "pushkey": key, "lang": "de",
        "app_display_name": "App", "device_display_name": "Phone",
        "data": {"url": "https://push.example.org/_matrix/push/v1/notify", "format": "event_id_only"},
    })
}

#[tokio::test]
async fn a_device_that_changes_hands_notifies_only_its_new_owner() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let set = format!("{PUSHERS}/set");
    alice.post(&set, pusher("phone")).await.expect_ok();
    assert_eq!(alice.get(PUSHERS).await.expect_ok(), json!({"pushers": [pusher("phone")]}));
    let mut beside = pusher("phone");
    beside["append"] = true.into();
    bob.post(&set, beside).await.expect_ok();
    assert_eq!(alice.get(PUSHERS).await.expect_ok()["pushers"].as_array().unwrap().len(), 1);
    bob.post(&set, pusher("phone")).await.expect_ok();
    assert_eq!(alice.get(PUSHERS).await.expect_ok(), json!({"pushers": []}));
    let removal = json!({"kind": null, "app_id": "org.example.app", "pushkey": "phone"});
    bob.post(&set, removal).await.expect_ok();
    assert_eq!(bob.get(PUSHERS).await.expect_ok(), json!({"pushers": []}));

    let with = |key: &str, value: Value| {
        let mut pusher = pusher("x");
        pusher[key] = value;
        pusher
    };
    let cases = [
        (with("pushkey", "k".repeat(513).into()), "M_INVALID_PARAM"),
        (with("app_id", "a".repeat(65).into()), "M_INVALID_PARAM"),
        (with("kind", "carrier pigeon".into()), "M_INVALID_PARAM"),
        (with("lang", Value::Null), "M_MISSING_PARAM"),
        (with("data", json!({})), "M_MISSING_PARAM"),
        (with("data", json!({"url": 1})), "M_BAD_JSON"),
        (with("data", json!({"url": "https://push.example.org/elsewhere"})), "M_INVALID_PARAM"),
        (with("data", json!({"url": "ftp://push.example.org/_matrix/push/v1/notify"})), "M_INVALID_PARAM"),
        (json!({"kind": "http"}), "M_MISSING_PARAM"),
    ];
    for (body, errcode) in cases {
        alice.post(&set, body).await.expect_error(400, errcode);
    }
}
