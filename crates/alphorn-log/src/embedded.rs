//! The log of a server on its own: one thread that takes all records that wait and puts them into
//! the store's database in one durable transaction. The store's `log` table is the log.

use alphorn_model::{Record, Sink, SinkError};
use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::sync::{mpsc, oneshot};

use crate::{Log, Outcome, Refused};

/// Records that may wait for the writer.
const QUEUE_MAX: usize = 4_096;

/// Records in one transaction at most: bounds how long the first of them waits for the last.
const BATCH_MAX: usize = 512;

struct Append {
    record: Record,
    answer: oneshot::Sender<Outcome>,
}

/// A log that is the store itself.
pub struct Embedded {
    queue: mpsc::Sender<Append>,
}

impl Embedded {
    /// Starts the writer thread on `sink`. It ends, having written what waits, when the log is
    /// dropped; the returned handle can be joined to wait for that.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(sink: impl Sink) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let thread = std::thread::Builder::new().name("log".to_owned()).spawn(move || run(sink, waiting))?;
        Ok((Self { queue }, thread))
    }
}

impl Log for Embedded {
    fn append(&self, record: Record) -> BoxFuture<'static, Outcome> {
        let (answer, outcome) = oneshot::channel();
        let queue = self.queue.clone();
        async move {
            if queue.send(Append { record, answer }).await.is_err() {
                return Outcome::NotCommitted(Refused::Stopping);
            }
            // The thread answers everything it took; if it died meanwhile, nobody knows.
            outcome.await.unwrap_or(Outcome::Unknown)
        }
        .boxed()
    }
}

fn run(mut sink: impl Sink, mut waiting: mpsc::Receiver<Append>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = Vec::with_capacity(16);
        batch.push(first);
        while batch.len() < BATCH_MAX {
            let Ok(next) = waiting.try_recv() else { break };
            batch.push(next);
        }
        commit(&mut sink, batch);
    }
}

fn commit(sink: &mut impl Sink, batch: Vec<Append>) {
    let (records, answers): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|append| (append.record, append.answer)).unzip();
    let outcomes = match sink.propose(records) {
        Ok(sequence) => {
            sequence.into_iter().map(|seq| seq.map_or(Outcome::Conflict, Outcome::Committed)).collect()
        }
        Err(error) => vec![Outcome::NotCommitted(refused(error)); answers.len()],
    };
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // A caller that went away does not need its answer.
        let _gone = answer.send(outcome);
    }
}

pub(crate) fn refused(error: SinkError) -> Refused {
    match error {
        SinkError::Full => Refused::DiskFull,
        SinkError::Broken(why) => Refused::Broken(why),
    }
}
