//! Which rooms are in a list, in which order, and what happens to those outside the window.

use alphorn_tests::{Server, User, segment};
use serde_json::{Value, json};

use super::{Phone, list, room_ids, timeline_of};

/// The rooms that a list with these filters takes.
async fn filtered(user: &User, filters: Value) -> Vec<String> {
    let mut wanted = list(99, 0);
    wanted["filters"] = filters;
    let answer = Phone::new(user, json!({ "lists": { "all": wanted } })).next().await;
    let rooms: Vec<_> = room_ids(&answer).into_iter().map(str::to_owned).collect();
    assert_eq!(answer["lists"]["all"]["count"], rooms.len());
    rooms
}

fn sorted(mut rooms: Vec<String>) -> Vec<String> {
    rooms.sort();
    rooms
}

#[tokio::test]
async fn a_window_shows_the_rooms_with_the_newest_activity() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut rooms = Vec::new();
    for count in 0..4 {
        rooms.push(alice.create_room(json!({"name": count.to_string()})).await);
    }
    let mut phone = Phone::new(&alice, json!({ "lists": { "all": list(1, 1) } }));
    let answer = phone.next().await;
    assert_eq!(answer["lists"]["all"]["count"], 4);
    assert_eq!(room_ids(&answer), sorted(rooms[2..].to_vec()));
    // Growing shows only the rooms that are new to the window.
    phone.body["lists"]["all"]["ranges"] = json!([[0, 2]]);
    let answer = phone.next().await;
    assert_eq!((room_ids(&answer), &answer["lists"]["all"]["count"]), (vec![rooms[1].as_str()], &json!(4)));
    // A room outside moves up when something happens in it.
    let event = alice.send_text(&rooms[0], "up").await;
    let answer = phone.next().await;
    assert_eq!(room_ids(&answer), [rooms[0].as_str()]);
    assert_eq!(timeline_of(&answer["rooms"][&rooms[0]]), [event]);
    // Past the end is no error, and no window neither.
    phone.body["lists"]["all"]["ranges"] = json!([[50, 99]]);
    let answer = phone.next().await;
    assert_eq!((room_ids(&answer).len(), &answer["lists"]["all"]["count"]), (0, &json!(4)));
    phone.body["lists"]["all"]["ranges"] = json!([]);
    assert_eq!(phone.next().await["lists"]["all"]["count"], 4);
}

#[tokio::test]
async fn what_happens_outside_the_window_comes_when_the_room_is_back() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let (one, two) = (alice.create_room(json!({})).await, alice.create_room(json!({})).await);
    let mut phone = Phone::new(&alice, json!({ "lists": { "all": list(1, 10) } }));
    assert_eq!(room_ids(&phone.next().await).len(), 2);
    phone.body["lists"]["all"]["ranges"] = json!([[0, 0]]);
    assert_eq!(room_ids(&phone.next().await).len(), 0);
    let missed = alice.send_text(&one, "while it is outside").await;
    alice.send_state(&one, "m.room.topic", "", json!({"topic": "t"})).await;
    let newest = alice.send_text(&two, "the newest").await;
    let answer = phone.next().await;
    assert_eq!(room_ids(&answer), [two.as_str()]);
    assert_eq!(timeline_of(&answer["rooms"][&two]), [newest]);
    phone.body["lists"]["all"]["ranges"] = json!([[0, 1]]);
    let told = phone.next().await["rooms"][&one].clone();
    let timeline = timeline_of(&told);
    assert_eq!((timeline.len(), &timeline[0], &told["initial"]), (2, &missed, &Value::Null));
    assert_eq!(told["required_state"][0]["type"], "m.room.topic");
}

#[tokio::test]
async fn filters_narrow_a_list() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let plain = alice.create_room(json!({})).await;
    let encryption = json!({"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}});
    let secret = alice.create_room(json!({"initial_state": [encryption]})).await;
    let space = alice.create_room(json!({"creation_content": {"type": "m.space"}})).await;
    let invited = bob.create_room(json!({"invite": [alice.user_id]})).await;
    alice.send_state(&space, "m.space.child", &plain, json!({"via": ["test.localhost"]})).await;
    alice.send_state(&space, "m.space.child", &secret, json!({})).await;
    let data = |path: String| format!("/_matrix/client/v3/user/{}/{path}", segment(&alice.user_id));
    let direct = json!({ bob.user_id.as_str(): [secret] });
    alice.put(&data("account_data/m.direct".to_owned()), direct).await.expect_ok();
    let tag = format!("rooms/{}/tags/m.favourite", segment(&plain));
    alice.put(&data(tag), json!({"order": 0.5})).await.expect_ok();

    let all = sorted(vec![plain.clone(), secret.clone(), space.clone(), invited.clone()]);
    let but = |room: &String| all.iter().filter(|other| *other != room).cloned().collect::<Vec<_>>();
    for (filters, rooms) in [
        (json!({}), all.clone()),
        (json!({"is_invite": true}), vec![invited.clone()]),
        (json!({"is_invite": false}), but(&invited)),
        (json!({"is_encrypted": true}), vec![secret.clone()]),
        (json!({"is_encrypted": false}), but(&secret)),
        (json!({"is_dm": true}), vec![secret.clone()]),
        (json!({"is_dm": false}), but(&secret)),
        (json!({"room_types": ["m.space"]}), vec![space.clone()]),
        (json!({"room_types": [null]}), but(&space)),
        (json!({"not_room_types": ["m.space"]}), but(&space)),
        (json!({"room_types": ["m.space"], "not_room_types": ["m.space"]}), vec![]),
        (json!({"spaces": [space]}), vec![plain.clone()]),
        (json!({"spaces": [plain, "!none:x"]}), vec![]),
        (json!({"tags": ["m.favourite"]}), vec![plain.clone()]),
        (json!({"tags": ["m.favourite"], "not_tags": ["m.favourite"]}), vec![]),
        (json!({"not_tags": ["m.favourite"]}), but(&plain)),
        (json!({"is_invite": false, "is_encrypted": false, "room_types": [null]}), vec![plain.clone()]),
    ] {
        assert_eq!(filtered(&alice, filters.clone()).await, rooms, "{filters}");
    }
}

#[tokio::test]
async fn rooms_in_several_lists_come_once_with_what_any_of_them_wants() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({"name": "Hut", "topic": "t"})).await;
    let rule = |kind: &str, limit: u64| json!({ "ranges": [[0, 9]], "timeline_limit": limit, "required_state": [[kind, ""]] });
    let lists = json!({ "names": rule("m.room.name", 1), "topics": rule("m.room.topic", 3) });
    let answer = Phone::new(&alice, json!({ "lists": lists })).next().await;
    let told = &answer["rooms"][&room];
    assert_eq!(super::state_of(told), ["m.room.name ", "m.room.topic "]);
    assert_eq!(timeline_of(told).len(), 3);
}

#[tokio::test]
async fn what_does_not_fit_into_one_answer_comes_with_the_next() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut rooms = Vec::new();
    for _ in 0..3 {
        let room = alice.create_room(json!({})).await;
        for _ in 0..50 {
            alice.send_text(&room, &"long ".repeat(11_000)).await;
        }
        rooms.push(room);
    }
    let mut phone = Phone::new(&alice, json!({ "lists": { "all": list(9, 50) } }));
    // What is open comes first.
    phone.body["room_subscriptions"] = json!({ rooms[0].as_str(): list(0, 50) });
    let answer = phone.next().await;
    assert_eq!(answer["lists"]["all"]["count"], 3);
    assert_eq!(room_ids(&answer), sorted(vec![rooms[0].clone(), rooms[2].clone()]));
    assert_eq!(room_ids(&phone.wait(std::time::Duration::from_secs(20)).await), [rooms[1].as_str()]);
    assert_eq!(room_ids(&phone.next().await).len(), 0);
}

#[tokio::test]
async fn without_a_timeline_activity_is_still_told() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({})).await;
    let mut phone = Phone::new(&alice, json!({ "lists": { "all": list(9, 0) } }));
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!((told.get("timeline"), told.get("prev_batch"), &told["initial"]), (None, None, &json!(true)));
    let before = told["bump_stamp"].as_u64().unwrap();
    alice.send_text(&room, "hello").await;
    let told = phone.next().await["rooms"][&room].clone();
    assert!(told["bump_stamp"].as_u64().unwrap() > before, "{told}");
    assert_eq!(told.get("timeline"), None);
}
