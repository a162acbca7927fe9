//! What an answer tells of a room, and when.

use std::time::{Duration, Instant};

use alphorn_tests::{Server, segment, user::room_path};
use serde_json::{Value, json};

use super::{Phone, list, room_ids, state_of, timeline_of};

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_new_room_comes_whole_and_then_only_what_changes() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let mut phone = Phone::with_list(&alice);
    let answer = phone.next().await;
    assert_eq!((answer["lists"]["all"]["count"].clone(), room_ids(&answer).len()), (json!(0), 0));

    let encryption = json!({"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}});
    let room = alice.create_room(json!({"name": "Hut", "initial_state": [encryption]})).await;
    let answer = phone.wait(LONG).await;
    assert_eq!(answer["lists"]["all"]["count"], 1);
    let told = &answer["rooms"][&room];
    assert_eq!(told["initial"], true);
    assert_eq!((&told["name"], &told["joined_count"]), (&json!("Hut"), &json!(1)));
    assert_eq!((timeline_of(told).len(), &told["limited"]), (1, &json!(true)));
    // All of the state that was asked for, although one event of the timeline only.
    let me = format!("m.room.member {}", alice.user_id);
    assert_eq!(state_of(told), ["m.room.create ", "m.room.encryption ", &me, "m.room.name "]);

    let first = alice.send_text(&room, "one").await;
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!((told["initial"].clone(), timeline_of(&told)), (Value::Null, vec![first]));
    assert_eq!(
        (&told["limited"], &told["num_live"], &told["name"]),
        (&json!(false), &json!(1), &Value::Null)
    );
    assert_eq!(state_of(&told), Vec::<String>::new());

    alice.send_state(&room, "m.room.name", "", json!({"name": "Cabin"})).await;
    alice.send_state(&room, "m.room.join_rules", "", json!({"join_rule": "public"})).await;
    let told = phone.next().await["rooms"][&room].clone();
    // Two events where one is shown: a gap, after which a client trusts none of the members it has.
    assert_eq!((&told["name"], state_of(&told)), (&json!("Cabin"), vec![me, "m.room.name ".to_owned()]));
    assert_eq!(told["limited"], true);
    alice.send_state(&room, "m.room.name", "", json!({})).await;
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!(told.get("name"), Some(&Value::Null));
    assert_eq!(room_ids(&phone.next().await), Vec::<&str>::new());
}

#[tokio::test]
async fn an_invite_is_joined_left_and_gone() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({"name": "Hut", "preset": "private_chat"})).await;
    let (mut phone, mut others) = (Phone::with_list(&bob), Phone::with_list(&alice));
    phone.next().await;
    others.next().await;

    alice.invite(&room, &bob.user_id).await;
    let told = phone.wait(LONG).await["rooms"][&room].clone();
    assert_eq!((&told["name"], &told["initial"]), (&json!("Hut"), &json!(true)));
    let stripped = told["invite_state"].as_array().unwrap();
    let member = stripped.iter().find(|event| event["state_key"] == bob.user_id.as_str()).unwrap();
    assert_eq!(member["content"]["membership"], "invite");
    assert!(stripped.iter().all(|event| event.get("event_id").is_none()));
    assert_eq!((told.get("timeline"), told.get("required_state")), (None, None));
    let told = others.next().await["rooms"][&room].clone();
    assert_eq!((&told["invited_count"], &told["bump_stamp"]), (&json!(1), &Value::Null));

    bob.join(&room).await;
    let told = phone.wait(LONG).await["rooms"][&room].clone();
    assert_eq!((&told["initial"], told.get("invite_state")), (&json!(true), None));
    let me = format!("m.room.member {}", bob.user_id);
    assert_eq!(state_of(&told), ["m.room.create ", &me, "m.room.name "]);
    assert_eq!((&told["joined_count"], timeline_of(&told).len()), (&json!(2), 1));

    bob.leave(&room).await;
    let answer = phone.wait(LONG).await;
    let told = &answer["rooms"][&room];
    let own = &told["required_state"][0];
    assert_eq!((&own["content"]["membership"], &own["state_key"]), (&json!("leave"), &json!(bob.user_id)));
    alice.send_text(&room, "he is gone").await;
    let answer = phone.next().await;
    assert_eq!((room_ids(&answer).len(), &answer["lists"]["all"]["count"]), (0, &json!(0)));
    let answer = Phone::with_list(&bob).next().await;
    assert_eq!((room_ids(&answer).len(), &answer["lists"]["all"]["count"]), (0, &json!(0)));
}

#[tokio::test]
async fn a_declined_invite_is_told_once() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let mut phone = Phone::with_list(&bob);
    phone.next().await;
    let room = alice.create_room(json!({"preset": "private_chat", "invite": [bob.user_id]})).await;
    assert_eq!(room_ids(&phone.next().await), [room.as_str()]);
    bob.leave(&room).await;
    bob.post(&room_path(&room, "forget"), json!({})).await.expect_ok();
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!(state_of(&told), [format!("m.room.member {}", bob.user_id)]);
    assert_eq!(told["required_state"][0]["content"]["membership"], "leave");
    assert_eq!(told.get("invite_state"), None);
    assert_eq!(room_ids(&phone.next().await).len(), 0);
}

#[tokio::test]
async fn who_is_kicked_sees_it_on_every_device_and_nothing_after() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    let before = alice.send_text(&room, "before").await;
    alice.post(&room_path(&room, "kick"), json!({"user_id": bob.user_id})).await.expect_ok();
    let after = alice.send_text(&room, "after").await;

    let mut phone = Phone::new(
        &bob,
        json!({ "lists": { "all": list(19, 10) }, "room_subscriptions": { (room.as_str()): list(0, 10) } }),
    );
    let answer = phone.next().await;
    assert_eq!(answer["lists"]["all"]["count"], 1);
    let told = &answer["rooms"][&room];
    assert_eq!(told["membership"], "leave");
    let timeline = timeline_of(told);
    assert!(timeline.contains(&before) && !timeline.contains(&after), "{told}");
    assert_eq!(room_ids(&phone.next().await).len(), 0);
    let eve = server.register("eve").await;
    let subscriptions =
        json!({ "room_subscriptions": { (room.as_str()): list(0, 10), "nonsense": list(0, 1) } });
    assert_eq!(room_ids(&Phone::new(&eve, subscriptions).next().await).len(), 0);
}

#[tokio::test]
async fn opening_a_room_answers_at_once_with_a_longer_timeline() {
    let server = Server::start().await;
    let alice = server.register("alice").await;
    let room = alice.create_room(json!({"name": "Hut"})).await;
    let mut sent = Vec::new();
    for count in 0..5 {
        sent.push(alice.send_text(&room, &count.to_string()).await);
    }
    let mut phone = Phone::with_list(&alice);
    let answer = phone.next().await;
    assert_eq!(timeline_of(&answer["rooms"][&room]), sent[4..]);

    phone.body["room_subscriptions"] = json!({ (room.as_str()): list(0, 3) });
    let began = Instant::now();
    let told = phone.wait(LONG).await["rooms"][&room].clone();
    assert!(began.elapsed() < LONG / 2, "the answer came after {:?}", began.elapsed());
    assert_eq!(timeline_of(&told), sent[2..]);
    assert_eq!((&told["unstable_expanded_timeline"], &told["limited"]), (&json!(true), &json!(true)));
    assert_eq!((&told["initial"], &told["num_live"]), (&Value::Null, &json!(0)));
    // What is before it, without a gap and without anything twice.
    let path = format!("messages?dir=b&limit=2&from={}", told["prev_batch"].as_str().unwrap());
    let older = alice.get(&room_path(&room, &path)).await.expect_ok();
    let ids: Vec<_> = older["chunk"].as_array().unwrap().iter().map(|event| &event["event_id"]).collect();
    assert_eq!(ids, [&json!(sent[1]), &json!(sent[0])]);
    // Closing and opening it again has nothing new; more state does.
    phone.body["room_subscriptions"] = json!({});
    assert_eq!(room_ids(&phone.next().await).len(), 0);
    phone.body["room_subscriptions"] = json!({ (room.as_str()): list(0, 3) });
    assert_eq!(room_ids(&phone.next().await).len(), 0);
    let mut more = list(0, 3);
    more["required_state"].as_array_mut().unwrap().push(json!(["m.room.power_levels", ""]));
    phone.body["room_subscriptions"] = json!({ (room.as_str()): more });
    assert_eq!(state_of(&phone.next().await["rooms"][&room]), ["m.room.power_levels "]);
}

#[tokio::test]
async fn members_come_as_the_timeline_needs_them() {
    let server = Server::start().await;
    let (alice, bob, carol) =
        (server.register("alice").await, server.register("bob").await, server.register("carol").await);
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    carol.join(&room).await;
    alice.send_text(&room, "one").await;
    let mut phone = Phone::with_list(&bob);
    let members = |room: &Value| -> Vec<String> {
        state_of(room)
            .iter()
            .filter_map(|entry| entry.strip_prefix("m.room.member "))
            .map(str::to_owned)
            .collect()
    };
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!(members(&told), [alice.user_id.clone(), bob.user_id.clone()]);
    let heroes: Vec<_> = told["heroes"].as_array().unwrap().iter().map(|hero| &hero["user_id"]).collect();
    assert_eq!(heroes, [&json!(alice.user_id), &json!(carol.user_id)]);
    alice.send_text(&room, "two").await;
    assert_eq!(members(&phone.next().await["rooms"][&room]), Vec::<String>::new());
    carol.send_text(&room, "three").await;
    assert_eq!(members(&phone.next().await["rooms"][&room]), std::slice::from_ref(&carol.user_id));
    carol.send_text(&room, "four").await;
    assert_eq!(members(&phone.next().await["rooms"][&room]), Vec::<String>::new());
    // Without a gap, every change of a member is told; after one, the client begins anew.
    let dave = server.register("dave").await;
    dave.join(&room).await;
    assert_eq!(members(&phone.next().await["rooms"][&room]), std::slice::from_ref(&dave.user_id));
    dave.leave(&room).await;
    carol.send_text(&room, "five").await;
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!((members(&told), &told["limited"]), (vec![carol.user_id.clone()], &json!(true)));
    // The same where the room is opened, and the longer timeline says that there is more before it.
    phone.body["room_subscriptions"] = json!({ (room.as_str()): list(0, 2) });
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!((members(&told), &told["limited"]), (vec![carol.user_id, dave.user_id], &json!(true)));
}

#[tokio::test]
async fn talk_moves_a_room_up_and_reactions_do_not() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    let mut phone = Phone::with_list(&bob);
    let before = phone.next().await["rooms"][&room]["bump_stamp"].as_u64().unwrap();
    let message = alice.send_text(&room, "hello").await;
    let told = phone.next().await["rooms"][&room].clone();
    assert!(told["bump_stamp"].as_u64().unwrap() > before);
    assert_eq!((&told["notification_count"], &told["highlight_count"]), (&json!(1), &json!(0)));
    let relation = json!({"rel_type": "m.annotation", "event_id": message, "key": "👍"});
    alice.send(&room, "m.reaction", json!({"m.relates_to": relation})).await;
    assert_eq!(phone.next().await["rooms"][&room].get("bump_stamp"), None);
    // Reading it elsewhere changes the counts here.
    bob.post(&room_path(&room, &format!("receipt/m.read/{message}")), json!({})).await.expect_ok();
    let told = phone.next().await["rooms"][&room].clone();
    assert_eq!((&told["notification_count"], told.get("timeline")), (&json!(0), None));
}

#[tokio::test]
async fn history_before_joining_is_shown_only_where_the_room_allows_it() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let hidden = json!({"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}});
    let room = alice.create_room(json!({"preset": "public_chat", "initial_state": [hidden]})).await;
    let secret = alice.send_text(&room, "before bob came").await;
    bob.join(&room).await;
    let open = alice.send_text(&room, "welcome").await;
    let mut phone = Phone::new(&bob, json!({ "lists": { "all": list(19, 50) } }));
    let timeline = timeline_of(&phone.next().await["rooms"][&room]);
    assert!(timeline.contains(&open) && !timeline.contains(&secret), "{timeline:?}");
}

#[tokio::test]
async fn nothing_is_heard_of_ignored_people() {
    let server = Server::start().await;
    let (alice, bob) = (server.register("alice").await, server.register("bob").await);
    let eve = server.register("eve").await;
    let room = alice.create_room(json!({"preset": "public_chat"})).await;
    bob.join(&room).await;
    eve.join(&room).await;
    let path = format!("/_matrix/client/v3/user/{}/account_data/m.ignored_user_list", segment(&bob.user_id));
    bob.put(&path, json!({"ignored_users": { eve.user_id.as_str(): {} }})).await.expect_ok();
    let since = bob.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    let heard = alice.send_text(&room, "dear bob").await;
    let unheard = eve.send_text(&room, "bob!").await;
    let named = eve
        .send_state(&room, "m.room.member", &eve.user_id, json!({"membership": "join", "displayname": "E"}))
        .await;
    let trap = eve.create_room(json!({"invite": [bob.user_id]})).await;
    let answer = Phone::new(&bob, json!({ "lists": { "all": list(19, 10) } })).next().await;
    assert_eq!((&answer["lists"]["all"]["count"], room_ids(&answer)), (&json!(1), vec![room.as_str()]));
    let timeline = timeline_of(&answer["rooms"][&room]);
    assert!(timeline.contains(&heard) && timeline.contains(&named) && !timeline.contains(&unheard));
    for sync in [bob.sync(None).await, bob.sync(Some(&since)).await] {
        assert_eq!(sync["rooms"]["invite"].get(&trap), None);
        let events = sync["rooms"]["join"][&room]["timeline"]["events"].to_string();
        assert!(events.contains(&heard) && !events.contains(&unheard), "{events}");
    }

    // Heard again from now on, and by clients that begin anew with what was said meanwhile.
    let since = bob.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    let mut going_on = Phone::new(&bob, json!({ "lists": { "all": list(19, 10) } }));
    going_on.next().await;
    bob.put(&path, json!({"ignored_users": {}})).await.expect_ok();
    let again = eve.send_text(&room, "bob?").await;
    let sync = bob.sync(Some(&since)).await;
    let events = sync["rooms"]["join"][&room]["timeline"]["events"].to_string();
    assert!(events.contains(&again) && !events.contains(&unheard), "{events}");
    assert_eq!(timeline_of(&going_on.next().await["rooms"][&room]), [again.as_str()]);

    let anew = bob.sync(None).await;
    let events = anew["rooms"]["join"][&room]["timeline"]["events"].to_string();
    assert!([&heard, &unheard, &again].iter().all(|event| events.contains(*event)), "{events}");
    assert!(anew["rooms"]["invite"].get(&trap).is_some(), "{anew}");
    let answer = Phone::new(&bob, json!({ "lists": { "all": list(19, 10) } })).next().await;
    let timeline = timeline_of(&answer["rooms"][&room]);
    assert!([&heard, &unheard, &again].iter().all(|event| timeline.contains(event)), "{timeline:?}");
    assert_eq!(answer["lists"]["all"]["count"], 2, "the room that eve invites to as well");
}
