//! Somebody who writes: one message after the other, each with its transaction, again and again at one node after the
//! other until it is acknowledged.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::book::{Book, Who};
use crate::http::segment;
use crate::kill::history::Ack;
use crate::nodes::{Failure, Roaming};
use crate::user::{User, room_path};

/// Longest time that one message is tried: far longer than any outage of a drill.
const PATIENCE: Duration = Duration::from_secs(90);
/// Longest pause between two messages.
const PAUSE_MS: u64 = 40;
/// One message in so many is sent once more, at another node.
const AGAIN: u32 = 12;
/// After one message in so many the writer goes to another node, without need.
const WANDER: u32 = 25;
/// So many writers do neither: they stay with their node until it fails them.
const SETTLED: usize = 3;
/// More faults than this say nothing new.
const FAULTS_MAX: usize = 10;

/// One busy writer.
#[derive(Debug)]
pub struct Writer {
    /// Who.
    pub user: User,
    /// What was acknowledged, by room.
    pub acks: BTreeMap<String, Vec<Ack>>,
    /// What was wrong on the way.
    pub faults: Vec<String>,
    index: usize,
    rooms: Arc<Vec<String>>,
    roaming: Roaming,
    book: Book,
    epoch: Instant,
    dice: StdRng,
    count: u64,
}

impl Writer {
    /// Somebody who has written nothing yet. `epoch` is the zero of all times in acknowledgements.
    #[must_use]
    pub fn new(
        user: User,
        index: usize,
        rooms: Arc<Vec<String>>,
        roaming: Roaming,
        book: Book,
        epoch: Instant,
        seed: u64,
    ) -> Self {
        let dice = StdRng::seed_from_u64(seed);
        let (acks, faults) = (BTreeMap::new(), Vec::new());
        Self { user, acks, faults, index, rooms, roaming, book, epoch, dice, count: 0 }
    }

    /// Writes until told to stop; what is under way then is brought to its end.
    pub async fn work(mut self, stop: watch::Receiver<bool>) -> Self {
        // Evenly over the nodes at first, wherever the round before left everybody.
        self.roaming.move_to(self.index);
        while !*stop.borrow() && self.faults.len() < FAULTS_MAX {
            let room = self.dice.random_range(0..self.rooms.len().max(1));
            let room = self.rooms.get(room).cloned().unwrap_or_default();
            if let Err(fault) = self.message(&room).await {
                self.faults.push(format!("{}: {fault}", self.user.user_id));
            }
            if self.index >= SETTLED && self.dice.random_ratio(1, WANDER) {
                let node = self.dice.random_range(0..64);
                self.roaming.move_to(node);
            }
            let pause_ms = self.dice.random_range(0..=PAUSE_MS);
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
        self
    }

    /// Sends one message; gives its event id.
    ///
    /// # Errors
    /// When it is answered as it must not be, or not at all.
    pub async fn message(&mut self, room: &str) -> Result<String, String> {
        self.count += 1;
        let mark = format!("{}-{}", self.index, self.count);
        let content = json!({ "msgtype": "m.text", "body": format!("message {mark}"), "mark": mark });
        let path = room_path(room, &format!("send/m.room.message/{}", segment(&mark)));
        let started = Instant::now();
        let event_id = self.put(&path, &content).await?;
        let micros = |at: Instant| {
            u64::try_from(at.saturating_duration_since(self.epoch).as_micros()).unwrap_or(u64::MAX)
        };
        let ack = Ack {
            id: event_id.clone(),
            mark: Some(mark),
            started: micros(started),
            acked: micros(Instant::now()),
        };
        self.acks.entry(room.to_owned()).or_default().push(ack);
        if self.index >= SETTLED && self.dice.random_ratio(1, AGAIN) {
            self.roaming.move_to(self.roaming.current() + 1);
            let again = self.put(&path, &content).await?;
            if again != event_id {
                return Err(format!(
                    "{path}: acknowledged as {event_id} and, sent again elsewhere, as {again}"
                ));
            }
        }
        Ok(event_id)
    }

    async fn put(&mut self, path: &str, content: &Value) -> Result<String, String> {
        let who = Who::Writer(self.index);
        let mut started = Instant::now();
        let token = Some(self.user.access_token.as_str());
        let asked = self.roaming.ask(Method::PUT, path, token, Some(content), PATIENCE).await;
        let failures = match &asked {
            Ok(told) => &told.failures,
            Err(failures) => failures,
        };
        for Failure { at, node, what } in failures {
            self.book.note_at(who, *node, started, *at, Some(what.clone()));
            started = *at;
        }
        let Ok(told) = asked else { return Err(format!("{path}: not acknowledged within {PATIENCE:?}")) };
        let event_id = told.response.json()["event_id"].as_str().map(str::to_owned);
        let refused = format!("node {}: {}: {}", told.node, told.response.asked, told.response.summary());
        self.book.note_at(who, told.node, started, told.ended, event_id.is_none().then(|| refused.clone()));
        event_id.ok_or(refused)
    }
}
