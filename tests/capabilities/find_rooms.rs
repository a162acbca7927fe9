//! Finding rooms: aliases, the public directory, spaces, summaries.

use std::collections::HashSet;

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User, http::segment};
use serde_json::{Value, json};

fn alias_path(alias: &str) -> String {
    format!("/_matrix/client/v3/directory/room/{}", segment(alias))
}

#[tokio::test]
async fn an_alias_leads_to_its_room_until_it_is_removed() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    let path = alias_path("#tea:test.localhost");
    bob.put(&path, json!({ "room_id": room })).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&path, json!({ "room_id": room })).await.expect_ok();
    assert_eq!(bob.get(&path).await.expect_ok()["room_id"], room.as_str());
    bob.join("#tea:test.localhost").await;
    let aliases = bob.get(&room_path(&room, "aliases")).await.expect_ok();
    assert_eq!(aliases["aliases"], json!(["#tea:test.localhost"]));
    alice.send_state(&room, "m.room.canonical_alias", "", json!({ "alias": "#tea:test.localhost" })).await;

    let other = alice.create_room(json!({})).await;
    alice.put(&path, json!({ "room_id": other })).await.expect_error(409, "M_ROOM_IN_USE");
    bob.delete(&path).await.expect_error(403, "M_FORBIDDEN");
    alice.delete(&path).await.expect_ok();
    alice.delete(&path).await.expect_error(404, "M_NOT_FOUND");
    bob.get(&path).await.expect_error(404, "M_NOT_FOUND");
    assert_eq!(alice.state(&room, "m.room.canonical_alias", "").await, json!({}));
}

#[tokio::test]
async fn a_room_calls_itself_only_by_aliases_that_lead_to_it() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    alice.create_room(json!({ "room_alias_name": "other" })).await;
    let path = room_path(&room, "state/m.room.canonical_alias");
    for (content, code) in [
        (json!({ "alias": "#other:test.localhost" }), "M_BAD_ALIAS"),
        (json!({ "alias": "#none:test.localhost" }), "M_BAD_ALIAS"),
        (json!({ "alt_aliases": ["#none:test.localhost"] }), "M_BAD_ALIAS"),
        (json!({ "alias": "tea" }), "M_INVALID_PARAM"),
    ] {
        alice.put(&path, content).await.expect_error(400, code);
    }
}

async fn page(user: &User, body: Value) -> Value {
    user.post("/_matrix/client/v3/publicRooms", body).await.expect_ok()
}

fn names(page: &Value) -> Vec<String> {
    let rooms = page["chunk"].as_array().unwrap();
    rooms.iter().map(|room| room["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_directory_is_searched_and_leafed_through() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    for number in 0..5 {
        let name = format!("Room {number}");
        alice.create_room(json!({ "visibility": "public", "name": name })).await;
    }
    alice.create_room(json!({ "visibility": "private", "preset": "public_chat", "name": "Hidden" })).await;
    let space = json!({ "visibility": "public", "name": "Space", "creation_content": { "type": "m.space" } });
    let space = alice.create_room(space).await;
    bob.join(&space).await;

    let first = page(&bob, json!({ "limit": 3 })).await;
    assert_eq!(names(&first).first().map(String::as_str), Some("Space"), "the largest room comes first");
    assert_eq!(first["total_room_count_estimate"], 6);
    let second = page(&bob, json!({ "limit": 3, "since": first["next_batch"] })).await;
    assert!(second.get("next_batch").is_none(), "{second}");
    let all: HashSet<_> = names(&first).into_iter().chain(names(&second)).collect();
    assert_eq!(all.len(), 6);
    let back = page(&bob, json!({ "limit": 3, "since": second["prev_batch"] })).await;
    assert_eq!(names(&back), names(&first));

    let found = page(&bob, json!({ "filter": { "generic_search_term": "room 3" } })).await;
    assert_eq!(names(&found), ["Room 3"]);
    let spaces = page(&bob, json!({ "filter": { "room_types": ["m.space"] } })).await;
    assert_eq!(names(&spaces), ["Space"]);
    let path = "/_matrix/client/v3/publicRooms";
    bob.post(path, json!({ "since": "x" })).await.expect_error(400, "M_INVALID_PARAM");
    bob.post(path, json!({ "limit": "x" })).await.expect_error(400, "M_BAD_JSON");
}

#[tokio::test]
async fn a_space_shows_everyone_what_they_may_see() {
    let server = Server::start().await;
    let (alice, eve) = (server.register("alice").await, server.register("eve").await);
    let create =
        json!({ "preset": "public_chat", "name": "space", "creation_content": { "type": "m.space" } });
    let space = alice.create_room(create.clone()).await;
    let inner = alice.create_room(create).await;
    let open = alice.create_room(json!({ "preset": "public_chat", "name": "open" })).await;
    let secret = alice.create_room(json!({ "preset": "private_chat", "name": "secret" })).await;
    let via = |order: &str| json!({ "via": ["test.localhost"], "order": order });
    alice.send_state(&space, "m.space.child", &secret, via("c")).await;
    alice.send_state(&space, "m.space.child", &inner, via("a")).await;
    alice.send_state(&inner, "m.space.child", &open, via("a")).await;
    // A loop must not be walked for ever.
    alice.send_state(&inner, "m.space.child", &space, via("b")).await;

    let path = format!("/_matrix/client/v1/rooms/{}/hierarchy", segment(&space));
    let ids = |answer: &Value| -> Vec<String> {
        let rooms = answer["rooms"].as_array().unwrap();
        rooms.iter().map(|room| room["room_id"].as_str().unwrap().to_owned()).collect()
    };
    let own = alice.get(&path).await.expect_ok();
    assert_eq!(ids(&own), [space.clone(), inner.clone(), open.clone(), secret.clone()]);
    assert_eq!(own["rooms"][0]["children_state"].as_array().map(Vec::len), Some(2));
    assert_eq!(ids(&eve.get(&path).await.expect_ok()), [space.clone(), inner.clone(), open.clone()]);
    let first = alice.get(&format!("{path}?limit=3")).await.expect_ok();
    let next = first["next_batch"].as_str().unwrap();
    assert_eq!(
        ids(&alice.get(&format!("{path}?limit=3&from={next}")).await.expect_ok()),
        std::slice::from_ref(&secret)
    );
    assert_eq!(ids(&alice.get(&format!("{path}?max_depth=1")).await.expect_ok()).len(), 3);
    let path = format!("/_matrix/client/v1/rooms/{}/hierarchy", segment(&secret));
    eve.get(&path).await.expect_error(403, "M_FORBIDDEN");

    let summary = |room: &str| format!("/_matrix/client/v1/room_summary/{}", segment(room));
    assert_eq!(eve.get(&summary(&open)).await.expect_ok()["name"], "open");
    eve.get(&summary(&secret)).await.expect_error(404, "M_NOT_FOUND");
}
