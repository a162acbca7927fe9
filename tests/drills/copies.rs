//! Stores that come from another node: a new node's, one in place of a damaged one, and that of a node which was away
//! until the log did not have any more what it lacked. And the log as a file.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use alphorn_tests::nodes::Nodes;
use alphorn_tests::user::room_path;
use alphorn_tests::{Server, User};
use serde_json::json;

use crate::nats::wire::Wire;

/// So few records are copied.
const CONFIG: &str = "[cluster]\ncopy_from_records = 50\nleave_seconds = 0\n";
const MESSAGES: usize = 60;

fn done(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn bodies(user: &User, room: &str) -> Vec<String> {
    let messages = user.messages(room).await;
    messages.iter().filter_map(|event| event["content"]["body"].as_str().map(str::to_owned)).collect()
}

async fn say(user: &User, room: &str, what: &str, count: usize) -> String {
    let mut last = String::new();
    for number in 0..count {
        last = user.send_text(room, &format!("{what} {number}")).await;
    }
    last
}

fn aside(server: &Server) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(server.data_dir()).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().contains(".aside-")).collect()
}

/// All nodes have the same, and their stores are in order.
async fn same_everywhere(nodes: &Nodes, user: &User, room: &str, last: &str) {
    nodes.until_all_answer(user, &room_path(room, &format!("event/{}", alphorn_tests::segment(last)))).await;
    let here = bodies(&user.with_client(nodes.client(0)), room).await;
    for node in 0..nodes.size() {
        assert_eq!(bodies(&user.with_client(nodes.client(node)), room).await, here, "node {node}");
        assert_eq!(nodes.check_store(node), Ok(()));
    }
}

#[tokio::test]
async fn a_store_is_copied_from_another_node_where_there_is_none_or_a_damaged_one() {
    let mut nodes = Nodes::builder().config(CONFIG).try_start().await.unwrap();
    let alice = nodes.register("alice").await;
    let room = alice.create_room(json!({ "name": "ward" })).await;
    let last = say(&alice, &room, "before", MESSAGES).await;
    nodes
        .until_all_answer(&alice, &room_path(&room, &format!("event/{}", alphorn_tests::segment(&last))))
        .await;

    // None at all.
    nodes.stop(2).await;
    for suffix in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(nodes.node(2).data_dir().join(format!("alphorn.db{suffix}")));
    }
    nodes.restart(2).await;
    assert!(nodes.node(2).log_text().contains("begins with a copy"), "{}", nodes.node(2).log_tail());
    assert!(aside(nodes.node(2)).is_empty());
    same_everywhere(&nodes, &alice, &room, &last).await;

    // One that is no database any more.
    nodes.stop(1).await;
    let database = nodes.node(1).data_dir().join("alphorn.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes.iter_mut().take(4_096).for_each(|byte| *byte = 0x5A);
    std::fs::write(&database, &bytes).unwrap();
    nodes.restart(1).await;
    let kept = aside(nodes.node(1));
    assert!(kept.iter().any(|path| std::fs::read(path).unwrap() == bytes), "{kept:?}");
    let last = say(&alice, &room, "between", 3).await;
    same_everywhere(&nodes, &alice, &room, &last).await;

    // One because of which the node stood aside.
    nodes.stop(1).await;
    std::fs::write(nodes.node(1).data_dir().join("store-distrusted"), "other nodes knew another log")
        .unwrap();
    nodes.restart(1).await;
    assert!(aside(nodes.node(1)).len() > kept.len());
    assert!(!nodes.node(1).data_dir().join("store-distrusted").exists());
    let last = say(&alice, &room, "after", 3).await;
    same_everywhere(&nodes, &alice, &room, &last).await;

    // One that says of the log what no other node says, while it runs.
    nodes.stop(2).await;
    forge_digest(nodes.node(2)).unwrap();
    let before = aside(nodes.node(2)).len();
    nodes.restart(2).await;
    let last = say(&alice, &room, "told apart", 3).await;
    let patience = Instant::now();
    while aside(nodes.node(2)).len() == before {
        assert!(patience.elapsed() < Duration::from_secs(60), "{}", nodes.node(2).log_tail());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    nodes.try_wait_ready(2).await.unwrap();
    same_everywhere(&nodes, &alice, &room, &last).await;
}

/// Makes a store believe that it has read another log.
fn forge_digest(server: &Server) -> rusqlite::Result<()> {
    let database = rusqlite::Connection::open(server.data_dir().join("alphorn.db"))?;
    let digest = "ab".repeat(32);
    let changed = database.execute("UPDATE meta SET value = ?1 WHERE key = 'digest_of_hashes'", [digest])?;
    assert_eq!(changed, 1);
    Ok(())
}

#[tokio::test]
async fn what_expired_is_gone_on_every_node_and_from_copies() {
    let mut nodes = Nodes::builder().config(CONFIG).try_start().await.unwrap();
    let alice = nodes.register("alice").await;
    let room = alice.create_room(json!({ "name": "ward" })).await;
    say(&alice, &room, "too old", MESSAGES).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    alice.send_state(&room, "m.room.retention", "", json!({ "max_lifetime": 1_000 })).await;
    // What is in no store any more was written over when the node stopped.
    let holds = |node: &Server| {
        let bytes = std::fs::read(node.data_dir().join("alphorn.db")).unwrap();
        bytes.windows(7).any(|window| window == b"too old")
    };
    let all_said =
        |nodes: &Nodes| (0..nodes.size()).any(|node| nodes.node(node).log_text().contains("another log"));
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        nodes.stop(2).await;
        let gone = !holds(nodes.node(2));
        if gone {
            break;
        }
        assert!(Instant::now() < until, "the messages are still in the store of node 2");
        nodes.restart(2).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    // A node that reads the log from its beginning, or another one's copy, comes to the same.
    for suffix in ["", "-wal", "-shm"] {
        let _absent = std::fs::remove_file(nodes.node(2).data_dir().join(format!("alphorn.db{suffix}")));
    }
    nodes.restart(2).await;
    alice.send_state(&room, "m.room.retention", "", json!({})).await;
    let last = say(&alice, &room, "after", 3).await;
    same_everywhere(&nodes, &alice, &room, &last).await;
    let left = bodies(&alice.with_client(nodes.client(2)), &room).await;
    assert_eq!(left, ["after 2", "after 1", "after 0"]);
    // They tell each other every ten seconds what the log is.
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert!(!all_said(&nodes));
    for node in 0..nodes.size() {
        nodes.stop(node).await;
        assert!(!holds(nodes.node(node)), "node {node}");
    }
}

#[tokio::test]
async fn the_log_is_made_shorter_and_nobody_misses_anything() {
    let mut nodes = Nodes::builder().config(CONFIG).try_start().await.unwrap();
    let alice = nodes.register("alice").await;
    let room = alice.create_room(json!({ "name": "ward" })).await;
    let old = say(&alice, &room, "before", MESSAGES).await;
    nodes
        .until_all_answer(&alice, &room_path(&room, &format!("event/{}", alphorn_tests::segment(&old))))
        .await;
    let trim = |nodes: &Nodes| done(&nodes.node(0).run(&["cluster", "trim", "--keep-days", "0"]));
    assert!(trim(&nodes).contains("nothing was taken off"), "without a backup");

    // Node 2 is away from here on; its position was told at its start, so nothing after that may go.
    nodes.stop(2).await;
    let folder = tempfile::tempdir().unwrap();
    done(&nodes.node(0).run(&["backup", folder.path().join("backup").to_str().unwrap()]));
    let first = |nodes: &Nodes| {
        let status = done(&nodes.node(0).run(&["--json", "cluster", "status"]));
        serde_json::from_str::<serde_json::Value>(&status).unwrap()["first"].as_u64().unwrap()
    };
    trim(&nodes);
    let kept_for_it = first(&nodes);
    assert!(kept_for_it < 30, "node 2 needs what is after record {kept_for_it}");
    say(&alice, &room, "without node 2", 5).await;

    // An administrator takes off what it needs all the same, with the broker's own means.
    let status = done(&nodes.node(0).run(&["--json", "cluster", "status"]));
    let last = serde_json::from_str::<serde_json::Value>(&status).unwrap()["last"].as_u64().unwrap();
    purge(&nodes, last).await;
    assert_eq!(first(&nodes), last);

    // The broker has forgotten the room's last record; its stores have not.
    let two = alice.with_client(nodes.client(1));
    let (one, other) = tokio::join!(say(&alice, &room, "one", 10), say(&two, &room, "other", 10));
    for event in [&one, &other] {
        let path = room_path(&room, &format!("event/{}", alphorn_tests::segment(event)));
        for node in [0, 1] {
            until(&alice.with_client(nodes.client(node)), &path).await;
        }
    }
    let again = nodes.node(0).run(&["--json", "cluster", "status"]);
    done(&again);
    same(&nodes, &alice, &room, &[0, 1]).await;
    let account = json!({
        "username": "alice", "password": "of no importance", "auth": {"type": "m.login.dummy"},
    });
    let taken = nodes.client(1).json(http::Method::POST, None, "/_matrix/client/v3/register", &account).await;
    taken.unwrap().expect_error(400, "M_USER_IN_USE");

    // Node 2 comes back, and takes a copy.
    nodes.restart(2).await;
    assert!(nodes.node(2).log_text().contains("begins with a copy"), "{}", nodes.node(2).log_tail());
    assert!(!aside(nodes.node(2)).is_empty());
    same_everywhere(&nodes, &alice, &room, &one).await;
    assert_eq!(bodies(&alice.with_client(nodes.client(2)), &room).await.len(), MESSAGES + 25);
}

async fn same(nodes: &Nodes, user: &User, room: &str, which: &[usize]) {
    let mut all = Vec::new();
    for node in which {
        all.push(bodies(&user.with_client(nodes.client(*node)), room).await);
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
}

async fn until(user: &User, path: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    while user.get(path).await.status != 200 {
        assert!(Instant::now() < until, "{path} does not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn purge(nodes: &Nodes, seq: u64) {
    let subject = format!("$JS.API.STREAM.PURGE.{}", alphorn_tests::nodes::STREAM);
    let purged = async {
        let mut wire = Wire::connect(nodes.nats.address(0), nodes.nats.credentials(), None).await?;
        wire.request(&subject, None, &json!({ "seq": seq }).to_string()).await
    };
    let answer = purged.await.unwrap_or_else(serde_json::Value::String);
    assert_eq!(answer["success"], true, "{answer}");
}

#[tokio::test]
async fn a_log_goes_through_a_file() {
    let server = Server::start().await;
    let anna = server.register("anna").await;
    let room = anna.create_room(json!({"name": "ward"})).await;
    say(&anna, &room, "in the file", 20).await;
    // Texts of users may have line ends of their own.
    let path = "/_matrix/client/v3/user/@anna:test.localhost/account_data/x.notes";
    anna.put(path, json!({ "text": "one\ntwo" })).await.expect_ok();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let name = file.to_str().unwrap();
    assert!(done(&server.run(&["log", "export", name])).contains("records"));
    assert!(!server.run(&["log", "export", name]).status.success(), "it is there already");

    let other = Server::builder().prepare().unwrap();
    assert!(done(&other.run(&["log", "import", name])).contains("new one"), "no key was there");
    assert!(!other.run(&["log", "import", name]).status.success(), "there is a store now");
    done(&other.run(&["store", "check"]));
    let mut other = other;
    other.start_again().await;
    let anna_there = anna.with_client(other.client().clone());
    assert_eq!(bodies(&anna_there, &room).await, bodies(&anna, &room).await);
    anna_there.send_text(&room, "and on").await;

    // One byte is enough.
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let third = Server::builder().prepare().unwrap();
    assert!(!third.run(&["log", "import", name]).status.success());
    assert!(!third.data_dir().join("alphorn.db").exists());
    assert!(!third.data_dir().join("alphorn.db.import").exists());
}
