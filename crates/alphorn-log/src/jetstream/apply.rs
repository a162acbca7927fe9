//! The thread that owns the store's writer: applies what the tail brings, and tells who waits.

use std::{
    sync::{Arc, Weak, atomic::Ordering::Relaxed},
    thread::JoinHandle,
    time::Duration,
};

use alphorn_model::{Aggregate, Delivered, Fact, Seq, Sink, SinkError, Verdict, fact::LogFact};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use super::{Shared, health::Health};

/// Records in one transaction at most.
const BATCH_MAX: usize = 2_000;

/// How long a full disk has until it is tried again.
const FULL_PAUSE: Duration = Duration::from_millis(500);

/// Something to do with the store's writer.
pub(super) enum Task {
    /// The next record.
    Apply(Delivered),
    /// The next records, of very many: they need not be readable before [`Task::Settle`]. They hold their place
    /// until they are applied.
    Ahead(Vec<Delivered>, OwnedSemaphorePermit),
    /// What was applied ahead is to be readable; then it is said so. With `whole`, it is all that the log had.
    Settle {
        /// Whether the log was read to its end.
        whole: bool,
        /// Is told.
        done: oneshot::Sender<()>,
    },
    /// Tell an aggregate's last record that counted.
    Head(Aggregate, oneshot::Sender<Seq>),
}

/// Starts the thread. It ends when nobody can give it anything any more.
pub(super) fn start(
    sink: impl Sink,
    shared: Weak<Shared>,
    waiting: mpsc::Receiver<Task>,
    applied: watch::Sender<Seq>,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("log".to_owned()).spawn(move || {
        Applier { sink, shared, applied, ahead: Vec::new(), verdicts: Vec::new() }.run(waiting);
    })
}

/// What is done in one go.
#[derive(Default)]
struct Work {
    records: Vec<Delivered>,
    /// Whether more follows at once.
    more: bool,
    places: Vec<OwnedSemaphorePermit>,
    questions: Vec<(Aggregate, oneshot::Sender<Seq>)>,
    /// Who waits until all is settled.
    settled: Vec<oneshot::Sender<()>>,
    whole: bool,
}

impl Work {
    fn add(&mut self, task: Task) {
        match task {
            Task::Apply(record) => {
                self.records.push(record);
                self.more = false;
            }
            Task::Ahead(records, place) => {
                self.records.extend(records);
                self.places.push(place);
                self.more = true;
            }
            Task::Settle { whole, done } => {
                self.more = false;
                self.whole = whole;
                self.settled.push(done);
            }
            Task::Head(aggregate, answer) => self.questions.push((aggregate, answer)),
        }
    }
}

struct Applier<S> {
    sink: S,
    shared: Weak<Shared>,
    applied: watch::Sender<Seq>,
    /// What the store took and may not have for good yet, and what it made of it.
    ahead: Vec<Delivered>,
    verdicts: Vec<Verdict>,
}

impl<S: Sink> Applier<S> {
    fn run(mut self, mut waiting: mpsc::Receiver<Task>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut next = Some(first);
            let mut work = Work { more: !self.ahead.is_empty(), ..Work::default() };
            while let Some(task) = next.take() {
                work.add(task);
                if work.records.len() < BATCH_MAX {
                    next = waiting.try_recv().ok();
                }
            }
            let due = !work.records.is_empty() || !self.ahead.is_empty() || !work.settled.is_empty();
            if due && !self.apply(work.records, work.more) {
                return;
            }
            if work.whole && !self.caught_up() {
                return;
            }
            drop(work.places);
            for done in work.settled {
                let _gone = done.send(());
            }
            for (aggregate, answer) in work.questions {
                if let Ok(head) = self.sink.head(&aggregate) {
                    let _gone = answer.send(head);
                }
            }
        }
    }

    /// The store has all that there was; false: it cannot keep it.
    fn caught_up(&mut self) -> bool {
        let Err(error) = self.sink.caught_up() else { return true };
        if let Some(health) = self.health() {
            health.distrust(&format!("the store cannot be finished: {error}"));
        }
        false
    }

    /// Applies records; false: this node can apply nothing any more.
    fn apply(&mut self, records: Vec<Delivered>, more: bool) -> bool {
        let mut from = self.ahead.len();
        self.ahead.extend(records);
        loop {
            let new = self.ahead.get(from..).unwrap_or_default();
            let outcome = if more { self.sink.apply_ahead(new) } else { self.sink.apply(new) };
            match outcome {
                Ok(verdicts) => {
                    self.verdicts.extend(verdicts);
                    let reached = self.sink.applied();
                    let settled = self.ahead.last().is_none_or(|last| last.seq <= reached);
                    return !settled || self.settle(reached);
                }
                Err(SinkError::Full) => {
                    let Some(health) = self.health() else { return false };
                    health.disk_full(true);
                    std::thread::sleep(FULL_PAUSE);
                    // Nothing was kept of what was not there for good.
                    from = 0;
                    self.verdicts.clear();
                }
                Err(SinkError::Broken(why)) => {
                    if let Some(health) = self.health() {
                        health.distrust(&format!("the store cannot apply a record: {why}"));
                    }
                    return false;
                }
            }
        }
    }

    /// Tells what became of the records that the store has for good; false: nobody is there any more.
    fn settle(&mut self, reached: Seq) -> bool {
        let Some(shared) = self.shared.upgrade() else { return false };
        shared.health.disk_full(false);
        note_epochs(&shared, &self.ahead);
        // First how far it is, then who waited: they read from the store.
        self.applied.send_replace(reached);
        // Records that were applied before have no verdict.
        let mut verdicts = self.verdicts.iter().peekable();
        for Delivered { seq, record, .. } in &self.ahead {
            if let Some(verdict) = verdicts.next_if(|verdict| verdict.seq == *seq) {
                shared.own.applied(&record.id, *verdict);
            }
        }
        shared.health.checkpoint(&self.verdicts);
        self.let_go();
        self.verdicts.clear();
        // Room for a bulk load is not kept for conversations.
        self.ahead.shrink_to(BATCH_MAX);
        self.verdicts.shrink_to(BATCH_MAX);
        true
    }

    /// Frees records. Very many take a while, which this thread has not.
    fn let_go(&mut self) {
        let records = std::mem::take(&mut self.ahead);
        if records.len() > BATCH_MAX {
            let freeing = std::thread::Builder::new().name("free".to_owned()).spawn(move || drop(records));
            // Without a thread they were freed here.
            drop(freeing);
        } else {
            self.ahead = records;
            self.ahead.clear();
        }
    }

    fn health(&self) -> Option<Health> {
        self.shared.upgrade().map(|shared: Arc<Shared>| shared.health.clone())
    }
}

/// Another site's log goes on where the one before ended.
fn note_epochs(shared: &Shared, records: &[Delivered]) {
    for fact in records.iter().flat_map(|record| &record.record.facts) {
        if let Fact::Log(LogFact::EpochBegan { epoch, .. }) = fact {
            shared.epoch.fetch_max(*epoch, Relaxed);
        }
    }
}
