//! A cluster of real nats-servers with JetStream on loopback, for tests and drills of what runs on it.
//!
//! ```no_run
//! # async fn example() {
//! use alphorn_tests::nats::Cluster;
//!
//! let mut cluster = Cluster::start(3).await;
//! let addresses = cluster.urls(); // for the client, with `cluster.credentials()`
//! let leader = cluster.meta_leader().await.unwrap();
//! cluster.kill(leader);
//! cluster.wait_ready().await; // the others have chosen a new one
//! cluster.restart(leader).await;
//! # }
//! ```
//!
//! Servers are called by their index, from 0. They keep their ports, names and disks over restarts. What is written
//! is flushed before it is acknowledged, as in production (docs/cluster.md). When the value is dropped, and also
//! when the test process dies in any other way, the servers are killed.

mod builder;
mod certificates;
mod config;
mod monitor;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tempfile::TempDir;
use thiserror::Error;

pub use self::builder::ClusterBuilder;
use self::certificates::Files;
use self::monitor::Monitor;
use crate::network::Network;
use crate::process::Process;
use crate::server::fail;

/// The user of the account that has JetStream.
pub const USER: &str = "alphorn";
/// Its password.
pub const PASSWORD: &str = "the log's password for tests only";
/// The user of the system account: it may ask servers to step down and remove peers.
pub const SYSTEM_USER: &str = "operator";
/// Its password.
pub const SYSTEM_PASSWORD: &str = "the operator's password for tests only";

/// Longest wait for a cluster, or one server of it, to be ready. The servers' elections take 4 to 9 s.
const READY_WAIT: Duration = Duration::from_secs(60);
/// Longest time from SIGTERM to the end of the process.
const STOP_WAIT: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why a cluster did not come up or change as it was asked to.
#[derive(Debug, Error)]
pub enum NatsError {
    /// There is no nats-server to run.
    #[error(transparent)]
    Binary(#[from] alphorn_nats_server::NatsServerError),
    /// Certificates could not be made.
    #[error("cannot make certificates: {0}")]
    Certificates(#[from] rcgen::Error),
    /// The operating system refused a file, a port or a process.
    #[error("cannot {0}: {1}")]
    System(&'static str, #[source] std::io::Error),
    /// A server ended by itself.
    #[error("nats-server {name} ended with {status}; its log:\n{log}")]
    Ended {
        /// The server's name.
        name: String,
        /// The exit status.
        status: String,
        /// The end of its log.
        log: String,
    },
    /// What was waited for did not happen in time.
    #[error("{what} within {wait:?}; the logs:\n{log}")]
    Late {
        /// What did not happen.
        what: String,
        /// How long it was waited for.
        wait: Duration,
        /// The ends of the logs.
        log: String,
    },
}

/// One server: what stays over its restarts, and the process while it runs.
#[derive(Debug)]
struct Member {
    name: String,
    client: SocketAddr,
    routes: SocketAddr,
    leaf: SocketAddr,
    monitor: Monitor,
    folder: PathBuf,
    store: PathBuf,
    process: Option<Process>,
}

/// Running nats-servers that know each other. Dropping it kills them and removes their folders.
#[derive(Debug)]
pub struct Cluster {
    binary: PathBuf,
    members: Vec<Member>,
    layout: ClusterBuilder,
    files: Option<Files>,
    home: TempDir,
}

impl Cluster {
    /// Starts so many servers (1 or 3, as a rule) without TLS and waits until they have a leader.
    ///
    /// # Panics
    /// When they do not come up: the message holds the ends of their logs.
    pub async fn start(servers: usize) -> Self {
        Self::builder().servers(servers).start().await
    }

    /// For clusters that differ from [`Cluster::start`].
    #[must_use]
    pub fn builder() -> ClusterBuilder {
        ClusterBuilder::default()
    }

    /// How many servers belong to it, running or not.
    #[must_use]
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// Addresses for clients, of all servers: `nats://127.0.0.1:PORT`, or `tls://…`.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        (0..self.size()).map(|index| self.url(index)).collect()
    }

    /// The address for clients of one server.
    #[must_use]
    pub fn url(&self, index: usize) -> String {
        let scheme = if self.files.is_some() { "tls" } else { "nats" };
        format!("{scheme}://{}", self.member(index).client)
    }

    /// Where one server listens for clients.
    #[must_use]
    pub fn address(&self, index: usize) -> SocketAddr {
        self.member(index).client
    }

    /// Where one server listens for those of another site.
    #[must_use]
    pub fn leaf_address(&self, index: usize) -> SocketAddr {
        self.member(index).leaf
    }

    /// User and password for clients: [`USER`] and [`PASSWORD`].
    #[must_use]
    pub fn credentials(&self) -> (&'static str, &'static str) {
        (USER, PASSWORD)
    }

    /// The certificate that clients trust, as PEM, when the cluster has TLS.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.files.as_ref().map(|files| files.authority.as_path())
    }

    /// The name that one server has in the cluster.
    #[must_use]
    pub fn name(&self, index: usize) -> &str {
        &self.member(index).name
    }

    /// The server of this name.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    /// One server's process id while it runs.
    #[must_use]
    pub fn pid(&self, index: usize) -> Option<u32> {
        self.member(index).process.as_ref().map(Process::pid)
    }

    /// The folder of one server's streams.
    #[must_use]
    pub fn store_dir(&self, index: usize) -> &Path {
        &self.member(index).store
    }

    /// SIGKILL, then waits for the end of the process. Kills a frozen one, too.
    pub fn kill(&mut self, index: usize) {
        self.member_mut(index).process = None;
    }

    /// SIGKILL to all, at once.
    pub fn kill_all(&mut self) {
        for process in self.members.iter().filter_map(|member| member.process.as_ref()) {
            // It fails only when the process has ended already.
            let _ = process.signal(Signal::KILL);
        }
        (0..self.size()).for_each(|index| self.kill(index));
    }

    /// SIGTERM, then waits for the orderly end: leadership is handed over.
    ///
    /// # Panics
    /// When the process does not end in time.
    pub async fn terminate(&mut self, index: usize) {
        self.signal(index, Signal::TERM);
        let until = Instant::now() + STOP_WAIT;
        while self.member_mut(index).ended().is_none() {
            if Instant::now() > until {
                fail(&self.late(format!("{} does not end", self.name(index)), STOP_WAIT));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// SIGSTOP: the process keeps its connections and answers nothing.
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&mut self, index: usize) {
        self.signal(index, Signal::STOP);
        if let Some(process) = &mut self.member_mut(index).process {
            process.frozen = true;
        }
    }

    /// SIGCONT: a frozen process goes on where it was.
    ///
    /// # Panics
    /// When it does not run.
    pub fn thaw(&mut self, index: usize) {
        self.signal(index, Signal::CONT);
        if let Some(process) = &mut self.member_mut(index).process {
            process.frozen = false;
        }
    }

    /// The machines on which the servers are, if each has one.
    #[must_use]
    pub fn network(&self) -> Option<&Network> {
        self.layout.network.as_deref()
    }

    /// Starts a server again, killing it first if it runs, on its old ports and disk, and waits until it has
    /// caught up. Needs a quorum; without one, [`Cluster::spawn`] several and [`Cluster::wait_ready`].
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn restart(&mut self, index: usize) {
        self.spawn(index);
        self.wait_ready().await;
    }

    /// As [`Cluster::restart`], without waiting.
    ///
    /// # Panics
    /// When the process cannot be started.
    pub fn spawn(&mut self, index: usize) {
        if let Err(error) = self.try_spawn(index) {
            fail(&error);
        }
    }

    /// Starts one more server under a name of its own, and gives its index: to replace one that is gone for good.
    /// Not for a server alone, which would have to learn that it is one of a cluster.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn add_server(&mut self) -> usize {
        let index = self.size();
        let written = self.layout.lay_out(index, self.home.path()).and_then(|member| {
            self.members.push(member);
            // The others hear of it from itself; what they are started with the next time names it, too.
            self.layout.write_configs(&self.members, self.files.as_ref())
        });
        if let Err(error) = written {
            fail(&NatsError::System("lay out a server", error));
        }
        self.restart(index).await;
        index
    }

    /// Takes a server's disk away: kills it and removes its streams.
    ///
    /// # Panics
    /// When they cannot be removed.
    pub fn wipe(&mut self, index: usize) {
        self.kill(index);
        let store = self.member(index).store.join("jetstream");
        if let Err(error) = std::fs::remove_dir_all(&store) {
            fail(&NatsError::System("wipe a server's disk", error));
        }
    }

    /// Waits until every server that runs and is not frozen is healthy and they have a leader among them, and
    /// enough of them run for a quorum.
    ///
    /// # Panics
    /// When a server ends meanwhile, or it takes too long.
    pub async fn wait_ready(&mut self) {
        if let Err(error) = self.try_wait_ready().await {
            fail(&error);
        }
    }

    /// The leader of the cluster's own consensus, if there is one that takes itself for it.
    ///
    /// One that lost all others believes in itself for up to 10 s.
    pub async fn meta_leader(&self) -> Option<usize> {
        self.meta().await.map(|(leader, _)| leader)
    }

    /// The leader of a stream, if there is one that takes itself for it.
    pub async fn stream_leader(&self, stream: &str) -> Option<usize> {
        for index in self.awake() {
            let member = self.member(index);
            if member.monitor.stream_leader(stream).await.is_some_and(|leader| leader == member.name) {
                return Some(index);
            }
        }
        None
    }

    /// Waits until a stream has a leader, and says which.
    ///
    /// # Panics
    /// When it has none in time.
    pub async fn wait_stream_leader(&self, stream: &str) -> usize {
        let until = Instant::now() + READY_WAIT;
        while Instant::now() < until {
            if let Some(leader) = self.stream_leader(stream).await {
                return leader;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        fail(&self.late(format!("stream {stream} has no leader"), READY_WAIT))
    }

    /// The end of one server's log.
    #[must_use]
    pub fn log_tail(&self, index: usize) -> String {
        self.member(index).log_tail()
    }

    /// Keeps configurations, logs and streams after the test, to look at a failure, and says where.
    pub fn keep(&mut self) -> PathBuf {
        self.home.disable_cleanup(true);
        self.home.path().to_owned()
    }

    fn try_spawn(&mut self, index: usize) -> Result<(), NatsError> {
        let mut command = match &self.layout.network {
            None => Command::new(&self.binary),
            Some(network) => network.command(index, &self.binary),
        };
        let member = self.member_mut(index);
        member.process = None;
        let mut start = || {
            let log = std::fs::File::options().create(true).append(true).open(member.log_file())?;
            command.arg("--config").arg(member.config_file()).stdout(log.try_clone()?).stderr(log);
            Process::spawn(&mut command)
        };
        member.process = Some(start().map_err(|error| NatsError::System("start nats-server", error))?);
        Ok(())
    }

    async fn try_wait_ready(&mut self) -> Result<(), NatsError> {
        let until = Instant::now() + READY_WAIT;
        while Instant::now() < until {
            for member in &mut self.members {
                if let Some(status) = member.ended() {
                    return Err(NatsError::Ended {
                        name: member.name.clone(),
                        status,
                        log: member.log_tail(),
                    });
                }
            }
            if self.all_healthy().await && self.has_quorum().await {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err(self.late("the cluster is not ready".to_owned(), READY_WAIT))
    }

    /// The leader, and how many servers it needs.
    async fn meta(&self) -> Option<(usize, u64)> {
        for index in self.awake() {
            let member = self.member(index);
            if let Some(meta) = member.monitor.meta().await
                && meta.leader == member.name
            {
                return Some((index, meta.quorum));
            }
        }
        None
    }

    /// Whether there is a leader with enough others.
    async fn has_quorum(&self) -> bool {
        let awake = u64::try_from(self.awake().len()).unwrap_or_default();
        self.size() == 1 || self.meta().await.is_some_and(|(_, quorum)| awake >= quorum)
    }

    async fn all_healthy(&self) -> bool {
        for index in self.awake() {
            if !self.member(index).monitor.is_healthy().await {
                return false;
            }
        }
        true
    }

    /// Servers that run and are not frozen.
    fn awake(&self) -> Vec<usize> {
        let awake = |member: &Member| member.process.as_ref().is_some_and(|process| !process.frozen);
        self.members.iter().enumerate().filter(|(_, member)| awake(member)).map(|(index, _)| index).collect()
    }

    fn signal(&self, index: usize, signal: Signal) {
        let sent = match &self.member(index).process {
            Some(process) => process.signal(signal),
            None => Err(std::io::Error::other("it does not run")),
        };
        if let Err(error) = sent {
            fail(&NatsError::System("send a signal to nats-server", error));
        }
    }

    fn late(&self, what: String, wait: Duration) -> NatsError {
        NatsError::Late { what, wait, log: self.logs() }
    }

    fn logs(&self) -> String {
        let log = |member: &Member| format!("--- {}\n{}", member.name, member.log_tail());
        self.members.iter().map(log).collect::<Vec<_>>().join("\n")
    }

    fn member(&self, index: usize) -> &Member {
        match self.members.get(index) {
            Some(member) => member,
            None => fail(&format!("there is no server {index}; there are {}", self.size())),
        }
    }

    fn member_mut(&mut self, index: usize) -> &mut Member {
        let size = self.size();
        match self.members.get_mut(index) {
            Some(member) => member,
            None => fail(&format!("there is no server {index}; there are {size}")),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- ends of the nats-servers' logs\n{}", self.logs());
        }
        self.kill_all();
    }
}

impl Member {
    fn config_file(&self) -> PathBuf {
        self.folder.join("nats.conf")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("nats.log")
    }

    fn log_tail(&self) -> String {
        let log = std::fs::read(self.log_file()).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n")
    }

    /// The exit status if the process has ended by itself.
    fn ended(&mut self) -> Option<String> {
        let status = self.process.as_mut()?.ended()?;
        self.process = None;
        Some(status)
    }
}
