//! Clients keep settings at the server: account data, tags, filters.

use alphorn_tests::{Server, User, segment};
use ruma_common::{CanonicalJsonObject, RoomVersionId};
use ruma_signatures::reference_hash;
use serde_json::json;

fn own(user: &User, rest: &str) -> String {
    format!("/_matrix/client/v3/user/{}/{rest}", segment(&user.user_id))
}

#[tokio::test]
async fn account_data_comes_to_all_devices_and_to_nobody_else() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let room = alice.create_room(json!({})).await;
    let before = alice.sync(None).await;
    let path = own(&alice, "account_data/org.example.theme");
    let in_room = own(&alice, &format!("rooms/{}/account_data/org.example.theme", segment(&room)));

    alice.get(&path).await.expect_error(404, "M_NOT_FOUND");
    alice.put(&path, json!({"colour": "green"})).await.expect_ok();
    alice.put(&in_room, json!({"colour": "blue"})).await.expect_ok();
    assert_eq!(server.login("alice").await.get(&path).await.expect_ok(), json!({"colour": "green"}));
    assert_eq!(alice.get(&in_room).await.expect_ok(), json!({"colour": "blue"}));
    let news = alice.sync(before["next_batch"].as_str()).await;
    let event = |colour: &str| json!([{"type": "org.example.theme", "content": {"colour": colour}}]);
    assert_eq!(news["account_data"]["events"], event("green"));
    assert_eq!(news["rooms"]["join"][&room]["account_data"]["events"], event("blue"));

    bob.get(&path).await.expect_error(403, "M_FORBIDDEN");
    bob.put(&path, json!({})).await.expect_error(403, "M_FORBIDDEN");
    for reserved in ["m.fully_read", "m.push_rules"] {
        let path = own(&alice, &format!("account_data/{reserved}"));
        alice.put(&path, json!({})).await.expect_error(405, "M_BAD_JSON");
    }
    alice.put(&path, json!([])).await.expect_error(400, "M_BAD_JSON");
    alice.put(&path, json!("text")).await.expect_error(400, "M_BAD_JSON");
    let nowhere = own(&alice, "rooms/nowhere/account_data/x");
    alice.put(&nowhere, json!({})).await.expect_error(400, "M_INVALID_PARAM");
    let long = own(&alice, &format!("account_data/{}", "t".repeat(256)));
    alice.put(&long, json!({})).await.expect_error(400, "M_INVALID_PARAM");
    assert_eq!(alice.get(&path).await.expect_ok(), json!({"colour": "green"}));
}

#[tokio::test]
async fn rooms_carry_tags() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let tags = own(&alice, &format!("rooms/{}/tags", segment(&room)));
    assert_eq!(alice.get(&tags).await.expect_ok(), json!({"tags": {}}));

    alice.put(&format!("{tags}/m.favourite"), json!({"order": 0.5})).await.expect_ok();
    alice.put(&format!("{tags}/u.My%20work"), json!({})).await.expect_ok();
    let both = json!({"tags": {"m.favourite": {"order": 0.5}, "u.My work": {}}});
    assert_eq!(alice.get(&tags).await.expect_ok(), both);
    let sync = alice.sync(None).await;
    let event = json!([{"type": "m.tag", "content": both}]);
    assert_eq!(sync["rooms"]["join"][&room]["account_data"]["events"], event);

    alice.put(&format!("{tags}/u.x"), json!({"order": "first"})).await.expect_error(400, "M_BAD_JSON");
    alice.put(&format!("{tags}/u.x"), json!([])).await.expect_error(400, "M_BAD_JSON");
    alice.put(&format!("{tags}/{}", "x".repeat(256)), json!({})).await.expect_error(400, "M_INVALID_PARAM");
    alice.delete(&format!("{tags}/u.My%20work")).await.expect_ok();
    alice.delete(&format!("{tags}/u.never")).await.expect_ok();
    assert_eq!(alice.get(&tags).await.expect_ok(), json!({"tags": {"m.favourite": {"order": 0.5}}}));
    for number in 1..100 {
        alice.put(&format!("{tags}/u.{number}"), json!({})).await.expect_ok();
    }
    alice
        .put(&format!("{tags}/u.one.too.many"), json!({}))
        .await
        .expect_error(403, "M_RESOURCE_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn filters_are_kept_under_an_id_and_checked() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let filter = json!({"room": {"timeline": {"limit": 10, "types": ["m.room.*"]}}, "org.example": 1});
    let path = own(&alice, "filter");
    let first = alice.post(&path, filter.clone()).await.expect_ok();
    let again = alice.post(&path, filter.clone()).await.expect_ok();
    assert_eq!(first, again, "the same filter is kept once");
    let id = first["filter_id"].as_str().unwrap();
    assert_eq!(alice.get(&format!("{path}/{id}")).await.expect_ok(), filter);
    alice.get(&format!("{path}/other")).await.expect_error(404, "M_NOT_FOUND");
    server.register("eve").await.get(&format!("{path}/{id}")).await.expect_error(403, "M_FORBIDDEN");
    for bad in [
        json!([]),
        json!("x"),
        json!({"presence": "not an object"}),
        json!({"room": {"timeline": {"limit": "many"}}}),
        json!({"room": {"rooms": "not a list"}}),
    ] {
        alice.post(&path, bad).await.expect_error(400, "M_BAD_JSON");
    }
    let large = json!({"org.example": "x".repeat(70_000)});
    alice.post(&path, large).await.expect_error(413, "M_TOO_LARGE");
}

#[tokio::test]
async fn events_come_as_servers_exchange_them_if_a_filter_says_so() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({"room_version": "11"})).await;
    let event_id = alice.send_text(&room, "hello").await;
    let redacted = alice.send_text(&room, "regretted").await;
    alice.redact(&room, &redacted).await;
    let filter = segment(r#"{"event_format":"federation"}"#);
    let answer = alice.get(&format!("/_matrix/client/v3/sync?filter={filter}")).await.expect_ok();
    let events = answer["rooms"]["join"][&room]["timeline"]["events"].as_array().unwrap().clone();
    let event = events.iter().find(|event| event["event_id"] == event_id).unwrap();
    assert_eq!(event["room_id"], room);
    assert!(event["unsigned"]["age"].is_u64());
    let mut object: CanonicalJsonObject = serde_json::from_value(event.clone()).unwrap();
    object.remove("event_id");
    let rules = RoomVersionId::V11.rules().unwrap();
    let hash = reference_hash(&object, &rules).unwrap();
    assert_eq!(format!("${hash}"), event_id, "nothing that is signed was changed");
    let blank = events.iter().find(|event| event["event_id"] == redacted).unwrap();
    assert_eq!(blank["content"], json!({}));
    assert!(blank["hashes"].is_object());
}
