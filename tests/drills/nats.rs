//! The ground of all drills of the cluster: real nats-servers that are killed, frozen and started again, and what
//! they acknowledged stays. Not the program but the means of its tests, and the broker's promises, are tried here.

#![expect(clippy::unwrap_used, reason = "a drill that cannot be set up has failed")]

mod documented;
pub(crate) mod wire;

use std::time::{Duration, Instant};

use alphorn_tests::nats::{Cluster, PASSWORD, SYSTEM_PASSWORD, SYSTEM_USER, USER};
use serde_json::{Value, json};

use self::wire::Wire;

const STREAM: &str = "LOG";
/// Longest wait for one write: an election and more.
const WRITE_WAIT: Duration = Duration::from_secs(30);

async fn ask(cluster: &Cluster, index: usize, subject: &str, body: &Value) -> Result<Value, String> {
    let mut wire = Wire::connect(cluster.address(index), cluster.credentials(), cluster.ca_file()).await?;
    wire.request(subject, None, &body.to_string()).await
}

async fn make_stream(cluster: &Cluster) {
    let stream = json!({
        "name": STREAM, "subjects": ["log.>"], "num_replicas": cluster.size(), "storage": "file",
        "retention": "limits", "discard": "new", "deny_delete": true,
    });
    ask(cluster, 0, &format!("$JS.API.STREAM.CREATE.{STREAM}"), &stream).await.unwrap();
}

/// Writes messages `numbers` over one server; each again, under its id, until it is acknowledged.
async fn write(cluster: &Cluster, index: usize, numbers: std::ops::Range<u32>) {
    let mut wire = None;
    let until = Instant::now() + WRITE_WAIT;
    for number in numbers {
        loop {
            let id = format!("message-{number}");
            let tried = match &mut wire {
                None => Wire::connect(cluster.address(index), cluster.credentials(), cluster.ca_file())
                    .await
                    .map(|connected| wire = Some(connected)),
                Some(connected) => {
                    let acknowledged = connected.request("log.room", Some(&id), &number.to_string()).await;
                    if acknowledged.as_ref().is_ok_and(|answer| answer["seq"].is_u64()) {
                        break;
                    }
                    wire = None;
                    acknowledged.map(drop)
                }
            };
            assert!(Instant::now() < until, "message {number} is not acknowledged: {tried:?}");
            if tried.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// How many messages the stream has, as one server says.
async fn count(cluster: &Cluster, index: usize) -> u64 {
    let until = Instant::now() + WRITE_WAIT;
    let info = loop {
        // Nobody answers while a leader is being chosen.
        match ask(cluster, index, &format!("$JS.API.STREAM.INFO.{STREAM}"), &json!({})).await {
            Ok(info) => break info,
            Err(error) => assert!(Instant::now() < until, "no answer: {error}"),
        }
    };
    let state = &info["state"];
    assert_eq!(state["first_seq"], 1, "{info}");
    assert_eq!(state["messages"], state["last_seq"], "there are holes: {info}");
    state["messages"].as_u64().unwrap()
}

#[tokio::test]
async fn a_cluster_survives_the_death_of_the_leader_with_all_that_it_acknowledged() {
    let mut cluster = Cluster::start(3).await;
    make_stream(&cluster).await;
    let leader = cluster.wait_stream_leader(STREAM).await;
    let (other, third) = ((leader + 1) % 3, (leader + 2) % 3);
    write(&cluster, other, 0..50).await;

    // SIGKILL of the stream's leader: another takes over, and nothing acknowledged is gone.
    let killed = Instant::now();
    cluster.kill(leader);
    write(&cluster, other, 50..51).await;
    println!("killed the leader: the next write took {:.2} s", killed.elapsed().as_secs_f64());
    assert_ne!(cluster.wait_stream_leader(STREAM).await, leader);
    write(&cluster, third, 51..100).await;
    cluster.restart(leader).await;
    assert!(cluster.meta_leader().await.is_some());
    assert_eq!(count(&cluster, leader).await, 100);

    // A frozen follower is not missed; it goes on where it was.
    let new_leader = cluster.wait_stream_leader(STREAM).await;
    let follower = (new_leader + 1) % 3;
    cluster.freeze(follower);
    write(&cluster, new_leader, 100..110).await;
    cluster.thaw(follower);
    cluster.wait_ready().await;

    // SIGTERM hands leadership over.
    cluster.terminate(new_leader).await;
    assert_eq!(cluster.pid(new_leader), None);
    write(&cluster, follower, 110..120).await;
    assert_eq!(count(&cluster, follower).await, 120);

    // All at once, without warning: what was acknowledged was on the disk.
    cluster.kill_all();
    (0..cluster.size()).for_each(|index| cluster.spawn(index));
    cluster.wait_ready().await;
    cluster.wait_stream_leader(STREAM).await;
    assert_eq!(count(&cluster, new_leader).await, 120);
}

#[tokio::test]
async fn a_cluster_with_tls_refuses_whoever_has_no_password_or_no_tls() {
    let cluster = Cluster::builder().tls().start().await;
    let authority = cluster.ca_file().unwrap();
    assert!(cluster.url(0).starts_with("tls://127.0.0.1:"));
    make_stream(&cluster).await;
    write(&cluster, 0, 0..3).await;

    let refused = |outcome: Result<Wire, String>| outcome.err().unwrap();
    let address = cluster.address(1);
    let wrong = refused(Wire::connect(address, (USER, "guessed"), Some(authority)).await);
    assert!(wrong.contains("Authorization Violation"), "{wrong}");
    assert_eq!(refused(Wire::connect(address, (USER, PASSWORD), None).await), "it wants TLS");
    // The operator's account sees the servers, but not the log.
    let mut operator = Wire::connect(address, (SYSTEM_USER, SYSTEM_PASSWORD), Some(authority)).await.unwrap();
    let servers = operator.request("$SYS.REQ.SERVER.PING", None, "").await.unwrap();
    assert!(servers["server"]["name"].is_string(), "{servers}");
    operator.request("log.room", None, "foreign").await.unwrap_err();
}

/// The names of the servers that have a whole copy of the stream.
async fn copies(cluster: &Cluster, index: usize) -> Vec<String> {
    let info = ask(cluster, index, &format!("$JS.API.STREAM.INFO.{STREAM}"), &json!({})).await;
    let Ok(info) = info else { return Vec::new() };
    let replicas = info["cluster"]["replicas"].as_array().cloned().unwrap_or_default();
    let current =
        replicas.iter().filter(|replica| replica["current"] == true).map(|replica| &replica["name"]);
    let mut names: Vec<String> = current
        .chain([&info["cluster"]["leader"]])
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// As docs/cluster.md describes it: first the new server, under a name of its own, then the old one is forgotten.
#[tokio::test]
async fn a_server_that_lost_its_disk_is_replaced_by_one_with_another_name() {
    let mut cluster = Cluster::start(3).await;
    make_stream(&cluster).await;
    let leader = cluster.wait_stream_leader(STREAM).await;
    write(&cluster, leader, 0..20).await;
    let (lost, other) = ((leader + 1) % 3, (leader + 2) % 3);
    cluster.wipe(lost);
    let new = cluster.add_server().await;

    let operator = (SYSTEM_USER, SYSTEM_PASSWORD);
    let mut operator = Wire::connect(cluster.address(other), operator, None).await.unwrap();
    let removal = json!({"peer": cluster.name(lost)}).to_string();
    let removed = operator.request("$JS.API.SERVER.REMOVE", None, &removal).await.unwrap();
    assert_eq!(removed["success"], true, "{removed}");
    let mut expected = [leader, other, new].map(|index| cluster.name(index).to_owned());
    expected.sort();
    let until = Instant::now() + WRITE_WAIT;
    while copies(&cluster, other).await != expected {
        assert!(Instant::now() < until, "copies are at {:?}", copies(&cluster, other).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    // The new one counts: with another one gone, it is needed for every write.
    cluster.kill(leader);
    write(&cluster, new, 20..30).await;
    assert_eq!(count(&cluster, new).await, 30);
}

#[tokio::test]
async fn one_server_alone_keeps_its_streams_over_a_kill_and_loses_them_with_its_disk() {
    let mut cluster = Cluster::start(1).await;
    make_stream(&cluster).await;
    write(&cluster, 0, 0..10).await;
    cluster.kill(0);
    cluster.restart(0).await;
    assert_eq!(count(&cluster, 0).await, 10);
    cluster.wipe(0);
    cluster.restart(0).await;
    ask(&cluster, 0, &format!("$JS.API.STREAM.INFO.{STREAM}"), &json!({})).await.unwrap_err();
}

#[tokio::test]
async fn a_server_that_refuses_its_configuration_is_quoted() {
    let settings = json!({"jetstream": {"sync_interval": "sometimes"}});
    let error = Cluster::builder().servers(1).settings(&settings).try_start().await.unwrap_err().to_string();
    assert!(error.contains("nats-0 ended with") && error.contains("sync_interval"), "{error}");
}
