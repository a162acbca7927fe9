//! Floor 2: the only place where domain, log and store meet. Commands go in, are decided against
//! memory or a snapshot of the store, become facts on the log, and are answered when they are
//! durable and readable. Reads go through [`Engine::read`]; whoever waits for news uses [`Wake`].

mod accounts;
mod closing;
mod device_news;
mod ephemera;
mod epochs;
mod follow_up;
mod ignored;
mod locks;
mod office;
mod passwords;
mod retention;
mod rooms;
mod sessions;
mod standing;
pub mod unread;
mod upkeep;
pub mod view;
mod wake;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use alphorn_domain::{Context, Signer};
use alphorn_log::{Log, Outcome, Refused};
use alphorn_model::{
    Aggregate, Clock, Entropy, ErrorCode, Fact, OwnedServerName, Record, RecordId, Refusal, Seq, SyncToken,
    TimestampMs, record::RECORD_VERSION,
};
use alphorn_store::{Reader, Store, StoreError};

pub use accounts::{NewAccount, NewSession, Session};
pub use alphorn_domain as domain;
pub use alphorn_model as model;
pub use alphorn_store as store;
pub use ephemera::{Ephemera, Moment, Presence, PresenceState};
pub use epochs::Epochs;
pub use ignored::ignored_users;
pub use office::Invited;
pub use passwords::PasswordCost;
pub use retention::{ForgetBytes, OtherClocks};
pub use rooms::{RoomWish, Sent};
pub use sessions::{Requester, token_hash};
pub use wake::{Key, Waiting, Wake};

use locks::KeyedLocks;

/// What the engine is made of.
pub struct Parts {
    /// Reads.
    pub store: Store,
    /// Takes facts.
    pub log: Arc<dyn Log>,
    /// Signs in the server's name.
    pub signer: Arc<Signer>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Told by the store's writer of what is applied: the same one that the store was opened with.
    pub wake: Arc<Wake>,
    /// This node's number in the cluster.
    pub node: u32,
    /// How costly a password guess is.
    pub password_cost: PasswordCost,
}

struct Inner {
    parts: Parts,
    rooms: rooms::Rooms,
    locks: KeyedLocks,
    sessions: sessions::SessionCache,
    ephemera: Ephemera,
    unread: unread::UnreadCounts,
    hashing: tokio::sync::Semaphore,
    record_count: AtomicU64,
    record_prefix: String,
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

/// Times that a decision is made anew when others got in first.
const CONFLICTS_MAX: usize = 50;

/// For how long a record with an ambiguous answer is appended again before the caller hears of it: longer than a log of
/// several machines needs for an election, and shorter than clients wait.
const AMBIGUOUS_TIME: std::time::Duration = std::time::Duration::from_secs(15);

impl Engine {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let record_prefix = alphorn_model::secret::alphanumeric(&*parts.entropy, 16);
        let node_run = fold(&record_prefix);
        Self(Arc::new(Inner {
            rooms: rooms::Rooms::new(),
            locks: KeyedLocks::default(),
            sessions: sessions::SessionCache::new(Arc::clone(&parts.wake)),
            ephemera: Ephemera::new(node_run, Arc::clone(&parts.wake)),
            unread: unread::UnreadCounts::default(),
            // Hashing is made to be slow and takes much memory: two at a time on two cores.
            hashing: tokio::sync::Semaphore::new(2),
            record_count: AtomicU64::new(0),
            record_prefix,
            parts,
        }))
    }

    /// The name of this server.
    #[must_use]
    pub fn server_name(&self) -> &OwnedServerName {
        self.0.parts.signer.server_name()
    }

    /// Signs in the server's name.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.0.parts.signer
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn now_ms(&self) -> TimestampMs {
        self.0.parts.clock.now_ms()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.parts.clock)
    }

    /// Randomness fit for secrets.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.0.parts.entropy
    }

    /// Where to wait for news.
    #[must_use]
    pub fn wake(&self) -> &Arc<Wake> {
        &self.0.parts.wake
    }

    /// Typing and presence.
    #[must_use]
    pub fn ephemera(&self) -> &Ephemera {
        &self.0.ephemera
    }

    /// Unread counts.
    #[must_use]
    pub fn unread(&self) -> &unread::UnreadCounts {
        &self.0.unread
    }

    /// The store, for reading where blocking is allowed.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// Waits until this node has everything that any node had written when this was called.
    ///
    /// # Errors
    /// `IO.ALPHORN.NODE_BEHIND` when that cannot be known now.
    pub async fn up_to_date(&self) -> Result<(), Refusal> {
        self.0.parts.log.barrier().await.map_err(|why| {
            tracing::debug!(%why, "this node does not know whether it has everything");
            Refusal::behind()
        })
    }

    /// Whether this node is known to lack records that the log has.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.0.parts.log.is_behind()
    }

    /// The epoch of the log, part of every sync token.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.0.parts.wake.epochs().current()
    }

    /// What a client's token comes to in the log's present epoch.
    #[must_use]
    pub fn translate(&self, token: SyncToken) -> SyncToken {
        self.0.parts.wake.epochs().translate(token)
    }

    /// What decisions of the domain need.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context { signer: &self.0.parts.signer, now_ms: self.now_ms(), entropy: self.entropy() }
    }

    /// Reads from one consistent snapshot, where blocking is allowed.
    ///
    /// # Errors
    /// The closure's refusal; a failing store is logged and refused as an internal error.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader<'_>) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (store, now) = (self.0.parts.store.clone(), self.now_ms());
        match tokio::task::spawn_blocking(move || store.read_at(now, read)).await {
            Ok(outcome) => outcome.map_err(ReadError::into_refusal),
            Err(error) => {
                tracing::error!(%error, "a read did not finish");
                Err(Refusal::internal())
            }
        }
    }

    /// Decides on a snapshot of the store what becomes of one aggregate, and makes it so. The
    /// decision is made again when something else got in first; without facts nothing is written.
    ///
    /// # Errors
    /// The decision's refusal, or that nothing can be written now.
    pub async fn decide<T: Send + 'static>(
        &self,
        aggregate: Aggregate,
        decide: impl Fn(&Reader<'_>) -> Result<(Vec<Fact>, T), ReadError> + Send + Sync + 'static,
    ) -> Result<T, Refusal> {
        let key = aggregate.key();
        let _turn = self.0.locks.take(&key).await;
        let decide = Arc::new(decide);
        for _ in 0..CONFLICTS_MAX {
            let (decide, key) = (Arc::clone(&decide), key.clone());
            let (seq, (facts, value)) =
                self.read(move |reader| Ok((reader.aggregate_seq(&key)?, decide(reader)?))).await?;
            if facts.is_empty() {
                return Ok(value);
            }
            match self.append(self.record(aggregate.clone(), Some(seq), facts)).await {
                Outcome::Committed(_) => return Ok(value),
                Outcome::Conflict => {}
                other => return Err(refuse(&other)),
            }
        }
        tracing::warn!(aggregate = key, "a decision lost its race too often");
        Err(Refusal::writes_unavailable("too many writers at once"))
    }

    /// Appends facts that need no precondition; gives the record's sequence number.
    ///
    /// # Errors
    /// That nothing can be written now.
    pub async fn note(&self, aggregate: Aggregate, facts: Vec<Fact>) -> Result<Seq, Refusal> {
        match self.append(self.record(aggregate, None, facts)).await {
            Outcome::Committed(seq) => Ok(seq),
            other => Err(refuse(&other)),
        }
    }

    fn record(&self, aggregate: Aggregate, prev: Option<Seq>, facts: Vec<Fact>) -> Record {
        let count = self.0.record_count.fetch_add(1, Ordering::Relaxed);
        Record {
            v: RECORD_VERSION,
            id: RecordId(format!("{}{count:x}", self.0.record_prefix)),
            aggregate,
            prev,
            node: self.0.parts.node,
            time: self.now_ms(),
            facts,
        }
    }

    /// Appends until the answer is definite.
    async fn append(&self, record: Record) -> Outcome {
        let start = tokio::time::Instant::now();
        let mut attempt = 0_u32;
        while attempt == 0 || start.elapsed() < AMBIGUOUS_TIME {
            match self.0.parts.log.append(record.clone()).await {
                Outcome::Unknown => {
                    let pause_ms = 5_u64 << attempt.min(6);
                    attempt += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(pause_ms)).await;
                }
                definite => return definite,
            }
        }
        Outcome::Unknown
    }
}

/// A number for this run of this node, from its random record prefix.
fn fold(prefix: &str) -> u32 {
    prefix.bytes().fold(17_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)))
}

fn refuse(outcome: &Outcome) -> Refusal {
    match outcome {
        Outcome::NotCommitted(Refused::TooLarge) => {
            Refusal::new(ErrorCode::TooLarge, "this is more than can be stored at once")
        }
        Outcome::NotCommitted(why) => Refusal::writes_unavailable(&why.to_string()),
        _ => Refusal::writes_unavailable(
            "the log does not answer; whether this was stored is not known, try again",
        ),
    }
}

/// Why a read or a decision on a snapshot ended early: a refusal, or the store failed.
#[derive(Debug)]
pub enum ReadError {
    /// The request is refused.
    Refused(Refusal),
    /// The store failed.
    Store(StoreError),
}

impl ReadError {
    /// What the client is told.
    #[must_use]
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Store(error) => {
                tracing::error!(%error, "reading from the store failed");
                Refusal::internal()
            }
        }
    }
}

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for ReadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
