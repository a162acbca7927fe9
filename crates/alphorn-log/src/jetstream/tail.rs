//! Following the log: what was just stored comes by itself, gaps are asked for, and when nothing comes
//! it is asked whether there is something. No consumer's state at the broker is needed.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use alphorn_model::{Delivered, Seq};
use async_nats::Subscriber;
use futures_util::{StreamExt as _, stream::iter};
use tokio::{
    sync::{Semaphore, oneshot},
    time::Instant,
};

use super::{
    Shared, Unfit,
    apply::Task,
    fetch::{self, Trouble},
    health::ABREAST,
    stream,
};

/// How long a record may be missing before it is asked for: those after it may just have overtaken it.
const GAP_TIME: Duration = Duration::from_millis(20);

/// How often it is asked whether something was missed, and how much is missing.
const IDLE_TIME: Duration = Duration::from_millis(500);

/// How long the broker has after it did not answer.
const PAUSE: Duration = Duration::from_millis(200);

/// A log of which so many records are missing is read in several pieces at once.
const FAR: u64 = 5_000;

/// Pieces of the log that are asked for at once, and of those that wait to be applied.
const PIECES: usize = 4;

/// Records that came before their time and are kept at most.
const EARLY_MAX: usize = 10_000;

/// Follows the log until the node is fenced or stopped.
pub(super) async fn run(shared: Arc<Shared>) {
    let why = loop {
        match follow(&shared).await {
            Err(End::Unreachable(why)) => {
                tracing::debug!(why, "the log cannot be followed now");
                tokio::time::sleep(PAUSE).await;
            }
            Err(End::Unfit(why)) => break why,
            Err(End::Stopped) => return,
            Ok(never) => match never {},
        }
    };
    shared.health.fence(&why);
}

enum End {
    Unreachable(String),
    Unfit(String),
    Stopped,
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable(why) => Self::Unreachable(why),
            Trouble::Unusable(why) => Self::Unfit(why),
        }
    }
}

impl From<stream::Trouble> for End {
    fn from(trouble: stream::Trouble) -> Self {
        match trouble {
            stream::Trouble::Unreachable(why) => Self::Unreachable(why),
            stream::Trouble::Unfit(why) => Self::Unfit(Unfit::to_string(&why)),
        }
    }
}

async fn follow(shared: &Arc<Shared>) -> Result<std::convert::Infallible, End> {
    stream::prepare(shared).await?;
    let live = shared.client.subscribe(shared.names.tail()).await;
    let live = live.map_err(|error| End::Unreachable(error.to_string()))?;
    let next = *shared.applied.borrow() + 1;
    Tail { shared, live, next, early: BTreeMap::new(), sent: next, whole: false }.run().await
}

struct Tail<'a> {
    shared: &'a Arc<Shared>,
    live: Subscriber,
    /// The record that is to come next.
    next: Seq,
    /// Records that came before their time.
    early: BTreeMap<Seq, Delivered>,
    /// How far records were given to the store when this began: nothing below is asked for again.
    sent: Seq,
    /// Whether the store was told that it had everything.
    whole: bool,
}

impl Tail<'_> {
    async fn run(mut self) -> Result<std::convert::Infallible, End> {
        self.catch_up().await?;
        let mut asked = Instant::now();
        let mut gap = None;
        let mut look = asked + IDLE_TIME;
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(look) => {
                    self.catch_up().await?;
                    asked = Instant::now();
                }
                message = self.live.next() => {
                    let Some(message) = message else {
                        return Err(End::Unreachable("the connection was closed".to_owned()));
                    };
                    self.take(fetch::read(&message)?).await?;
                }
            }
            // From the moment that the gap appeared: what comes after it must not put it off.
            gap = if self.early.is_empty() { None } else { gap.or_else(|| Some(Instant::now())) };
            look = gap.map_or(asked + IDLE_TIME, |since| since.max(asked) + GAP_TIME);
        }
    }

    /// Takes a record that came by itself.
    async fn take(&mut self, record: Delivered) -> Result<(), End> {
        if record.seq > self.next {
            if self.early.len() < EARLY_MAX {
                self.early.insert(record.seq, record);
            }
            return Ok(());
        }
        self.give(record).await?;
        while let Some(record) = self.early.remove(&self.next) {
            self.give(record).await?;
        }
        Ok(())
    }

    /// Gives the store its next record.
    async fn give(&mut self, record: Delivered) -> Result<(), End> {
        if record.seq < self.next {
            return Ok(());
        }
        self.next = record.seq + 1;
        self.shared.tasks.send(Task::Apply(record)).await.map_err(|_| End::Stopped)
    }

    /// Asks for what is missing until nothing is.
    async fn catch_up(&mut self) -> Result<(), End> {
        loop {
            let piece = fetch::fetch(self.shared, self.next).await?;
            let came = !piece.records.is_empty();
            if piece.pending > FAR {
                let upto = self.next + (piece.records.len() as u64) + piece.pending - 1;
                let outcome = self.read_far(piece.records, upto).await;
                // Also when it was broken off: what came is of use.
                self.settle(outcome.is_ok()).await?;
                outcome?;
                continue;
            }
            for record in piece.records {
                self.give(record).await?;
            }
            while let Some(record) = self.early.remove(&self.next) {
                self.give(record).await?;
            }
            self.early.retain(|seq, _| *seq >= self.next);
            let unapplied = self.next.saturating_sub(1).saturating_sub(*self.shared.applied.borrow());
            self.shared.health.lacking(piece.pending + unapplied);
            if !came || piece.pending == 0 {
                if !self.whole {
                    self.settle(true).await?;
                }
                tracing::trace!(from = self.sent, next = self.next, "the log was read to its end");
                return Ok(());
            }
        }
    }

    /// Reads very many records that are known to be there, `first` of which came already: pieces are asked for and
    /// parsed beside each other, and applied in their order. The store is told from the first one on that more
    /// follows: one that is being made is finished only once.
    async fn read_far(&mut self, first: Vec<Delivered>, upto: Seq) -> Result<(), End> {
        let places = Arc::new(Semaphore::new(PIECES));
        let shared = self.shared;
        self.give_ahead(first, &places).await?;
        let step = fetch::BATCH as Seq;
        let starts = (self.next..=upto).step_by(fetch::BATCH);
        let mut pieces = iter(starts)
            .map(|from| tokio::spawn(fetch::range(Arc::clone(shared), from, upto.min(from + step - 1))))
            .buffered(PIECES);
        while let Some(piece) = pieces.next().await {
            let records = piece.map_err(|error| End::Unreachable(error.to_string()))??;
            self.give_ahead(records, &places).await?;
            let applied = *self.shared.applied.borrow();
            // Up to date is a node when the store has settled, and not before.
            self.shared.health.lacking(upto.saturating_sub(applied).max(ABREAST + 1));
        }
        Ok(())
    }

    /// Waits until the store has what it was given; with `whole`, that is all there was on the log.
    async fn settle(&mut self, whole: bool) -> Result<(), End> {
        let (done, settled) = oneshot::channel();
        self.shared.tasks.send(Task::Settle { whole, done }).await.map_err(|_| End::Stopped)?;
        settled.await.map_err(|_| End::Stopped)?;
        self.whole |= whole;
        Ok(())
    }

    /// Gives the store its next records, of very many.
    async fn give_ahead(&mut self, records: Vec<Delivered>, places: &Arc<Semaphore>) -> Result<(), End> {
        let place = Arc::clone(places).acquire_owned().await.map_err(|_| End::Stopped)?;
        self.next += records.len() as Seq;
        self.shared.tasks.send(Task::Ahead(records, place)).await.map_err(|_| End::Stopped)
    }
}
