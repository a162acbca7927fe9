//! Somebody who follows all rooms by sync and goes from node to node with an old token.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;

use super::book::{Book, Who};
use crate::http::Client;
use crate::kill::reader::{Reader, Setback};
use crate::nodes::Turn;

/// Longest time that a sync waits for news.
const POLL_MS: u32 = 1_000;
/// Longest wait for one answer: then another node is asked.
const ANSWER_WAIT: Duration = Duration::from_secs(4);
/// Pause after a request without an answer.
const PAUSE: Duration = Duration::from_millis(10);
/// After one sync in so many the observer goes to another node, without need.
const WANDER: u32 = 10;
/// Longest time to see the end after everybody has stopped.
const CATCH_UP: Duration = Duration::from_secs(60);

/// One observer.
#[derive(Debug)]
pub struct Observer {
    /// What it has read.
    pub reader: Reader,
    /// When each event was seen first.
    pub seen_at: BTreeMap<String, Instant>,
    index: usize,
    clients: Vec<Client>,
    turn: Turn,
    book: Book,
    dice: StdRng,
}

impl Observer {
    /// Somebody whose turns go from node to node.
    #[must_use]
    pub fn new(
        reader: Reader,
        index: usize,
        clients: Vec<Client>,
        turn: Turn,
        book: Book,
        seed: u64,
    ) -> Self {
        let dice = StdRng::seed_from_u64(seed);
        let reader = reader.with_answer_wait(ANSWER_WAIT);
        Self { reader, seen_at: BTreeMap::new(), index, clients, turn, book, dice }
    }

    /// Follows until told to stop.
    pub async fn follow(mut self, stop: watch::Receiver<bool>) -> Self {
        while !*stop.borrow() && self.reader.faults.is_empty() {
            let begun_anew = self.reader.begun_anew;
            let _news = self.step(POLL_MS).await;
            // A connection that has to begin anew does so at the node that said it: another one may be behind.
            if self.reader.begun_anew == begun_anew && self.dice.random_ratio(1, WANDER) {
                let node = self.dice.random_range(0..64);
                self.turn.move_to(node);
            }
        }
        self
    }

    /// Reads until there is nothing new; nobody writes meanwhile, and the node that is asked has everything.
    pub async fn catch_up(&mut self) {
        let until = Instant::now() + CATCH_UP;
        while Instant::now() < until && self.reader.faults.is_empty() {
            if self.step(0).await == Some(0) {
                return;
            }
        }
        self.fault("it does not come to the end".to_owned());
    }

    /// One sync; how much was new, if it was answered.
    async fn step(&mut self, timeout_ms: u32) -> Option<usize> {
        self.turn.settle();
        self.connect();
        let (who, node, started) = (Who::Observer(self.index), self.turn.current(), Instant::now());
        let known: Vec<usize> = self.reader.rooms.values().map(Vec::len).collect();
        let outcome = self.reader.sync(timeout_ms).await;
        let failure = match &outcome {
            Ok(_) | Err(Setback::Forgotten) => None,
            Err(Setback::Unanswered(why) | Setback::Fault(why)) => Some(why.clone()),
        };
        let unanswered = failure.is_some();
        self.book.note(who, node, started, failure);
        match outcome {
            Ok(count) => {
                let now = Instant::now();
                for (events, known) in self.reader.rooms.values().zip(known) {
                    for event in events.iter().skip(known) {
                        self.seen_at.entry(event.id.clone()).or_insert(now);
                    }
                }
                return Some(count);
            }
            Err(Setback::Fault(why)) => self.fault(format!("node {node}: {why}")),
            Err(_) => {}
        }
        if unanswered {
            self.turn.failed();
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    fn connect(&mut self) {
        if let Some(client) = self.clients.get(self.turn.current()) {
            self.reader.user = self.reader.user.with_client(client.clone());
        }
    }

    fn fault(&mut self, what: String) {
        let who = self.reader.describe();
        self.reader.faults.push(format!("{who}: {what}"));
    }
}
