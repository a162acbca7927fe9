//! Appending a record: send it until what became of it is definite, or say that it is not.

use std::{sync::Arc, time::Duration};

use alphorn_model::{Aggregate, Record, Seq, Verdict};
use bytes::Bytes;
use rand::Rng as _;
use tokio::{sync::oneshot, time::Instant};

use super::{
    Shared,
    apply::Task,
    health::State,
    own::Ticket,
    publish::{Attempt, publish},
};
use crate::{Outcome, Refused};

/// How long one call tries. The caller tries again with the same record while it does not know.
const PATIENCE: Duration = Duration::from_secs(6);

/// How long a further call for the same record tries: the caller decides how many there are.
const PATIENCE_AGAIN: Duration = Duration::from_secs(2);

/// How long a stored record may take until it is applied here before the call ends without knowing.
const APPLY_TIME: Duration = Duration::from_secs(5);

/// Appends one record, unless the broker is known not to answer.
pub(super) async fn append(shared: Arc<Shared>, record: Record) -> Outcome {
    append_as(&shared, record, Admission::Asked).await
}

/// Appends one record even when the broker did not answer lately: to see whether it does again.
pub(super) async fn probe(shared: &Shared, record: Record) -> Outcome {
    append_as(shared, record, Admission::Open).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Admission {
    Asked,
    Open,
}

async fn append_as(shared: &Shared, record: Record, admission: Admission) -> Outcome {
    let body = match serde_json::to_vec(&record) {
        Ok(body) if body.len() <= shared.record_bytes_max() => Bytes::from(body),
        Ok(_) => return Outcome::NotCommitted(Refused::TooLarge),
        Err(error) => return Outcome::NotCommitted(Refused::Broken(error.to_string())),
    };
    let ticket = shared.own.expect(&record.id);
    if !ticket.again
        && admission == Admission::Asked
        && let Err(why) = admitted(shared).await
    {
        shared.own.forget(&record.id);
        return Outcome::NotCommitted(why);
    }
    let Ok(_place) = shared.places.acquire().await else {
        return Outcome::NotCommitted(Refused::Stopping);
    };
    let attempts = Attempts {
        shared,
        subject: shared.names.of_aggregate(&record.aggregate),
        expected: record.prev,
        doubt: ticket.again,
        deadline: Instant::now() + if ticket.again { PATIENCE_AGAIN } else { PATIENCE },
        record: &record,
        ticket,
        body,
    };
    let outcome = attempts.run().await;
    if outcome != Outcome::Unknown {
        shared.own.forget(&record.id);
    }
    outcome
}

/// Whether a new record may be sent. A connection that was just lost is waited for.
async fn admitted(shared: &Shared) -> Result<(), Refused> {
    let admitted = shared.health.admits();
    let grace = shared.health.grace();
    if admitted != Err(Refused::NoQuorum) || grace.is_zero() {
        return admitted;
    }
    let mut state = shared.health.state();
    drop(tokio::time::timeout(grace, state.wait_for(|state| *state == State::Live)).await);
    shared.health.admits()
}

struct Attempts<'a> {
    shared: &'a Shared,
    record: &'a Record,
    body: Bytes,
    subject: String,
    /// What the broker is to compare: the last record of the aggregate, void ones among them.
    expected: Option<Seq>,
    ticket: Ticket,
    /// Whether an attempt may have been stored without our knowing.
    doubt: bool,
    deadline: Instant,
}

impl Attempts<'_> {
    async fn run(mut self) -> Outcome {
        loop {
            let sent = Instant::now();
            let attempt = tokio::select! {
                biased;
                verdict = self.ticket.verdict() => {
                    self.shared.health.answered();
                    return settled(verdict);
                }
                attempt = publish(self.shared, &self.subject, &self.record.id, self.expected, self.body.clone()) => attempt,
            };
            match attempt {
                Attempt::Ambiguous => self.shared.health.unanswered(sent),
                Attempt::Nobody => self.shared.health.nobody(),
                _ => self.shared.health.answered(),
            }
            if let Some(outcome) = self.judge(attempt).await {
                return outcome;
            }
            if Instant::now() > self.deadline {
                return self.undecided(Refused::NoQuorum);
            }
            let pause_ms = rand::rng().random_range(5..50);
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
    }

    /// What an attempt means; nothing: try again.
    async fn judge(&mut self, attempt: Attempt) -> Option<Outcome> {
        match attempt {
            Attempt::Stored(_) => {
                self.doubt = true;
                let applied = tokio::time::timeout(APPLY_TIME, self.ticket.verdict()).await;
                Some(applied.map_or(Outcome::Unknown, settled))
            }
            Attempt::Overtaken(last) => self.overtaken(last).await,
            Attempt::Busy => None,
            Attempt::Ambiguous => {
                self.doubt = true;
                None
            }
            Attempt::Nobody if self.doubt => None,
            Attempt::Nobody if !self.shared.health.grace().is_zero() => None,
            Attempt::Nobody => Some(Outcome::NotCommitted(Refused::NoQuorum)),
            Attempt::Refused(why) => Some(self.undecided(why)),
        }
    }

    fn undecided(&self, why: Refused) -> Outcome {
        if self.doubt { Outcome::Unknown } else { Outcome::NotCommitted(why) }
    }

    /// The subject has moved on: by another node's record, by an earlier attempt of this one, or by one
    /// that was void.
    async fn overtaken(&mut self, last: Seq) -> Option<Outcome> {
        let mut applied = self.shared.applied.clone();
        let reached = applied.wait_for(|applied| *applied >= last);
        if tokio::time::timeout(APPLY_TIME, reached).await.is_err() {
            return Some(self.undecided(Refused::Behind));
        }
        if let Some(verdict) = self.ticket.now() {
            return Some(settled(verdict));
        }
        match head(self.shared, &self.record.aggregate).await {
            None => Some(self.undecided(Refused::Stopping)),
            Some(head) if Some(head) == self.record.prev => {
                self.expected = Some(last);
                None
            }
            Some(_) => Some(Outcome::Conflict),
        }
    }
}

async fn head(shared: &Shared, aggregate: &Aggregate) -> Option<Seq> {
    let (answer, head) = oneshot::channel();
    shared.tasks.send(Task::Head(aggregate.clone(), answer)).await.ok()?;
    head.await.ok()
}

fn settled(verdict: Verdict) -> Outcome {
    if verdict.counts { Outcome::Committed(verdict.seq) } else { Outcome::Conflict }
}
