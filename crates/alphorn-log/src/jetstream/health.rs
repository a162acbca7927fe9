//! How this node stands to the cluster's log: may it write, is it up to date, must it stand aside.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use alphorn_model::{Digest, Seq, Verdict};
use parking_lot::Mutex;
use tokio::{sync::watch, time::Instant};

use crate::Refused;

/// After this long without an answer nothing new is sent: a broker without its majority does not
/// get well while requests pile up (nats-server#8519).
const PATIENCE: Duration = Duration::from_secs(2);

/// For so long a write waits for a connection or a leader that went away: they are back within moments
/// when a server is stopped in an orderly way.
const GRACE: Duration = Duration::from_secs(2);

/// How a node stands to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has not seen the log yet.
    Starting,
    /// It reads what it lacks: so many records.
    CatchingUp(u64),
    /// It has what there is, and can write.
    Live,
    /// It reads on, and cannot write.
    ReadOnly(Refused),
    /// It must not write any more: an administrator has to look.
    Fenced(String),
}

/// How a site that copies another one's log stands to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standby {
    /// Records that the other site is known to have and this one lacks.
    pub lag: u64,
    /// How long ago the other site was heard; nothing: not since this site's broker was started.
    pub heard: Option<Duration>,
}

#[derive(Default)]
struct Inner {
    connected: bool,
    /// Set where the log is a copy.
    standby: Option<Standby>,
    /// Since when requests are not answered.
    silent_since: Option<Instant>,
    /// Since when there is no connection, or nobody who takes records.
    missing_since: Option<Instant>,
    /// How many records are known to lack; nothing: the log was not seen yet.
    lacking: Option<u64>,
    /// Since when the log is said to be shorter than the store.
    short_since: Option<Instant>,
    disk_full: bool,
    fenced: Option<String>,
    /// The reason is the store itself.
    distrusts_store: bool,
    last_answer: Option<Instant>,
    /// The digests of the newest records, in order.
    digests: VecDeque<(Seq, Digest)>,
}

/// Digests kept: a node that is further behind is compared later.
const DIGESTS_KEPT: usize = 4_096;

/// The state, and what it is made of.
#[derive(Clone)]
pub(super) struct Health {
    inner: Arc<Mutex<Inner>>,
    state: Arc<watch::Sender<State>>,
}

impl Health {
    pub(super) fn new() -> Self {
        Self { inner: Arc::default(), state: Arc::new(watch::channel(State::Starting).0) }
    }

    pub(super) fn state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.inner.lock();
        change(&mut inner);
        let now = inner.state();
        // Under the lock, so that states come out in the order in which they were.
        self.state.send_if_modified(|state| {
            let news = *state != now;
            if news {
                tracing::debug!(?now, "the log's state");
                *state = now;
            }
            news
        });
    }

    /// The connection came or went.
    pub(super) fn connected(&self, connected: bool) {
        self.change(|inner| {
            inner.connected = connected;
            if !connected {
                inner.missing_since.get_or_insert_with(Instant::now);
            }
        });
    }

    /// The broker answered a write.
    pub(super) fn answered(&self) {
        self.change(|inner| {
            inner.silent_since = None;
            inner.missing_since = None;
            inner.last_answer = Some(Instant::now());
        });
    }

    /// The broker did not answer a write that was sent so long ago.
    pub(super) fn unanswered(&self, since: Instant) {
        self.change(|inner| {
            // An answer to something sent later says that all is well.
            if inner.last_answer.is_none_or(|last| last < since) {
                inner.silent_since.get_or_insert(since);
            }
        });
    }

    /// A record reached nobody who could take it.
    pub(super) fn nobody(&self) {
        self.inner.lock().missing_since.get_or_insert_with(Instant::now);
    }

    /// For how long it is worth waiting for whoever is missing.
    pub(super) fn grace(&self) -> Duration {
        let since = self.inner.lock().missing_since;
        since.map_or(Duration::ZERO, |since| GRACE.saturating_sub(since.elapsed()))
    }

    /// The way to the log is broken, whatever the connection says.
    pub(super) fn silent(&self) {
        self.change(|inner| {
            inner.silent_since = Some(Instant::now().checked_sub(PATIENCE * 2).unwrap_or_else(Instant::now));
        });
    }

    /// Records were applied: keeps their digests for comparison with other nodes.
    pub(super) fn checkpoint(&self, verdicts: &[Verdict]) {
        let mut inner = self.inner.lock();
        for verdict in verdicts {
            if inner.digests.len() >= DIGESTS_KEPT {
                inner.digests.pop_front();
            }
            inner.digests.push_back((verdict.seq, verdict.digest));
        }
    }

    /// The newest digest.
    pub(super) fn newest_digest(&self) -> Option<(Seq, Digest)> {
        self.inner.lock().digests.back().copied()
    }

    /// The digest up to a record, if it is still kept.
    pub(super) fn digest_at(&self, seq: Seq) -> Option<Digest> {
        let inner = self.inner.lock();
        let first = inner.digests.front()?.0;
        let index = usize::try_from(seq.checked_sub(first)?).ok()?;
        inner.digests.get(index).filter(|(at, _)| *at == seq).map(|(_, digest)| *digest)
    }

    /// So many records are known to be missing here.
    pub(super) fn lacking(&self, records: u64) {
        self.change(|inner| inner.lacking = Some(records));
    }

    /// The log is a copy of another site's, or is the log itself.
    pub(super) fn set_standby(&self, standby: Option<Standby>) {
        self.change(|inner| inner.standby = standby);
    }

    /// How this site stands to the one whose log it copies.
    pub(super) fn standby(&self) -> Option<Standby> {
        self.inner.lock().standby.clone()
    }

    /// For how long the log has been said to be shorter than the store; nothing: it is not.
    pub(super) fn short_for(&self, short: bool) -> Option<Duration> {
        let mut inner = self.inner.lock();
        inner.short_since = if short { inner.short_since.or_else(|| Some(Instant::now())) } else { None };
        inner.short_since.map(|since| since.elapsed())
    }

    /// Whether the local disk is full.
    pub(super) fn disk_full(&self, full: bool) {
        self.change(|inner| inner.disk_full = full);
    }

    /// This node must not write any more.
    pub(super) fn fence(&self, why: &str) {
        tracing::error!(why, "this node takes no part in the cluster any more");
        self.change(|inner| {
            inner.fenced.get_or_insert_with(|| why.to_owned());
        });
    }

    /// This node must not write any more, and its store must be made anew.
    pub(super) fn distrust(&self, why: &str) {
        let mut inner = self.inner.lock();
        // Another reason that was first stays the reason.
        inner.distrusts_store |= inner.fenced.is_none();
        drop(inner);
        self.fence(why);
    }

    /// Whether this node was fenced because of its store.
    pub(super) fn distrusts_store(&self) -> bool {
        self.inner.lock().distrusts_store
    }

    /// Whether this node was fenced.
    pub(super) fn is_fenced(&self) -> bool {
        self.inner.lock().fenced.is_some()
    }

    /// Looks again: time passed.
    pub(super) fn look(&self) {
        self.change(|_| {});
    }

    /// Whether a new record may be sent.
    pub(super) fn admits(&self) -> Result<(), Refused> {
        self.inner.lock().admits()
    }
}

/// Up to so many missing records a node counts as up to date: they are applied within moments.
pub(super) const ABREAST: u64 = 2_000;

impl Inner {
    fn admits(&self) -> Result<(), Refused> {
        if let Some(why) = &self.fenced {
            return Err(Refused::Broken(why.clone()));
        }
        if self.disk_full {
            return Err(Refused::DiskFull);
        }
        let silent = self.silent_since.is_some_and(|since| since.elapsed() > PATIENCE);
        if !self.connected || silent {
            return Err(Refused::NoQuorum);
        }
        if self.lacking.is_none_or(|records| records > ABREAST) {
            return Err(Refused::Behind);
        }
        if self.standby.is_some() {
            return Err(Refused::Standby);
        }
        Ok(())
    }

    fn state(&self) -> State {
        match (self.admits(), self.lacking) {
            (Err(Refused::Broken(why)), _) => State::Fenced(why),
            (Ok(()), _) => State::Live,
            (Err(Refused::Behind), Some(records)) => State::CatchingUp(records),
            (Err(_), None) => State::Starting,
            (Err(why), _) => State::ReadOnly(why),
        }
    }
}
