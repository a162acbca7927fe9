//! A server on its own becomes the first node of a cluster, and one of its nodes is on its own again: nobody signs in
//! anew, and nothing is lost on the way.

use alphorn_tests::User;
use alphorn_tests::nats::{self, Cluster};
use alphorn_tests::server::Server;
use serde_json::json;

fn cluster(nats: &Cluster, node: u32) -> String {
    let nats: Vec<_> = nats.urls().iter().map(|url| format!("{url:?}")).collect();
    format!(
        "[cluster]\nnats = [{}]\nnode = {node}\nuser = {:?}\npassword = {:?}\nleave_seconds = 0\n\
         secret = \"the secret of a cluster for tests\"\n",
        nats.join(", "),
        nats::USER,
        nats::PASSWORD
    )
}

fn refusal(output: &std::process::Output) -> String {
    assert!(!output.status.success(), "it should have been refused");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

async fn file(user: &User, uri: &str) -> usize {
    let path = uri.replacen("mxc://", "/_matrix/client/v1/media/download/", 1);
    let response = user.get(&path).await;
    assert_eq!(response.status, 200, "{}", response.summary());
    response.bytes.len()
}

/// Until a record says that something was taken out.
#[expect(clippy::unwrap_used, reason = "this is a part of a test")]
async fn until_expired(server: &Server) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let folder = tempfile::tempdir().unwrap();
    for number in 0.. {
        let file = folder.path().join(number.to_string());
        done(&server.run(&["log", "export", file.to_str().unwrap()]));
        if String::from_utf8_lossy(&std::fs::read(&file).unwrap()).contains("\"expired\"") {
            return;
        }
        assert!(std::time::Instant::now() < end, "nothing expires");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn a_server_becomes_a_cluster_and_a_server_again() {
    let nats = Cluster::start(1).await;
    let home = tempfile::tempdir().unwrap();
    // Alone.
    let mut alone = Server::builder().home(home.path()).start().await;
    let address = alone.address();
    let anna = alone.register("anna").await;
    let room = anna.create_room(json!({"name": "ward"})).await;
    anna.send_text(&room, "too old").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    // What expired before the conversion has no hash of what it was; the cluster's log begins without it.
    anna.send_state(&room, "m.room.retention", "", json!({"max_lifetime": 1_000})).await;
    until_expired(&alone).await;
    anna.send_state(&room, "m.room.retention", "", json!({})).await;
    anna.send_text(&room, "alone").await;
    let old_file = anna.upload("application/octet-stream", vec![1_u8; 300_000]).await;
    let sync = anna.sync(None).await;
    let since = sync["next_batch"].as_str().unwrap().to_owned();
    alone.stop().await;
    drop(alone);

    // The first node, and one that joins.
    let first = || Server::builder().home(home.path()).address(address).config(&cluster(&nats, 1));
    let node = first().prepare().unwrap();
    assert!(refusal(&node.run(&["serve"])).contains("cluster init"));
    assert!(done(&node.run(&["cluster", "init", "--replicas", "1"])).contains("1 files"));
    assert!(refusal(&node.run(&["cluster", "init", "--replicas", "1"])).contains("has a log already"));
    drop(node);
    let mut node = first().try_start().await.unwrap();
    let mut second = Server::builder().config(&cluster(&nats, 2)).try_start().await.unwrap();
    let there = anna.with_client(second.client().clone());
    there.send_text(&room, "from the second node").await;
    let new_file = there.upload("application/octet-stream", vec![2_u8; 200_000]).await;
    assert_eq!(file(&there, &old_file).await, 300_000);
    let here = anna.with_client(node.client().clone());
    here.sync_until(Some(&since), |sync| sync.to_string().contains("from the second node").then_some(()))
        .await;
    second.stop().await;
    node.stop().await;
    drop(node);

    // On its own again.
    let node = Server::builder().home(home.path()).address(address).prepare().unwrap();
    assert!(refusal(&node.run(&["serve"])).contains("cluster leave"));
    drop(node);
    let node = first().prepare().unwrap();
    done(&node.run(&["store", "check"]));
    assert!(done(&node.run(&["cluster", "leave"])).contains("1 files"));
    drop(node);
    let alone = Server::builder().home(home.path()).address(address).start().await;
    done(&alone.run(&["store", "check"]));
    let anna = anna.with_client(alone.client().clone());
    assert_eq!(file(&anna, &new_file).await, 200_000);
    let messages = anna.messages(&room).await;
    let bodies: Vec<_> = messages.iter().filter_map(|event| event["content"]["body"].as_str()).collect();
    assert_eq!(bodies, ["from the second node", "alone"]);
    let news = anna.sync(Some(&since)).await;
    assert!(news.to_string().contains("from the second node"));
    anna.send_text(&room, "alone again").await;
}
