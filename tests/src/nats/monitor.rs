//! What a nats-server says of itself on its monitoring port.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use crate::http::Client;

/// A frozen or killed server is not waited for.
const ANSWER_WAIT: Duration = Duration::from_secs(1);

/// Of the consensus of the cluster as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meta {
    /// The name of whom the server takes for the leader.
    pub(super) leader: String,
    /// How many servers are needed for any decision.
    pub(super) quorum: u64,
}

/// The monitoring port of one server.
#[derive(Debug)]
pub(super) struct Monitor {
    client: Client,
}

impl Monitor {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { client: Client::new(address).with_answer_wait(ANSWER_WAIT) }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.client.address()
    }

    /// Whether it serves JetStream, and all of its streams have caught up.
    pub(super) async fn is_healthy(&self) -> bool {
        matches!(self.client.get(None, "/healthz").await, Ok(response) if response.status == 200)
    }

    /// What it knows of the consensus of the cluster as a whole.
    pub(super) async fn meta(&self) -> Option<Meta> {
        meta_in(&self.ask("/jsz").await?)
    }

    /// The name of whom it takes for the leader of a stream; of a stream without replicas, the server itself.
    pub(super) async fn stream_leader(&self, stream: &str) -> Option<String> {
        stream_leader_in(&self.ask("/jsz?accounts=true&streams=true").await?, stream)
    }

    async fn ask(&self, path: &str) -> Option<Value> {
        let response = self.client.get(None, path).await.ok()?;
        (response.status == 200).then(|| response.json())
    }
}

fn meta_in(answer: &Value) -> Option<Meta> {
    let meta = answer.get("meta_cluster")?;
    let leader = meta.get("leader")?.as_str()?.to_owned();
    Some(Meta { leader, quorum: meta.get("quorum_needed")?.as_u64()? })
}

fn stream_leader_in(answer: &Value, stream: &str) -> Option<String> {
    let accounts = answer.get("account_details")?.as_array()?;
    let streams = accounts.iter().filter_map(|account| account.get("stream_detail")?.as_array()).flatten();
    let named = |detail: &&Value| detail.get("name").and_then(Value::as_str) == Some(stream);
    streams.into_iter().find(named)?.get("cluster")?.get("leader")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn leaders_are_found_in_the_answers() {
        let answer = json!({
            "meta_cluster": {"name": "c", "leader": "n2", "cluster_size": 3, "quorum_needed": 2},
            "account_details": [
                {"name": "SYS"},
                {"name": "A", "stream_detail": [
                    {"name": "x", "cluster": {"leader": "n1"}},
                    {"name": "y", "cluster": {"name": "c"}},
                ]},
            ],
        });
        assert_eq!(meta_in(&answer), Some(Meta { leader: "n2".to_owned(), quorum: 2 }));
        assert_eq!(stream_leader_in(&answer, "x").as_deref(), Some("n1"));
        assert_eq!(stream_leader_in(&answer, "y"), None);
        assert_eq!(stream_leader_in(&answer, "z"), None);
        assert_eq!(meta_in(&json!({"meta_cluster": {"quorum_needed": 2}})), None);
    }
}
