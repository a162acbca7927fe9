//! Searching: words, order, whose messages, surroundings.

use alphorn_tests::{Server, User};
use serde_json::{Value, json};

const SEARCH: &str = "/_matrix/client/v3/search";

async fn search(user: &User, criteria: Value) -> Value {
    let body = json!({ "search_categories": { "room_events": criteria } });
    user.post(SEARCH, body).await.expect_ok()["search_categories"]["room_events"].clone()
}

fn bodies(answer: &Value) -> Vec<String> {
    let results = answer["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| result["result"]["content"]["body"].as_str().unwrap_or("").to_owned())
        .collect()
}

#[tokio::test]
async fn words_find_their_messages_only_where_one_may_read() {
    let server = Server::start().await;
    let (alice, bob, eve) =
        (server.register("alice").await, server.register("bob").await, server.register("eve").await);
    let room = alice.create_room(json!({ "preset": "public_chat", "name": "Käse" })).await;
    bob.join(&room).await;
    for body in ["Gruyère is a cheese", "cheese", "bread", "cheese, cheese and bread and butter"] {
        alice.send_text(&room, body).await;
    }
    let redacted = alice.send_text(&room, "cheese regretted").await;
    alice.redact(&room, &redacted).await;

    let recent = search(&bob, json!({ "search_term": "CHEESE", "order_by": "recent" })).await;
    assert_eq!(bodies(&recent), ["cheese, cheese and bread and butter", "cheese", "Gruyère is a cheese"]);
    assert_eq!(recent["highlights"], json!(["cheese"]));
    assert_eq!(bodies(&search(&bob, json!({ "search_term": "cheese" })).await)[0], "cheese");
    assert_eq!(bodies(&search(&bob, json!({ "search_term": "gruyere cheese" })).await).len(), 1);
    let named = search(&bob, json!({ "search_term": "käse", "keys": ["content.name"] })).await;
    assert_eq!(named["count"], 1);
    assert_eq!(search(&eve, json!({ "search_term": "cheese" })).await["count"], 0);
    bob.leave(&room).await;
    alice.send_text(&room, "cheese after bob").await;
    assert_eq!(bodies(&search(&bob, json!({ "search_term": "cheese" })).await).len(), 3);
}

#[tokio::test]
async fn results_come_in_pages_with_their_surroundings() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    for number in 0..5 {
        alice.send_text(&room, &format!("needle {number}")).await;
        alice.send_text(&room, "hay").await;
    }
    let criteria = json!({
        "search_term": "needle", "order_by": "recent", "filter": { "limit": 3 },
        "event_context": { "before_limit": 1, "after_limit": 1, "include_profile": true },
        "groupings": { "group_by": [{ "key": "room_id" }] },
    });
    let first = search(&alice, criteria.clone()).await;
    assert_eq!(bodies(&first), ["needle 4", "needle 3", "needle 2"]);
    let context = &first["results"][1]["context"];
    assert_eq!(context["events_before"][0]["content"]["body"], "hay");
    assert_eq!(context["events_after"][0]["content"]["body"], "hay");
    assert_eq!(context["profile_info"][&alice.user_id]["displayname"], "alice");
    assert_eq!(first["groups"]["room_id"][&room]["results"].as_array().map(Vec::len), Some(3));
    let next = first["next_batch"].as_str().unwrap();
    let body = json!({ "search_categories": { "room_events": criteria } });
    let second = alice.post(&format!("{SEARCH}?next_batch={next}"), body).await.expect_ok();
    let second = &second["search_categories"]["room_events"];
    assert_eq!(bodies(second), ["needle 1", "needle 0"]);
    assert!(second.get("next_batch").is_none());
}

#[tokio::test]
async fn wrong_searches_are_refused_and_odd_words_find_nothing() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    alice.send_text(&room, "hello").await;
    for (criteria, code) in [
        (json!({ "search_term": 5 }), "M_BAD_JSON"),
        (json!({}), "M_MISSING_PARAM"),
        (json!({ "search_term": "x", "order_by": "size" }), "M_INVALID_PARAM"),
        (json!({ "search_term": "x", "keys": ["content.url"] }), "M_INVALID_PARAM"),
        (json!({ "search_term": "x".repeat(2000) }), "M_INVALID_PARAM"),
    ] {
        let body = json!({ "search_categories": { "room_events": criteria } });
        alice.post(SEARCH, body).await.expect_error(400, code);
    }
    for odd in ["", "\"", "* OR NEAR(", "hello\" OR \"", "' ; DROP TABLE search"] {
        let answer = search(&alice, json!({ "search_term": odd })).await;
        assert!(answer["results"].is_array(), "{odd}");
    }
}
