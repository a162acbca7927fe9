//! A client that holds the addresses of all nodes, and goes to the next one when one fails it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::http::{Client, HttpError, Response};

/// Longest wait for one answer: then another node is asked.
const ANSWER_WAIT: Duration = Duration::from_secs(4);
/// Pause after all nodes have failed in a row.
const PAUSE: Duration = Duration::from_millis(100);
/// For how long a node that failed is not asked while there are others.
const SHUNNED: Duration = Duration::from_secs(5);

/// One request that was not answered as hoped.
#[derive(Clone, Debug)]
pub struct Failure {
    /// When the client knew.
    pub at: Instant,
    /// The node that was asked.
    pub node: usize,
    /// What happened.
    pub what: String,
}

/// An answer, with what it took.
#[derive(Clone, Debug)]
pub struct Told {
    /// The answer.
    pub response: Response,
    /// The node that gave it.
    pub node: usize,
    /// When the request was sent for the first time.
    pub started: Instant,
    /// When the answer was read.
    pub ended: Instant,
    /// Requests before that had no such answer.
    pub failures: Vec<Failure>,
}

/// Which nodes are ready, as a load balancer knows it. Clones are the same.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<Vec<AtomicBool>>);

impl Readiness {
    /// So many nodes, all of them ready.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self(Arc::new((0..nodes).map(|_| AtomicBool::new(true)).collect()))
    }

    /// A node is ready, or not.
    pub fn set(&self, node: usize, ready: bool) {
        if let Some(known) = self.0.get(node) {
            known.store(ready, Ordering::Relaxed);
        }
    }

    fn is_ready(&self, node: usize) -> bool {
        self.0.get(node).is_none_or(|ready| ready.load(Ordering::Relaxed))
    }
}

/// Which node of several is asked next: one that has not failed lately, if there is one.
#[derive(Clone, Debug)]
pub struct Turn {
    failed_at: Vec<Option<Instant>>,
    current: usize,
    readiness: Option<Readiness>,
}

impl Turn {
    /// So many nodes, one of them first.
    #[must_use]
    pub fn new(nodes: usize, begin: usize) -> Self {
        Self { failed_at: vec![None; nodes.max(1)], current: begin % nodes.max(1), readiness: None }
    }

    /// The same, which asks no node that is known not to be ready while there is another.
    #[must_use]
    pub fn balanced(self, readiness: Readiness) -> Self {
        Self { readiness: Some(readiness), ..self }
    }

    /// The node that is asked next.
    #[must_use]
    pub fn current(&self) -> usize {
        self.current
    }

    /// Asks another node from now on: this one, or the next that has not failed lately.
    pub fn move_to(&mut self, node: usize) {
        let size = self.failed_at.len();
        let ready = |index: &usize| self.readiness.as_ref().is_none_or(|known| known.is_ready(*index));
        let fine = |index: &usize| {
            let failed = self.failed_at.get(*index).copied().flatten();
            ready(index) && failed.is_none_or(|at| at.elapsed() > SHUNNED)
        };
        let order = || (0..size).map(|step| (node + step) % size);
        self.current = order().find(fine).or_else(|| order().find(ready)).unwrap_or(node % size);
    }

    /// Leaves a node that is known not to be ready.
    pub fn settle(&mut self) {
        if self.readiness.as_ref().is_some_and(|known| !known.is_ready(self.current)) {
            self.move_to(self.current);
        }
    }

    /// The node that was asked has failed.
    pub fn failed(&mut self) {
        let failed = self.current;
        if let Some(at) = self.failed_at.get_mut(failed) {
            *at = Some(Instant::now());
        }
        self.move_to(failed + 1);
    }
}

/// A client of all nodes. It stays with one until that fails it.
#[derive(Clone, Debug)]
pub struct Roaming {
    clients: Vec<Client>,
    turn: Turn,
}

impl Roaming {
    /// A client of these nodes that begins with one of them.
    #[must_use]
    pub fn new(clients: Vec<Client>, begin: usize) -> Self {
        let clients: Vec<Client> =
            clients.into_iter().map(|client| client.with_answer_wait(ANSWER_WAIT)).collect();
        let turn = Turn::new(clients.len(), begin);
        Self { clients, turn }
    }

    /// The same client behind a load balancer.
    #[must_use]
    pub fn balanced(self, readiness: Readiness) -> Self {
        Self { turn: self.turn.balanced(readiness), ..self }
    }

    /// The node that is asked next.
    #[must_use]
    pub fn current(&self) -> usize {
        self.turn.current()
    }

    /// Asks another node from now on.
    pub fn move_to(&mut self, node: usize) {
        self.turn.move_to(node);
    }

    /// The connections to the node that is asked next.
    #[must_use]
    pub fn client(&self) -> Option<&Client> {
        self.clients.get(self.current())
    }

    /// Sends a request until a node answers with something else than 503, going from node to node, the same
    /// request each time: a transaction id makes that harmless.
    ///
    /// # Errors
    /// When none does in `patience`: the failures, and the last one's words.
    pub async fn ask(
        &mut self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        patience: Duration,
    ) -> Result<Told, Vec<Failure>> {
        let started = Instant::now();
        let mut failures = Vec::new();
        while started.elapsed() < patience {
            self.turn.settle();
            let (node, answer) = (self.current(), self.once(method.clone(), path, token, body).await);
            let what = match answer {
                Ok(response) if response.status != 503 => {
                    return Ok(Told { response, node, started, ended: Instant::now(), failures });
                }
                Ok(response) => response.summary(),
                Err(error) => error.to_string(),
            };
            failures.push(Failure { at: Instant::now(), node, what });
            self.turn.failed();
            if failures.len().is_multiple_of(self.clients.len().max(1)) {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Err(failures)
    }

    async fn once(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Response, HttpError> {
        let Some(client) = self.client() else { return Err(HttpError::Timeout(Duration::ZERO)) };
        match body {
            Some(body) => client.json(method, token, path, body).await,
            None => client.send(method, path, token, &[], Bytes::new()).await,
        }
    }
}
