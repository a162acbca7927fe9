//! The thread that owns the store's writer: applies what the tail brings, and tells who waits.

use std::{
    sync::{Arc, Weak, atomic::Ordering::Relaxed},
    thread::JoinHandle,
    time::Duration,
};

use alphorn_model::{Aggregate, Delivered, Fact, Seq, Sink, SinkError, fact::LogFact};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Shared, health::Health};

/// Records in one transaction at most.
const BATCH_MAX: usize = 2_000;

/// How long a full disk has until it is tried again.
const FULL_PAUSE: Duration = Duration::from_millis(500);

/// Something to do with the store's writer.
pub(super) enum Task {
    /// The next record.
    Apply(Delivered),
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
        Applier { sink, shared, applied }.run(waiting);
    })
}

struct Applier<S> {
    sink: S,
    shared: Weak<Shared>,
    applied: watch::Sender<Seq>,
}

impl<S: Sink> Applier<S> {
    fn run(mut self, mut waiting: mpsc::Receiver<Task>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut next = Some(first);
            let mut records = Vec::new();
            let mut questions = Vec::new();
            while let Some(task) = next.take() {
                match task {
                    Task::Apply(record) => records.push(record),
                    Task::Head(aggregate, answer) => questions.push((aggregate, answer)),
                }
                if records.len() < BATCH_MAX {
                    next = waiting.try_recv().ok();
                }
            }
            if !records.is_empty() && !self.apply(&records) {
                return;
            }
            for (aggregate, answer) in questions {
                if let Ok(head) = self.sink.head(&aggregate) {
                    let _gone = answer.send(head);
                }
            }
        }
    }

    /// Applies records; false: this node can apply nothing any more.
    fn apply(&mut self, records: &[Delivered]) -> bool {
        loop {
            match self.sink.apply(records) {
                Ok(verdicts) => {
                    let Some(shared) = self.shared.upgrade() else { return false };
                    shared.health.disk_full(false);
                    let known: std::collections::HashMap<_, _> =
                        verdicts.iter().map(|verdict| (verdict.seq, *verdict)).collect();
                    note_epochs(&shared, records);
                    // First how far it is, then who waited: they read from the store.
                    self.applied.send_replace(self.sink.applied());
                    for record in records {
                        if let Some(verdict) = known.get(&record.seq) {
                            shared.own.applied(&record.record.id, *verdict);
                        }
                    }
                    shared.health.checkpoint(&verdicts);
                    return true;
                }
                Err(SinkError::Full) => {
                    let Some(health) = self.health() else { return false };
                    health.disk_full(true);
                    std::thread::sleep(FULL_PAUSE);
                }
                Err(SinkError::Broken(why)) => {
                    if let Some(health) = self.health() {
                        health.fence(&format!("the store cannot apply a record: {why}"));
                    }
                    return false;
                }
            }
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
