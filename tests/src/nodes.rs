//! A whole cluster on loopback: three nats-servers that keep the log, and three nodes of Alphorn, each of which can
//! be killed, frozen, stopped and started again, alone or with the nats-server of its "machine".
//!
//! ```no_run
//! # async fn example() {
//! use alphorn_tests::nodes::Nodes;
//!
//! let mut nodes = Nodes::start().await;
//! let alice = nodes.register("alice").await; // known to all nodes
//! let room = alice.create_room(serde_json::json!({})).await;
//! nodes.kill_machine(0); // node 0 and nats-server 0
//! let alice = alice.with_client(nodes.client(1));
//! alice.send_text(&room, "still here").await;
//! nodes.restart_machine(0).await;
//! # }
//! ```
//!
//! Nodes are called by their index, from 0; node `i` asks nats-server `i` first. They keep addresses and data over
//! restarts. What is dropped is killed, and its folders are removed.

mod builder;
mod roaming;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use thiserror::Error;

pub use self::builder::NodesBuilder;
pub use self::roaming::{Failure, Readiness, Roaming, Told, Turn};
use crate::cable::Cable;
use crate::http::Client;
use crate::nats::{Cluster, NatsError};
use crate::server::{self, Server, ServerError, fail};
use crate::user::User;

/// The cluster's name.
pub const CLUSTER: &str = "alphorn";
/// The stream that is its log.
pub const STREAM: &str = "ALPHORN_alphorn";

/// Longest wait for a node to say that it is ready.
const READY_WAIT: Duration = Duration::from_secs(60);
/// Longest wait for one answer of a node that may be frozen.
const ANSWER_WAIT: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why the nodes did not come up or change as they were asked to.
#[derive(Debug, Error)]
pub enum NodesError {
    /// The nats-servers did not.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// A node did not.
    #[error("node {node}: {error}")]
    Node {
        /// Its index.
        node: usize,
        /// What is wrong.
        error: ServerError,
    },
    /// `alphorn cluster init` failed.
    #[error("alphorn cluster init: {0}")]
    Init(String),
    /// The operating system refused a port.
    #[error("cannot find a free port: {0}")]
    Ports(#[from] std::io::Error),
    /// A node did not become ready.
    #[error("node {node} is not ready within {READY_WAIT:?}: {said}; its log:\n{log}")]
    Late {
        /// Its index.
        node: usize,
        /// What it said last.
        said: String,
        /// The end of its log.
        log: String,
    },
}

/// Running nodes and nats-servers.
#[derive(Debug)]
pub struct Nodes {
    /// The nats-servers. Their indices are those of the nodes.
    pub nats: Cluster,
    servers: Vec<Server>,
    /// By node: its cables to the nats-servers, if it has some.
    cables: Vec<Vec<Cable>>,
}

impl Nodes {
    /// Starts three nats-servers and three nodes with open registration and no rate limits.
    ///
    /// # Panics
    /// When they do not come up.
    pub async fn start() -> Self {
        match Self::builder().try_start().await {
            Ok(nodes) => nodes,
            Err(error) => fail(&error),
        }
    }

    /// For clusters that differ from [`Nodes::start`].
    #[must_use]
    pub fn builder() -> NodesBuilder {
        NodesBuilder::default()
    }

    /// How many nodes there are, running or not.
    #[must_use]
    pub fn size(&self) -> usize {
        self.servers.len()
    }

    /// One node.
    #[must_use]
    pub fn node(&self, index: usize) -> &Server {
        match self.servers.get(index) {
            Some(server) => server,
            None => fail(&format!("there is no node {index}")),
        }
    }

    /// One node, to be changed.
    pub fn node_mut(&mut self, index: usize) -> &mut Server {
        match self.servers.get_mut(index) {
            Some(server) => server,
            None => fail(&format!("there is no node {index}")),
        }
    }

    /// A client of one node, with connections of its own.
    #[must_use]
    pub fn client(&self, index: usize) -> Client {
        self.node(index).client().separate()
    }

    /// Clients of all nodes, with connections of their own.
    #[must_use]
    pub fn clients(&self) -> Vec<Client> {
        (0..self.size()).map(|index| self.client(index)).collect()
    }

    /// A client that knows all nodes and begins with one.
    #[must_use]
    pub fn roaming(&self, begin: usize) -> Roaming {
        Roaming::new(self.clients(), begin)
    }

    /// Registers a user at the first node and waits until all nodes that answer know it.
    ///
    /// # Panics
    /// When there is no new user, or a node does not hear of it.
    pub async fn register(&self, name: &str) -> User {
        let user = match server::register(self.node(0).client(), name).await {
            Ok(user) => user,
            Err(answer) => fail(&answer),
        };
        self.until_all_answer(&user, "/_matrix/client/v3/account/whoami").await;
        user
    }

    /// Waits until all nodes answer 200 to a user's GET: they have heard of what the path names.
    ///
    /// # Panics
    /// When one does not within a minute.
    pub async fn until_all_answer(&self, user: &User, path: &str) {
        for index in 0..self.size() {
            let until = Instant::now() + READY_WAIT;
            let client = self.client(index).with_answer_wait(ANSWER_WAIT);
            loop {
                let answer = client.get(Some(&user.access_token), path).await;
                match answer {
                    Ok(answer) if answer.status == 200 => break,
                    Ok(answer) if Instant::now() > until => {
                        fail(&format!("node {index}: {path}: {}", answer.summary()));
                    }
                    Err(error) if Instant::now() > until => fail(&format!("node {index}: {path}: {error}")),
                    _ => tokio::time::sleep(LOOK_EVERY).await,
                }
            }
        }
    }

    /// SIGKILL of a node.
    pub fn kill(&mut self, index: usize) {
        self.node_mut(index).kill();
    }

    /// SIGKILL of a node and of the nats-server beside it.
    pub fn kill_machine(&mut self, index: usize) {
        self.kill(index);
        self.nats.kill(index);
    }

    /// Cuts a node off from all nats-servers; clients still reach it. Only with [`NodesBuilder::cables`].
    pub fn cut(&self, index: usize) {
        self.cables.get(index).into_iter().flatten().for_each(Cable::cut);
    }

    /// Undoes [`Nodes::cut`].
    pub fn mend(&self, index: usize) {
        self.cables.get(index).into_iter().flatten().for_each(Cable::mend);
    }

    /// SIGTERM of a node, and its orderly end.
    ///
    /// # Panics
    /// When it does not end in time or ends with a failure.
    pub async fn stop(&mut self, index: usize) {
        self.node_mut(index).stop().await;
    }

    /// Starts a node without waiting, killing it first if it runs.
    ///
    /// # Panics
    /// When the process cannot be started.
    pub fn spawn(&mut self, index: usize) {
        if let Err(error) = self.node_mut(index).spawn() {
            fail(&error);
        }
    }

    /// Starts a node and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn restart(&mut self, index: usize) {
        self.spawn(index);
        self.wait_ready(index).await;
    }

    /// Starts the nats-server and the node of a machine, and waits until both are ready.
    ///
    /// # Panics
    /// When they do not become ready.
    pub async fn restart_machine(&mut self, index: usize) {
        self.nats.spawn(index);
        self.spawn(index);
        self.nats.wait_ready().await;
        self.wait_ready(index).await;
    }

    /// Waits until a node says at `/ready` that it is.
    ///
    /// # Panics
    /// When it ends meanwhile, or takes too long.
    pub async fn wait_ready(&mut self, index: usize) {
        if let Err(error) = self.try_wait_ready(index).await {
            fail(&error);
        }
    }

    /// Waits until all nats-servers and all nodes are ready.
    ///
    /// # Panics
    /// When one ends meanwhile, or it takes too long.
    pub async fn wait_all_ready(&mut self) {
        self.nats.wait_ready().await;
        for index in 0..self.size() {
            self.wait_ready(index).await;
        }
    }

    /// As [`Nodes::wait_ready`].
    ///
    /// # Errors
    /// When the node ends, or takes too long.
    pub async fn try_wait_ready(&mut self, index: usize) -> Result<(), NodesError> {
        self.try_wait(index, "/ready").await
    }

    /// Waits until a node says at `/readable` that it can be read from.
    ///
    /// # Errors
    /// When the node ends, or takes too long.
    pub async fn try_wait_readable(&mut self, index: usize) -> Result<(), NodesError> {
        self.try_wait(index, "/readable").await
    }

    async fn try_wait(&mut self, index: usize, path: &str) -> Result<(), NodesError> {
        let client = self.client(index).with_answer_wait(ANSWER_WAIT);
        let until = Instant::now() + READY_WAIT;
        let mut said = String::from("nothing");
        while Instant::now() < until {
            let server = self.node_mut(index);
            if let Some(status) = server.ended() {
                let error = ServerError::Ended { status, log: server.log_tail() };
                return Err(NodesError::Node { node: index, error });
            }
            match client.get(None, path).await {
                Ok(answer) if answer.status == 200 => return Ok(()),
                Ok(answer) => said = answer.summary(),
                Err(error) => said = error.to_string(),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(NodesError::Late { node: index, said, log: self.node(index).log_tail() })
    }

    /// `alphorn store check` on a stopped or running node.
    ///
    /// # Errors
    /// What it found.
    pub fn check_store(&self, index: usize) -> Result<(), String> {
        let output = self.node(index).run(&["store", "check"]);
        if output.status.success() {
            return Ok(());
        }
        let text = [output.stdout, output.stderr].concat();
        Err(format!("store check of node {index}: {}\n{}", output.status, String::from_utf8_lossy(&text)))
    }

    /// Keeps all folders afterwards, and says where they are.
    pub fn keep(&mut self) -> Vec<PathBuf> {
        let mut kept = vec![self.nats.keep()];
        kept.extend(self.servers.iter_mut().map(Server::keep));
        kept
    }
}
