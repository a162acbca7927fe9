//! A cluster that is hurt at random, with a seed. More rounds, and single faults: `cargo xtask drill`.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use alphorn_tests::binary::{self, environment};
use alphorn_tests::drill::{self, Drill, Settings};
use alphorn_tests::nodes::{CLUSTER, Nodes};
use alphorn_tests::{Client, User, segment};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::nats::wire::Wire;

/// Rounds of an ordinary test run.
const ROUNDS: u32 = 3;
/// The seed of an ordinary test run: the leader's machine, a frozen node, a rolling restart.
const SEED: u64 = 26;

#[tokio::test]
async fn nothing_acknowledged_is_lost_doubled_or_reordered_whatever_dies() {
    let number = |name: &str| environment(name).map(|text| text.parse().expect("a number"));
    let rounds = number("ALPHORN_DRILL_ROUNDS").map_or(ROUNDS, |rounds: u64| u32::try_from(rounds).unwrap());
    let settings = Settings {
        drill: Drill::Random,
        seed: number("ALPHORN_DRILL_SEED").unwrap_or(SEED),
        rounds,
        rounds_per_world: 10,
        balanced: true,
        time_max: Duration::from_secs(600),
        binary: None,
        upgrade_from: None,
    };

    let summary = Box::pin(drill::run(&settings)).await;

    println!("{summary}");
    assert_eq!(summary.failed, 0, "{summary}");
    assert_eq!(summary.passed, rounds);
    let written: usize = summary.rounds.values().flatten().map(|round| round.figures.writes).sum();
    assert!(written > 0, "no load: {summary}");
}

#[tokio::test]
async fn a_site_is_changed_without_loss_and_what_a_lost_one_alone_had_is_listed() {
    for drill in [Drill::SiteChange, Drill::SiteLoss] {
        let settings = Settings {
            drill,
            seed: SEED,
            rounds: 1,
            rounds_per_world: 1,
            balanced: true,
            time_max: Duration::from_secs(300),
            binary: None,
            upgrade_from: None,
        };

        let summary = Box::pin(drill::run(&settings)).await;

        println!("{summary}");
        assert_eq!((summary.passed, summary.failed), (1, 0), "{summary}");
    }
}

#[tokio::test]
async fn whoever_moves_to_another_node_goes_on_where_it_was() {
    let mut nodes = Nodes::start().await;
    let alice = nodes.register("alice").await;
    let room = alice.create_room(json!({ "name": "ward" })).await;
    let token = alice.sync(None).await["next_batch"].as_str().unwrap().to_owned();
    let quiet = alice.create_room(json!({ "name": "office" })).await;
    let begun = slide(&alice, None).await.unwrap();
    assert!(begun["rooms"][&room]["initial"] == true && begun["rooms"][&quiet]["initial"] == true, "{begun}");
    let told = slide(&alice, begun["pos"].as_str()).await.unwrap();
    let pos = told["pos"].as_str().unwrap();
    // The other nodes hear of her connection within moments.
    let next = alice.with_client(nodes.client(1));
    let until = Instant::now() + Duration::from_secs(30);
    while slide(&next, Some(pos)).await.is_none() {
        assert!(Instant::now() < until, "the connection begins anew at another node");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    nodes.kill_machine(0);

    // Where she was is dead; the same login and the same token hold elsewhere, and what she sends is there.
    let mut roaming = nodes.roaming(0);
    let path = format!("/_matrix/client/v3/rooms/{room}/send/m.room.message/m1");
    let body = json!({ "msgtype": "m.text", "body": "still here" });
    let patience = Duration::from_secs(30);
    let sent = roaming.ask(http::Method::PUT, &path, Some(&alice.access_token), Some(&body), patience).await;
    let event = sent.unwrap().response.expect_ok()["event_id"].clone();
    let alice = alice.with_client(nodes.client(2));
    let at = |answer: &Value| {
        let events = answer["rooms"]["join"][&room]["timeline"]["events"].as_array().cloned();
        events.unwrap_or_default().into_iter().find(|one| one["event_id"] == event)
    };
    alice.sync_until(Some(&token), at).await;
    let answer = slide(&alice, Some(pos)).await.expect("the connection goes on at a third node");
    let rooms = answer["rooms"].as_object().unwrap();
    assert_eq!(rooms.keys().collect::<Vec<_>>(), [&room], "only what is new: {answer}");
    let ward = &rooms[&room];
    assert!(ward["initial"].is_null() && ward["limited"] == false && ward["num_live"] == 1, "{answer}");
    let timeline = ward["timeline"].as_array().unwrap();
    assert!(timeline.len() == 1 && timeline[0]["event_id"] == event, "{answer}");
    // And on from there.
    let pos = answer["pos"].as_str();
    assert_eq!(slide(&alice, pos).await.unwrap()["rooms"], json!({}));

    // The dead node comes back and catches up.
    nodes.restart_machine(0).await;
    alice.with_client(nodes.client(0)).sync_until(Some(&token), at).await;
}

/// The page that a node hands out names the nodes that it may ask. Who begins must not wait until the others tell of
/// themselves anyway, every two seconds: pages from until then could go nowhere else.
#[tokio::test]
async fn a_node_that_begins_is_told_of_the_others_at_once() {
    const BEGINNINGS: u32 = 12;
    let nodes = Nodes::start().await;
    let mut wire = Wire::connect(nodes.nats.address(0), nodes.nats.credentials(), None).await.unwrap();
    let subject = format!("alphorn.{CLUSTER}.nodes");
    let number = wire.hear(&subject).await.unwrap();
    let started = Instant::now();
    for run in 0..BEGINNINGS {
        let sign = json!({
            "node": 77, "run": run.to_string(), "applied": 0, "ready": false, "now_ms": 0, "version": "0",
        });
        wire.say(&subject, &sign.to_string()).await.unwrap();
        let mut silent: Vec<u64> = (1..=3).collect();
        while !silent.is_empty() {
            let sign =
                tokio::time::timeout(Duration::from_secs(30), wire.heard(number)).await.unwrap().unwrap();
            silent.retain(|node| sign["node"] != *node);
        }
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(u64::from(BEGINNINGS)), "{BEGINNINGS} beginnings took {took:?}");
}

#[tokio::test]
async fn no_node_refuses_what_another_one_has_allowed() {
    let nodes = Nodes::start().await;
    let (alice, ben) = (nodes.register("alice").await, nodes.register("ben").await);
    let ben = ben.with_client(nodes.client(1));
    let room = alice.create_room(json!({ "preset": "private_chat" })).await;
    nodes.until_all_answer(&alice, &format!("/_matrix/client/v3/rooms/{room}/state/m.room.create")).await;
    let join = format!("/_matrix/client/v3/rooms/{room}/join");
    let state = |kind: &str| format!("/_matrix/client/v3/rooms/{room}/state/{kind}");

    // His node has decided something of the room, and has it in memory; hers changes it.
    ben.post(&join, json!({})).await.expect_error(403, "M_FORBIDDEN");
    alice
        .post(&format!("/_matrix/client/v3/rooms/{room}/invite"), json!({"user_id": ben.user_id}))
        .await
        .expect_ok();
    ben.post(&join, json!({})).await.expect_ok();

    let topic = json!({ "topic": "beds" });
    ben.put(&state("m.room.topic"), topic.clone()).await.expect_error(403, "M_FORBIDDEN");
    let mut levels = alice.get(&state("m.room.power_levels")).await.expect_ok();
    levels["users"][&ben.user_id] = json!(50);
    alice.put(&state("m.room.power_levels"), levels).await.expect_ok();
    ben.put(&state("m.room.topic"), topic.clone()).await.expect_ok();

    // What is as it was wished is not written again, but only where it still is.
    alice.put(&state("m.room.topic"), json!({ "topic": "visitors" })).await.expect_ok();
    ben.put(&state("m.room.topic"), topic.clone()).await.expect_ok();
    assert_eq!(ben.get(&state("m.room.topic")).await.expect_ok(), topic);
    alice
        .post(&format!("/_matrix/client/v3/rooms/{room}/kick"), json!({"user_id": ben.user_id}))
        .await
        .expect_ok();
    ben.post(&join, json!({})).await.expect_error(403, "M_FORBIDDEN");
}

/// One answer of sliding sync at once; nothing: the connection is not known there.
async fn slide(user: &User, pos: Option<&str>) -> Option<Value> {
    let pos = pos.map_or_else(String::new, |pos| format!("&pos={}", segment(pos)));
    let path = format!("/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=0{pos}");
    let list =
        json!({ "ranges": [[0, 19]], "timeline_limit": 5, "required_state": [["m.room.member", "$LAZY"]] });
    let extensions = json!({ "receipts": { "enabled": true }, "account_data": { "enabled": true } });
    let body = json!({ "conn_id": "rooms", "lists": { "all": list }, "extensions": extensions });
    let answer = user.post(&path, body).await;
    if answer.status == 400 {
        answer.expect_error(400, "M_UNKNOWN_POS");
        return None;
    }
    Some(answer.expect_ok())
}

/// What `cargo xtask cluster --json --open` becomes.
#[tokio::test]
async fn a_cluster_by_hand_says_where_it_is_and_leaves_nothing_behind() {
    let mut cluster = Command::new(env!("CARGO_BIN_EXE_cluster"))
        .args(["--json", "--open", "--server-name", "hand.example"])
        .env("ALPHORN_BIN", binary::alphorn().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(cluster.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let nodes = first["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 3, "{first}");
    let mut processes = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        assert_eq!(node["name"], format!("node{}", number + 1));
        let address = node["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        let client = Client::new(address);
        assert_eq!(client.get(None, "/ready").await.unwrap().status, 200);
        let account = json!({
            "username": format!("user{number}"), "password": "of no importance", "auth": {"type": "m.login.dummy"},
        });
        let made =
            client.json(http::Method::POST, None, "/_matrix/client/v3/register", &account).await.unwrap();
        assert_eq!(made.expect_ok()["user_id"], format!("@user{number}:hand.example"));
        processes.extend(["pid", "nats_pid"].map(|key| node[key].as_u64().unwrap()));
    }
    assert!(processes.iter().all(|pid| Path::new(&format!("/proc/{pid}")).exists()));

    kill_process(Pid::from_child(&cluster), Signal::TERM).unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while cluster.try_wait().unwrap().is_none() {
        assert!(Instant::now() < until, "it does not stop");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(cluster.wait().unwrap().success());
    assert!(lines.next().is_none(), "one line was to be said");
    assert!(!processes.iter().any(|pid| Path::new(&format!("/proc/{pid}")).exists()));
}
