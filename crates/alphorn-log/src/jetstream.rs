//! The log of a cluster: one replicated stream of NATS JetStream. Every node appends to it with
//! compare-and-set, follows it, and applies its records in their order; a record counts when the
//! store says so at that moment, which is the same on every node. See `docs/decisions/0008`.

mod append;
mod apply;
mod barrier;
mod cluster;
mod compare;
mod connect;
mod fetch;
mod health;
mod heartbeat;
pub mod leases;
mod names;
mod own;
mod publish;
mod sites;
mod standby;
mod stream;
mod tail;
mod trim;

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicU32},
    thread::JoinHandle,
    time::Duration,
};

use alphorn_model::{Clock, Digest, Record, Seq, Sink};
use async_nats::Client;
use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::{Log, Outcome, Refused};

pub use cluster::{Cluster, Description, Replica};
pub use health::{Standby, State};
pub use names::Names;
pub use sites::{Lost, LostRecord, Promotion, media_config};
pub use trim::Trimmed;

/// Records of this node that may be on their way at once.
const IN_FLIGHT_MAX: usize = 512;

/// The largest record, in bytes, wherever the broker takes more.
const RECORD_BYTES_MAX: usize = 8 << 20;

/// Bytes of a message that are not the record: subject and headers.
const HEADER_BYTES_MAX: usize = 4_096;

/// Records that wait to be applied at most.
const UNAPPLIED_MAX: usize = 4_096;

/// How the broker is reached.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// Addresses of its servers, as `nats://host:port` or `tls://host:port`.
    pub addresses: Vec<String>,
    /// A user's name, for servers that want one.
    pub user: Option<String>,
    /// That user's password.
    pub password: Option<String>,
    /// A file with credentials (a token and a key) instead.
    pub credentials: Option<PathBuf>,
    /// A file with the certificates of the authority to trust.
    pub authority: Option<PathBuf>,
    /// This node's certificate and key, for servers that want them.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// What a node must know to take part.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How the broker is reached.
    pub connection: Connection,
    /// The cluster's name: the stream and all subjects carry it.
    pub cluster: String,
    /// This site's name; the first one has none.
    pub site: String,
    /// The Matrix server's name: one cluster serves one.
    pub server_name: String,
    /// This node's number, unique in the cluster.
    pub node: u32,
    /// The epoch up to which the store has applied the log.
    pub epoch: u32,
}

/// Why a node cannot take part at all, in words for its administrator.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unfit {
    /// The connection's settings cannot be used.
    #[error("the connection to NATS: {0}")]
    Settings(String),
    /// The broker is too old.
    #[error("the NATS server has version {found}; at least {floor} is needed: older ones lose records", floor = connect::FLOOR)]
    Version {
        /// What it has.
        found: String,
    },
    /// The broker cannot be reached, and nothing can be done without it.
    #[error("no NATS server answers at {0}")]
    Unreachable(String),
    /// There is no log yet.
    #[error("the cluster {0:?} has no log yet: make it with `alphorn cluster init` on one node")]
    NoLog(String),
    /// The stream is there, but it is not this cluster's log, or not set as a log must be.
    #[error("the stream {stream}: {why}")]
    Stream {
        /// Its name.
        stream: String,
        /// What is wrong.
        why: String,
    },
    /// The broker refused.
    #[error("NATS refused: {0}")]
    Refused(String),
    /// The thread that applies records cannot be started.
    #[error("the thread of the log cannot be started: {0}")]
    Thread(String),
}

/// What the parts of the log share.
struct Shared {
    client: Client,
    names: Names,
    settings: Settings,
    clock: Arc<dyn Clock>,
    own: own::Own,
    health: health::Health,
    places: Semaphore,
    barriers: barrier::Barriers,
    /// Work for the thread that owns the store's writer.
    tasks: mpsc::Sender<apply::Task>,
    /// The last record applied.
    applied: watch::Receiver<Seq>,
    /// The epoch of that record.
    epoch: AtomicU32,
}

/// The log of a cluster. Dropping it ends its tasks; the writer has then written what it was given.
pub struct JetStream {
    shared: Arc<Shared>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl JetStream {
    /// Connects, checks that the log is this cluster's, and starts to follow it into `sink`. An
    /// unreachable broker is no error: the node serves reads, and tries on.
    ///
    /// # Errors
    /// When the node must not take part.
    pub async fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        sink: impl Sink,
    ) -> Result<(Self, JoinHandle<()>), Unfit> {
        let names = Names::of(&settings.cluster, &settings.site);
        let health = health::Health::new();
        let client = connect::connect(&settings, &health).await?;
        let (tasks, waiting) = mpsc::channel(UNAPPLIED_MAX);
        let (applied_at, applied) = watch::channel(sink.applied());
        let shared = Arc::new(Shared {
            client,
            names,
            epoch: AtomicU32::new(settings.epoch),
            settings,
            clock,
            own: own::Own::default(),
            health,
            places: Semaphore::new(IN_FLIGHT_MAX),
            barriers: barrier::Barriers::default(),
            tasks,
            applied,
        });
        // Before anything is applied: a store of another cluster must stay as it is.
        match tokio::time::timeout(FIRST_LOOK, stream::prepare(&shared)).await {
            Ok(Ok(())) | Err(_) => {}
            Ok(Err(stream::Trouble::Unfit(why))) => return Err(why),
            Ok(Err(stream::Trouble::Unreachable(why))) => {
                tracing::warn!(why, "the cluster's log cannot be reached; reading goes on");
            }
        }
        let thread = apply::start(sink, Arc::downgrade(&shared), waiting, applied_at)
            .map_err(|error| Unfit::Thread(error.to_string()))?;
        let tasks = vec![
            tokio::spawn(tail::run(Arc::clone(&shared))),
            tokio::spawn(heartbeat::run(Arc::clone(&shared))),
            tokio::spawn(compare::run(Arc::clone(&shared))),
            tokio::spawn(standby::run(Arc::clone(&shared))),
        ];
        Ok((Self { shared, tasks }, thread))
    }

    /// What else of the cluster needs.
    #[must_use]
    pub fn link(&self) -> Link {
        Link {
            client: self.shared.client.clone(),
            names: self.shared.names.clone(),
            node: self.shared.settings.node,
            site: self.shared.settings.site.as_str().into(),
            health: self.shared.health.clone(),
            applied: self.shared.applied.clone(),
        }
    }
}

/// What the parts of a node that are not the log need of the cluster. Cheap to clone.
#[derive(Clone)]
pub struct Link {
    client: Client,
    names: Names,
    node: u32,
    site: Arc<str>,
    health: health::Health,
    applied: watch::Receiver<Seq>,
}

impl Link {
    /// The connection to the broker, for what nodes tell each other beside the log.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// How things of this cluster are called at the broker.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// This node's number.
    #[must_use]
    pub const fn node(&self) -> u32 {
        self.node
    }

    /// The name of this node's site; the first one has none.
    #[must_use]
    pub fn site(&self) -> &str {
        &self.site
    }

    /// How this node's site stands to the one whose log it copies; nothing: it has the log itself.
    #[must_use]
    pub fn standby(&self) -> Option<Standby> {
        self.health.standby()
    }

    /// How this node stands to the log, and its changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<State> {
        self.health.state()
    }

    /// The last record applied.
    #[must_use]
    pub fn applied(&self) -> Seq {
        *self.applied.borrow()
    }

    /// The digest of the log up to a record, if it was applied lately.
    #[must_use]
    pub fn digest_at(&self, seq: Seq) -> Option<Digest> {
        self.health.digest_at(seq)
    }

    /// Whether this node stands aside because of what its store has, or cannot do.
    #[must_use]
    pub fn distrusts_store(&self) -> bool {
        self.health.distrusts_store()
    }

    /// This node must not write any more: an administrator has to look.
    pub fn fence(&self, why: &str) {
        self.health.fence(why);
    }
}

impl Shared {
    /// The largest record that the broker takes, as it is configured.
    fn record_bytes_max(&self) -> usize {
        self.client.max_payload().saturating_sub(HEADER_BYTES_MAX).min(RECORD_BYTES_MAX)
    }
}

/// How long the start waits for the broker before the node serves reads without it.
const FIRST_LOOK: Duration = Duration::from_secs(2);

impl Drop for JetStream {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Log for JetStream {
    fn append(&self, record: Record) -> BoxFuture<'static, Outcome> {
        append::append(Arc::clone(&self.shared), record).boxed()
    }

    fn barrier(&self) -> BoxFuture<'static, Result<(), Refused>> {
        barrier::barrier(Arc::clone(&self.shared)).boxed()
    }

    fn is_behind(&self) -> bool {
        *self.shared.health.state().borrow() != State::Live
    }
}
