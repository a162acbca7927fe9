//! One busy user: does one thing after the other, repeats what was not answered, notes what was.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use tokio::sync::watch;

use super::ask::{Answered, Ask};
use super::history::Ack;
use super::operations;
use super::record::Record;
use crate::user::User;

/// Longest pause between two operations.
const PAUSE_MS: u64 = 6;
/// More faults than this say nothing new.
const FAULTS_MAX: usize = 20;

/// A device that to-device messages go to.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Whose it is.
    pub user_id: String,
    /// Its id.
    pub device_id: String,
}

/// What all actors of a world know.
#[derive(Debug)]
pub struct Stage {
    /// Rooms that every actor stays in.
    pub rooms: Vec<String>,
    /// A room that actors enter and leave.
    pub lobby: String,
    /// Who made the rooms, stays in all of them and does nothing.
    pub owner: User,
    /// The actors' devices.
    pub people: Vec<Recipient>,
    /// Zero of the clock in all acknowledgements.
    pub epoch: Instant,
}

/// A message that was acknowledged, ready to be sent again.
#[derive(Clone, Debug)]
pub struct SentMessage {
    /// The request.
    pub ask: Ask,
    /// The event that it made.
    pub event_id: String,
}

/// One busy user.
#[derive(Debug)]
pub struct Actor {
    /// Who.
    pub user: User,
    /// What the server acknowledged.
    pub record: Record,
    /// The surroundings.
    pub stage: Arc<Stage>,
    /// The place among `stage.people`.
    pub index: usize,
    /// Chooses.
    pub rng: StdRng,
    /// The last message.
    pub last_sent: Option<SentMessage>,
    next_number: u64,
}

impl Actor {
    /// An actor that has done nothing yet.
    #[must_use]
    pub fn new(user: User, index: usize, stage: Arc<Stage>, seed: u64) -> Self {
        let rng = StdRng::seed_from_u64(seed);
        Self { user, record: Record::default(), stage, index, rng, last_sent: None, next_number: 0 }
    }

    /// Works until told to stop; what is under way then is brought to its end.
    pub async fn work(mut self, stop: watch::Receiver<bool>) -> Self {
        while !*stop.borrow() && self.record.faults.len() < FAULTS_MAX {
            if let Err(fault) = operations::one(&mut self).await {
                self.record.faults.push(format!("{}: {fault}", self.user.user_id));
            }
            let pause = self.rng.random_range(0..=PAUSE_MS);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        self
    }

    /// The text that marks the next operation: unique, and the same in every repetition.
    pub fn next_mark(&mut self) -> String {
        self.next_number += 1;
        format!("{}-{}", self.index, self.next_number)
    }

    /// One of the rooms that all are in.
    pub fn any_room(&mut self) -> String {
        let index = self.rng.random_range(0..self.stage.rooms.len().max(1));
        self.stage.rooms.get(index).cloned().unwrap_or_default()
    }

    /// The next actor's device.
    #[must_use]
    pub fn neighbour(&self) -> Option<Recipient> {
        let people = &self.stage.people;
        people.get((self.index + 1) % people.len().max(1)).cloned()
    }

    /// Sends a request until it is answered, with the actor's own token.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn ask(&mut self, ask: &Ask) -> Result<Answered, String> {
        let token = self.user.access_token.clone();
        self.ask_as(Some(&token), ask).await
    }

    /// Sends a request until it is answered, with another token or none.
    ///
    /// # Errors
    /// When nothing answers.
    pub async fn ask_as(&mut self, token: Option<&str>, ask: &Ask) -> Result<Answered, String> {
        let answered = ask.until_answered(self.user.client(), token).await?;
        if answered.attempts > 1 {
            self.record.repeated += 1;
        }
        Ok(answered)
    }

    /// The acknowledgement that an answer is.
    #[must_use]
    pub fn ack(&self, answered: &Answered, id: &str, mark: Option<&str>) -> Ack {
        let micros = |instant: Instant| {
            let since = instant.saturating_duration_since(self.stage.epoch);
            u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
        };
        Ack {
            id: id.to_owned(),
            mark: mark.map(str::to_owned),
            started: micros(answered.started),
            acked: micros(answered.acked),
        }
    }
}

/// The JSON of a 200; any other answer is a fault.
///
/// # Errors
/// Names the request and the answer.
pub fn expect_ok(answered: &Answered) -> Result<Value, String> {
    let response = &answered.response;
    if response.status != 200 {
        return Err(format!("{}: {}", response.asked, response.summary()));
    }
    serde_json::from_slice(&response.bytes).map_err(|error| format!("{}: {error}", response.asked))
}

/// A text in a JSON answer.
///
/// # Errors
/// When it is not there.
pub fn expect_text(body: &Value, key: &str) -> Result<String, String> {
    body[key].as_str().map(str::to_owned).ok_or_else(|| format!("no text `{key}` in {body}"))
}
