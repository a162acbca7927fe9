//! Reading rooms: back and forth, around an event, members, by time, what anyone may read.

use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User, http::segment};
use serde_json::{Value, json};

async fn leaf(user: &User, room: &str, query: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut from = String::new();
    loop {
        let page = user.get(&room_path(room, &format!("messages?limit=4&{query}{from}"))).await.expect_ok();
        events.extend(page["chunk"].as_array().unwrap().iter().cloned());
        match page["end"].as_str() {
            Some(end) => from = format!("&from={end}"),
            None => return events,
        }
    }
}

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pages_join_to_the_whole_history_both_ways() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    let mut sent = Vec::new();
    for number in 0..15 {
        sent.push(alice.send_text(&room, &format!("{number}")).await);
    }
    bob.join(&room).await;
    let mut back = ids(&leaf(&bob, &room, "dir=b").await);
    let forth = ids(&leaf(&bob, &room, "dir=f").await);
    back.reverse();
    assert_eq!(back, forth);
    let messages: Vec<_> = forth.into_iter().filter(|id| sent.contains(id)).collect();
    assert_eq!(messages, sent);
    let all = bob.get(&room_path(&room, "messages?dir=b&limit=100")).await.expect_ok();
    assert_eq!(all["chunk"].as_array().unwrap().len(), back.len());
    assert_eq!(all.get("end"), None, "nothing was before the creation of the room");
    let all = bob.get(&room_path(&room, "messages?dir=f&limit=100")).await.expect_ok();
    let end = all["end"].as_str().unwrap();
    let later = alice.send_text(&room, "later").await;
    let news = bob.get(&room_path(&room, &format!("messages?dir=f&from={end}"))).await.expect_ok();
    assert_eq!(ids(news["chunk"].as_array().unwrap()), [later]);
    let filter = segment(r#"{"types":["m.room.message"],"lazy_load_members":true}"#);
    let page = bob.get(&room_path(&room, &format!("messages?dir=b&filter={filter}"))).await.expect_ok();
    assert!(page["chunk"].as_array().unwrap().iter().all(|event| event["type"] == "m.room.message"));
    assert_eq!(page["state"].as_array().unwrap().len(), 1, "only the sender's membership");
    assert_eq!(page["state"][0]["state_key"], alice.user_id.as_str());
}

#[tokio::test]
async fn who_came_later_does_not_see_what_was_for_members_only() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let visibility = json!({ "history_visibility": "joined" });
    let state = json!([{ "type": "m.room.history_visibility", "state_key": "", "content": visibility }]);
    let room = alice.create_room(json!({ "preset": "public_chat", "initial_state": state })).await;
    let early = alice.send_text(&room, "early").await;
    bob.join(&room).await;
    let late = alice.send_text(&room, "late").await;
    let seen = ids(&leaf(&bob, &room, "dir=b").await);
    assert!(seen.contains(&late) && !seen.contains(&early));
    bob.get(&room_path(&room, &format!("event/{}", segment(&early)))).await.expect_error(404, "M_NOT_FOUND");
    bob.get(&room_path(&room, &format!("context/{}", segment(&early))))
        .await
        .expect_error(404, "M_NOT_FOUND");
    bob.get(&room_path(&room, &format!("event/{}", segment(&late)))).await.expect_ok();
}

#[tokio::test]
async fn anyone_reads_a_world_readable_room() {
    let server = Server::start().await;
    let (alice, eve) = (server.register("alice").await, server.register("eve").await);
    let visibility = json!({ "history_visibility": "world_readable" });
    let state = json!([{ "type": "m.room.history_visibility", "state_key": "", "content": visibility }]);
    let room = alice.create_room(json!({ "initial_state": state, "name": "open" })).await;
    let sent = alice.send_text(&room, "to all").await;
    assert!(ids(&leaf(&eve, &room, "dir=b").await).contains(&sent));
    assert_eq!(eve.state(&room, "m.room.name", "").await["name"], "open");
    eve.get(&room_path(&room, "joined_members")).await.expect_error(403, "M_FORBIDDEN");
    let path = room_path(&room, "send/m.room.message/1");
    eve.put(&path, json!({ "body": "x" })).await.expect_error(403, "M_FORBIDDEN");
}

#[tokio::test]
async fn the_surroundings_of_an_event_are_around_it() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let mut sent = Vec::new();
    for number in 0..9 {
        sent.push(alice.send_text(&room, &format!("{number}")).await);
    }
    let path = room_path(&room, &format!("context/{}?limit=4", segment(&sent[4])));
    let context = alice.get(&path).await.expect_ok();
    assert_eq!(context["event"]["event_id"], sent[4].as_str());
    assert_eq!(ids(context["events_before"].as_array().unwrap()), [sent[3].clone(), sent[2].clone()]);
    assert_eq!(ids(context["events_after"].as_array().unwrap()), [sent[5].clone(), sent[6].clone()]);
    assert!(context["state"].as_array().unwrap().iter().any(|event| event["type"] == "m.room.create"));
    let from = context["end"].as_str().unwrap();
    let after = alice.get(&room_path(&room, &format!("messages?dir=f&from={from}"))).await.expect_ok();
    assert_eq!(ids(after["chunk"].as_array().unwrap()), sent[7..]);
}

#[tokio::test]
async fn members_are_told_by_standing_and_by_time() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    let before = alice.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    bob.join(&room).await;
    let count = async |query: &str| {
        let answer = alice.get(&room_path(&room, &format!("members{query}"))).await.expect_ok();
        answer["chunk"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count(&format!("?at={before}")).await, 1);
    bob.leave(&room).await;
    assert_eq!(count("?membership=join").await, 1);
    assert_eq!(count("?not_membership=join").await, 1);
    alice.get(&room_path(&room, "members?membership=x")).await.expect_error(400, "M_INVALID_PARAM");
    let joined = alice.get(&room_path(&room, "joined_members")).await.expect_ok();
    assert_eq!(joined["joined"].as_object().unwrap().len(), 1);
    assert_eq!(joined["joined"][&alice.user_id]["display_name"], "alice");
}

#[tokio::test]
async fn an_event_is_found_by_time() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let sent = alice.send_text(&room, "now").await;
    let event = alice.get(&room_path(&room, &format!("event/{}", segment(&sent)))).await.expect_ok();
    let ts = event["origin_server_ts"].as_u64().unwrap();
    let path = |ts: u64, dir: &str| {
        format!("/_matrix/client/v1/rooms/{}/timestamp_to_event?ts={ts}&dir={dir}", segment(&room))
    };
    assert_eq!(alice.get(&path(ts + 60_000, "b")).await.expect_ok()["event_id"], sent.as_str());
    let first = alice.get(&path(0, "f")).await.expect_ok();
    let first = alice
        .get(&room_path(&room, &format!("event/{}", segment(first["event_id"].as_str().unwrap()))))
        .await;
    assert_eq!(first.expect_ok()["type"], "m.room.create");
    alice.get(&path(ts + 60_000, "f")).await.expect_error(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn wrong_questions_are_refused() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    for (query, code) in [
        ("messages", "M_MISSING_PARAM"),
        ("messages?dir=x", "M_INVALID_PARAM"),
        ("messages?dir=b&limit=-1", "M_INVALID_PARAM"),
        ("messages?dir=b&from=here", "M_INVALID_PARAM"),
        ("messages?dir=b&filter=%7B", "M_BAD_JSON"),
        ("state/m.room.name?format=odd", "M_INVALID_PARAM"),
    ] {
        alice.get(&room_path(&room, query)).await.expect_error(400, code);
    }
    alice.get(&room_path(&room, "state/m.room.name")).await.expect_error(404, "M_NOT_FOUND");
    alice.get(&room_path(&room, "event/%24nothing")).await.expect_error(404, "M_NOT_FOUND");
}

#[tokio::test]
async fn who_is_erased_is_read_only_by_those_who_were_there() {
    let server = Server::start().await;
    let (alice, bob, eve) =
        (server.register("alice").await, server.register("bob").await, server.register("eve").await);
    let room = alice.create_room(json!({ "preset": "public_chat" })).await;
    bob.join(&room).await;
    let sent = alice.send_text(&room, "remember me").await;
    eve.join(&room).await;
    let path = room_path(&room, &format!("event/{}", segment(&sent)));
    assert_eq!(eve.get(&path).await.expect_ok()["content"]["body"], "remember me");
    let password = json!({
        "type": "m.login.password", "identifier": { "type": "m.id.user", "user": "alice" },
        "password": alphorn_tests::server::PASSWORD,
    });
    let body = json!({ "erase": true, "auth": password });
    alice.post("/_matrix/client/v3/account/deactivate", body).await.expect_ok();
    assert_eq!(bob.get(&path).await.expect_ok()["content"]["body"], "remember me");
    assert_eq!(eve.get(&path).await.expect_ok()["content"], json!({}));
    let criteria = json!({ "search_categories": { "room_events": { "search_term": "remember" } } });
    let count = async |user: &User| {
        let answer = user.post("/_matrix/client/v3/search", criteria.clone()).await.expect_ok();
        answer["search_categories"]["room_events"]["count"].as_u64()
    };
    assert_eq!((count(&bob).await, count(&eve).await), (Some(1), Some(0)));
}

#[tokio::test]
async fn what_happens_after_leaving_stays_unseen_also_after_a_ban() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({ "preset": "public_chat", "name": "before" })).await;
    bob.join(&room).await;
    bob.leave(&room).await;
    alice.send_state(&room, "m.room.name", "", json!({ "name": "after" })).await;
    alice.post(&room_path(&room, "ban"), json!({ "user_id": bob.user_id })).await.expect_ok();
    assert_eq!(bob.state(&room, "m.room.name", "").await["name"], "before");
}
