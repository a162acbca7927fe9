//! People find each other, see who is there, and prove to other services who they are.

use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

async fn found(user: &User, term: &str) -> Vec<String> {
    let body = json!({"search_term": term});
    let answer = user.post("/_matrix/client/v3/user_directory/search", body).await.expect_ok();
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    results.iter().filter_map(|result| result["user_id"].as_str().map(str::to_owned)).collect()
}

async fn name(user: &User, name: &str) {
    let path = format!("/_matrix/client/v3/profile/{}/displayname", segment(&user.user_id));
    user.put(&path, json!({"displayname": name})).await.expect_ok();
}

#[tokio::test]
async fn people_in_common_or_open_rooms_are_found_by_parts_of_their_names() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let hidden = server.register("hidden").await;
    let friend = server.register("friend").await;
    let open = server.register("open").await;
    for (user, display_name) in [(&hidden, "Zoë Hidden"), (&friend, "Zoë Müller"), (&open, "Zoë-Marie")] {
        name(user, display_name).await;
    }
    assert_eq!(found(&alice, "zoë").await, Vec::<String>::new());
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [friend.user_id]})).await;
    friend.join(&room).await;
    let public = open.create_room(json!({"preset": "public_chat"})).await;

    let mut both = found(&alice, "ZOË").await;
    both.sort();
    assert_eq!(both, [friend.user_id.as_str(), open.user_id.as_str()]);
    assert_eq!(found(&alice, "müll zoë").await, [friend.user_id.as_str()]);
    assert_eq!(found(&alice, &friend.user_id).await, [friend.user_id.as_str()]);
    assert_eq!(found(&alice, "marie").await, [open.user_id.as_str()]);
    assert_eq!(found(&alice, "...").await, Vec::<String>::new());

    open.send_state(&public, "m.room.join_rules", "", json!({"join_rule": "invite"})).await;
    assert_eq!(found(&alice, "marie").await, Vec::<String>::new());
    open.send_state(
        &public,
        "m.room.history_visibility",
        "",
        json!({"history_visibility": "world_readable"}),
    )
    .await;
    assert_eq!(found(&alice, "marie").await, [open.user_id.as_str()]);
    name(&open, "Somebody else").await;
    assert_eq!(found(&alice, "marie").await, Vec::<String>::new());
    friend.leave(&room).await;
    assert_eq!(found(&alice, "müller").await, Vec::<String>::new());

    let search = "/_matrix/client/v3/user_directory/search";
    alice.post(search, json!({})).await.expect_error(400, "M_MISSING_PARAM");
    alice.post(search, json!({"search_term": 1})).await.expect_error(400, "M_BAD_JSON");
    let limited = alice.post(search, json!({"search_term": "somebody", "limit": 0})).await.expect_ok();
    assert_eq!(limited, json!({"results": [], "limited": true}));
}

#[tokio::test]
async fn those_who_share_a_room_see_who_is_there() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let status = |user: &User| format!("/_matrix/client/v3/presence/{}/status", segment(&user.user_id));
    alice.put(&status(&alice), json!({"presence": "online", "status_msg": "here"})).await.expect_ok();
    bob.get(&status(&alice)).await.expect_error(403, "M_FORBIDDEN");

    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    bob.join(&room).await;
    let seen = bob.get(&status(&alice)).await.expect_ok();
    assert_eq!(seen["presence"], "online");
    assert_eq!(seen["status_msg"], "here");
    assert_eq!(seen["currently_active"], true);

    bob.put(&status(&alice), json!({"presence": "offline"})).await.expect_error(403, "M_FORBIDDEN");
    alice.put(&status(&alice), json!({"presence": "asleep"})).await.expect_error(400, "M_BAD_JSON");
    alice.put(&status(&alice), json!({})).await.expect_error(400, "M_MISSING_PARAM");
    let long = json!({"presence": "online", "status_msg": "x".repeat(1_001)});
    alice.put(&status(&alice), long).await.expect_error(400, "M_INVALID_PARAM");

    let mutual = |user: &User| format!("/_matrix/client/v1/mutual_rooms?user_id={}", segment(&user.user_id));
    let rooms = alice.get(&mutual(&bob)).await.expect_ok();
    assert_eq!(rooms, json!({"joined": [room], "count": 1}));
    alice.get(&mutual(&alice)).await.expect_error(400, "M_INVALID_PARAM");
    alice.get("/_matrix/client/v1/mutual_rooms").await.expect_error(400, "M_MISSING_PARAM");
}

#[tokio::test]
async fn who_does_something_is_not_idle_but_nobody_is_given_away() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let bob = server.register("bob").await;
    let status = |user: &User| format!("/_matrix/client/v3/presence/{}/status", segment(&user.user_id));
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    let hidden = "/_matrix/client/v3/sync?set_presence=offline";
    let since = bob.get(hidden).await.expect_ok()["next_batch"].as_str().unwrap().to_owned();
    bob.join(&room).await;
    // Alice never asked for news, so she is not there, but when she made the room is known.
    let news = bob.get(&format!("{hidden}&since={since}")).await.expect_ok();
    let told = news["presence"]["events"].as_array().unwrap().clone();
    let told = told.iter().find(|event| event["sender"] == alice.user_id).unwrap();
    assert_eq!(told["content"]["presence"], "offline");
    assert!(told["content"]["last_active_ago"].is_u64());

    alice.put(&status(&alice), json!({"presence": "offline"})).await.expect_ok();
    alice.send_text(&room, "nobody is here").await;
    assert_eq!(bob.get(&status(&alice)).await.expect_ok()["presence"], "offline");
    alice.get("/_matrix/client/v3/sync?set_presence=unavailable").await.expect_ok();
    assert_eq!(bob.get(&status(&alice)).await.expect_ok()["presence"], "unavailable");
    alice.send_text(&room, "here I am").await;
    assert_eq!(bob.get(&status(&alice)).await.expect_ok()["presence"], "online");
}

#[tokio::test]
async fn an_openid_token_tells_another_service_who_somebody_is() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let eve = server.register("eve").await;
    let path = format!("/_matrix/client/v3/user/{}/openid/request_token", segment(&alice.user_id));
    eve.post(&path, json!({})).await.expect_error(403, "M_FORBIDDEN");
    let token: Value = alice.post(&path, json!({})).await.expect_ok();
    let text = token["access_token"].as_str().unwrap();
    let userinfo = |token: &str| format!("/_matrix/federation/v1/openid/userinfo?access_token={token}");
    assert_eq!(server.get(&userinfo(text)).await.expect_ok(), json!({"sub": alice.user_id}));
    server.get(&userinfo("guess")).await.expect_error(401, "M_UNKNOWN_TOKEN");
    // It is good for nothing else.
    let mut stolen = alice.clone();
    stolen.access_token = text.to_owned();
    stolen.get("/_matrix/client/v3/account/whoami").await.expect_error(401, "M_UNKNOWN_TOKEN");
}

#[tokio::test]
async fn an_organisation_finds_all_its_people() {
    let search = "/_matrix/client/v3/user_directory/search";
    for (directory, found) in [("everybody", 1), ("acquainted", 0), ("auto", 0)] {
        let config = format!("[people]\ndirectory = \"{directory}\"\n");
        let server = Server::builder().config(&config).start().await;
        let alice = server.register("alice").await;
        server.register("bruno").await;
        let answer = alice.post(search, json!({"search_term": "bru"})).await.expect_ok();
        assert_eq!(answer["results"].as_array().unwrap().len(), found, "{directory}: {answer}");
    }
}
