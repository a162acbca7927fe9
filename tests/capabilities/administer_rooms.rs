//! An administrator looks after rooms and what people reported of them.

use std::time::{Duration, Instant};

use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

use crate::administer_people::{ADMIN, administrator};

fn path(room: &str, rest: &str) -> String {
    format!("{ADMIN}/rooms/{}{rest}", segment(room))
}

#[expect(clippy::panic, reason = "a list without an end is a failure of the test")]
async fn found(root: &User, query: &str) -> Vec<String> {
    let (mut all, mut from) = (Vec::new(), String::new());
    for _ in 0..20 {
        let page = root.get(&format!("{ADMIN}/rooms?limit=1&{query}{from}")).await.expect_ok();
        let entries = page["entries"].as_array().unwrap();
        all.extend(entries.iter().map(|room| room["room_id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => from = format!("&from={}", segment(next)),
            None => return all,
        }
    }
    panic!("the list does not end: {all:?}");
}

async fn until(root: &User, room: &str, fits: impl Fn(&Value) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let shown = root.get(&path(room, "")).await.expect_ok();
        if fits(&shown["room"]) {
            return;
        }
        assert!(Instant::now() < end, "{shown}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn rooms_are_listed_and_found() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let alice = server.register("alice").await;
    let ward = json!({"name": "Ward 4B Beds", "visibility": "public", "room_alias_name": "Beds"});
    let ward = alice.create_room(ward).await;
    let bed = alice.create_room(json!({"name": "Bedding Bed"})).await;
    let none = alice.create_room(json!({})).await;
    assert_eq!(found(&root, "").await, [&ward, &bed, &none].map(String::clone));
    assert_eq!(found(&root, "kind=public").await, std::slice::from_ref(&ward));
    assert_eq!(found(&root, "search=BED").await, [&bed, &ward].map(String::clone));
    assert_eq!(found(&root, "search=bed%20war").await, std::slice::from_ref(&ward));
    assert_eq!(found(&root, &format!("search={}", segment(&none))).await, std::slice::from_ref(&none));
    assert_eq!(
        found(&root, &format!("search={}", segment("#Beds:test.localhost"))).await,
        std::slice::from_ref(&ward)
    );
    assert_eq!(found(&root, "search=nothing").await, Vec::<String>::new());
    alice.send_state(&bed, "m.room.name", "", json!({"name": "Linen"})).await;
    assert_eq!(found(&root, "search=bed").await, std::slice::from_ref(&ward));

    let shown = root.get(&path(&ward, "")).await.expect_ok();
    assert_eq!((&shown["room"]["name"], &shown["room"]["joined"]), (&json!("Ward 4B Beds"), &json!(1)));
    assert_eq!((&shown["creator"], &shown["room"]["encrypted"]), (&json!(alice.user_id), &json!(false)));
    assert!(shown["events"].as_u64().unwrap() >= 6);
    let members = root.get(&path(&ward, "/members")).await.expect_ok();
    assert_eq!(members["entries"][0]["user_id"], alice.user_id);
    root.get(&path("!nowhere:x", "")).await.expect_error(404, "M_NOT_FOUND");
    root.get(&path("!nowhere:x", "/members")).await.expect_error(404, "M_NOT_FOUND");
    root.get(&path(&ward, "/members?membership=odd")).await.expect_error(400, "M_INVALID_PARAM");
    root.get(&format!("{ADMIN}/rooms?from=x")).await.expect_error(400, "M_INVALID_PARAM");
}

#[tokio::test]
async fn a_closed_room_is_left_and_nobody_gets_in() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let (alice, ben) = (server.register("alice").await, server.register("ben").await);
    let room = alice.create_room(json!({"preset": "public_chat", "visibility": "public"})).await;
    ben.join(&room).await;
    let shown = root.post(&path(&room, "/close"), json!({"reason": "abuse"})).await.expect_ok();
    assert_eq!((&shown["closed"], &shown["public"]), (&json!(true), &json!(false)));
    until(&root, &room, |room| room["joined"] == 0).await;
    let join = format!("/_matrix/client/v3/join/{}", segment(&room));
    alice.post(&join, json!({})).await.expect_error(403, "M_FORBIDDEN");
    assert_eq!(found(&root, "kind=closed").await, std::slice::from_ref(&room));
    root.post(&path(&room, "/reopen"), json!({})).await.expect_ok();
    alice.join(&room).await;
    alice.send_text(&room, "back").await;

    // With its members it can still be read, and not written to.
    root.post(&path(&room, "/close"), json!({"keep_members": true})).await.expect_ok();
    let send = format!("/_matrix/client/v3/rooms/{}/send/m.room.message/1", segment(&room));
    let text = json!({"msgtype": "m.text", "body": "x"});
    alice.put(&send, text).await.expect_error(403, "M_FORBIDDEN");
    assert!(!alice.messages(&room).await.is_empty());
    alice.leave(&room).await;
    let audit = root.get(&format!("{ADMIN}/audit?area=rooms")).await.expect_ok();
    assert_eq!(audit["entries"].as_array().unwrap().len(), 3);
    root.post(&path("!nowhere:x", "/close"), json!({})).await.expect_error(404, "M_NOT_FOUND");
    root.post(&path("nowhere", "/close"), json!({})).await.expect_error(400, "M_INVALID_PARAM");
    root.post(&path(&room, "/close"), json!({"keep": 1})).await.expect_error(400, "M_BAD_JSON");
    assert!(server.log_errors().is_empty());
}

#[tokio::test]
async fn a_member_becomes_an_administrator_of_the_room() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let (alice, ben) = (server.register("alice").await, server.register("ben").await);
    for version in ["11", "12"] {
        let wish = json!({"preset": "public_chat", "room_version": version});
        let room = alice.create_room(wish).await;
        let promote = path(&room, "/administrator");
        let wish = json!({"user_id": ben.user_id});
        root.post(&promote, wish.clone()).await.expect_error(403, "M_FORBIDDEN");
        ben.join(&room).await;
        root.post(&promote, wish.clone()).await.expect_ok();
        let levels = alice.state(&room, "m.room.power_levels", "").await;
        assert!(levels["users"][&ben.user_id].as_i64().unwrap() >= 100, "{levels}");
        alice.leave(&room).await;
        ben.send_state(&room, "m.room.name", "", json!({"name": "mine"})).await;
        root.post(&promote, wish).await.expect_ok();
    }
    // Where nobody may give power, nobody gets it.
    let room = alice.create_room(json!({"preset": "public_chat", "room_version": "11"})).await;
    ben.join(&room).await;
    alice.leave(&room).await;
    let wish = json!({"user_id": ben.user_id});
    root.post(&path(&room, "/administrator"), wish).await.expect_error(403, "M_FORBIDDEN");
    root.post(&path(&room, "/administrator"), json!({})).await.expect_error(400, "M_MISSING_PARAM");
}

#[tokio::test]
async fn reports_are_dealt_with() {
    let server = Server::start().await;
    let root = administrator(&server).await;
    let (alice, ben) = (server.register("alice").await, server.register("ben").await);
    let room = alice.create_room(json!({"preset": "public_chat", "name": "Pub"})).await;
    ben.join(&room).await;
    let event = ben.send_text(&room, "rude words").await;
    let report = format!("/_matrix/client/v3/rooms/{}/report/{}", segment(&room), segment(&event));
    alice.post(&report, json!({"reason": "rude", "score": -50})).await.expect_ok();
    let report = format!("/_matrix/client/v3/users/{}/report", segment(&ben.user_id));
    alice.post(&report, json!({"reason": "always"})).await.expect_ok();

    let list = async |query: &str| root.get(&format!("{ADMIN}/reports?{query}")).await.expect_ok();
    let newest = list("limit=1").await;
    assert_eq!(newest["entries"][0]["user_id"], ben.user_id);
    let older = list(&format!("limit=1&from={}", newest["next"].as_str().unwrap())).await;
    let shown = &older["entries"][0];
    assert_eq!((&shown["event_text"], &shown["event_sender"]), (&json!("rude words"), &json!(ben.user_id)));
    assert_eq!(
        (&shown["room_name"], &shown["score"], &older["next"]),
        (&json!("Pub"), &json!(-50), &json!(null))
    );

    let one = format!("{ADMIN}/reports/{}", shown["report_id"].as_str().unwrap());
    let done = root.put(&one, json!({"resolved": true, "note": "talked to him"})).await.expect_ok();
    assert_eq!((&done["resolved_by"], &done["note"]), (&json!(root.user_id), &json!("talked to him")));
    assert_eq!(list("").await["entries"].as_array().unwrap().len(), 1);
    assert_eq!(list("all=true").await["entries"].as_array().unwrap().len(), 2);
    root.put(&one, json!({"resolved": false})).await.expect_ok();
    assert_eq!(list("").await["entries"].as_array().unwrap().len(), 2);
    root.put(&one, json!({})).await.expect_error(400, "M_MISSING_PARAM");
    root.put(&format!("{ADMIN}/reports/x"), json!({"resolved": true})).await.expect_error(404, "M_NOT_FOUND");
}
