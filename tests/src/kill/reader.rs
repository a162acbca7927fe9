//! A client that follows what happens, through kills, always from the token that it has.
//!
//! An answer counts when it was read whole and every gap in it filled; only then the token moves. So after a
//! kill the reader asks again with its old token, and whatever it collects must be the timeline.

mod classic;
mod sliding;

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde_json::Value;
use tokio::sync::watch;

use super::history::Seen;
use super::operations::MAIL_TYPE;
use crate::http::segment;
use crate::user::{User, room_path};

/// Pause after a request without an answer.
const PAUSE: Duration = Duration::from_millis(4);
/// Longest wait for one answer.
const ANSWER_WAIT: Duration = Duration::from_secs(20);
/// Syncs until a reader must have everything.
const CATCH_UP_MAX: u32 = 2_000;
/// Pages that fill one gap at most.
const GAP_PAGES_MAX: u32 = 400;

/// When a reader reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// In long polls all the time.
    Always,
    /// Once after each restart.
    AfterRestart,
    /// Once in several rounds, with a token from several starts ago.
    Seldom,
}

/// How a reader asks, and how far it is.
#[derive(Clone, Debug)]
pub enum Place {
    /// By `GET /sync`.
    Classic {
        /// The token to go on from.
        since: Option<String>,
    },
    /// By sliding sync (MSC4186).
    Sliding {
        /// The position to go on from.
        pos: Option<String>,
        /// The to-device token to go on from.
        mail: Option<String>,
    },
}

/// What one answer brought.
#[derive(Debug)]
struct News {
    place: Place,
    rooms: Vec<(String, Vec<Seen>)>,
    mail: Vec<Seen>,
    gaps: u64,
}

/// Why an answer did not count.
#[derive(Debug)]
pub enum Setback {
    /// No answer, or one that says "later": the same again.
    Unanswered(String),
    /// The server has forgotten the sliding connection, as it may: begin anew.
    Forgotten,
    /// The server answered what it must not.
    Fault(String),
}

/// A client that follows what happens.
#[derive(Debug)]
pub struct Reader {
    /// Who reads.
    pub user: User,
    /// When.
    pub habit: Habit,
    /// What was read of each room, oldest first.
    pub rooms: BTreeMap<String, Vec<Seen>>,
    /// To-device messages in the order of their arrival.
    pub mail: Vec<Seen>,
    /// What was wrong on the way.
    pub faults: Vec<String>,
    /// Answers that counted.
    pub syncs: u64,
    /// Gaps that were filled from /messages.
    pub gaps: u64,
    /// Sliding connections that had to begin anew.
    pub begun_anew: u64,
    place: Place,
    limit: u32,
    answer_wait: Duration,
}

impl Reader {
    /// The same reader, which waits at most so long for one answer.
    #[must_use]
    pub fn with_answer_wait(self, answer_wait: Duration) -> Self {
        Self { answer_wait, ..self }
    }

    /// A reader that knows nothing yet of these rooms, and gets at most `limit` events of each in one answer.
    #[must_use]
    pub fn new(user: User, habit: Habit, place: Place, rooms: &[String], limit: u32) -> Self {
        Self {
            user,
            habit,
            rooms: rooms.iter().map(|room| (room.clone(), Vec::new())).collect(),
            mail: Vec::new(),
            faults: Vec::new(),
            syncs: 0,
            gaps: 0,
            begun_anew: 0,
            place,
            limit,
            answer_wait: ANSWER_WAIT,
        }
    }

    /// Who reads how, for messages.
    #[must_use]
    pub fn describe(&self) -> String {
        let how = match self.place {
            Place::Classic { .. } => "classic",
            Place::Sliding { .. } => "sliding",
        };
        format!("{} ({how}, {:?})", self.user.user_id, self.habit)
    }

    /// Reads in long polls until told to stop.
    pub async fn follow(mut self, stop: watch::Receiver<bool>) -> Self {
        while !*stop.borrow() && self.faults.is_empty() {
            match self.sync(300).await {
                Ok(_) => {}
                Err(Setback::Unanswered(_) | Setback::Forgotten) => tokio::time::sleep(PAUSE).await,
                Err(Setback::Fault(fault)) => self.faults.push(format!("{}: {fault}", self.describe())),
            }
        }
        self
    }

    /// Reads until there is nothing new; nobody writes meanwhile.
    ///
    /// # Errors
    /// When the server refuses or something new never ends.
    pub async fn catch_up(&mut self) -> Result<(), String> {
        for _ in 0..CATCH_UP_MAX {
            match self.sync(0).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(Setback::Unanswered(_) | Setback::Forgotten) => tokio::time::sleep(PAUSE).await,
                Err(Setback::Fault(fault)) => return Err(format!("{}: {fault}", self.describe())),
            }
        }
        Err(format!("{}: still something new after {CATCH_UP_MAX} syncs", self.describe()))
    }

    /// One sync. Answers how much was new.
    ///
    /// # Errors
    /// When the answer did not count; the token stays where it was.
    pub async fn sync(&mut self, timeout_ms: u32) -> Result<usize, Setback> {
        let news = match &self.place {
            Place::Classic { since } => classic::ask(self, since.as_deref(), timeout_ms).await,
            Place::Sliding { pos, mail } => {
                sliding::ask(self, pos.as_deref(), mail.as_deref(), timeout_ms).await
            }
        };
        if let (Err(Setback::Forgotten), Place::Sliding { pos, .. }) = (&news, &mut self.place) {
            *pos = None;
            self.begun_anew += 1;
        }
        let news = news?;
        // From here on the answer counts.
        self.place = news.place;
        self.syncs += 1;
        self.gaps += news.gaps;
        let count = news.mail.len() + news.rooms.iter().map(|(_, events)| events.len()).sum::<usize>();
        self.mail.extend(news.mail);
        for (room, events) in news.rooms {
            self.rooms.entry(room).or_default().extend(events);
        }
        Ok(count)
    }

    /// What lies between the last known event and a place in the timeline, oldest first.
    async fn fill_gap(&self, room: &str, prev_batch: &Value, last: &str) -> Result<Vec<Seen>, Setback> {
        let mut missing = Vec::new();
        let mut from = prev_batch.as_str().map(str::to_owned);
        for _ in 0..GAP_PAGES_MAX {
            let Some(token) = from else { break };
            let query = format!("messages?dir=b&limit=40&from={}", segment(&token));
            let body = self.request(Method::GET, &room_path(room, &query), None).await?;
            for event in seen(&body["chunk"]) {
                if event.id == last {
                    missing.reverse();
                    return Ok(missing);
                }
                missing.push(event);
            }
            from = body["end"].as_str().map(str::to_owned);
        }
        Err(Setback::Fault(format!("the gap in {room} does not lead back to {last}")))
    }

    async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Setback> {
        let client = self.user.client().clone().with_answer_wait(self.answer_wait);
        let token = Some(self.user.access_token.as_str());
        let answer = match body {
            Some(body) => client.json(method, token, path, body).await,
            None => client.get(token, path).await,
        };
        let answer = answer.map_err(|error| Setback::Unanswered(error.to_string()))?;
        match answer.status.as_u16() {
            200 => serde_json::from_slice(&answer.bytes)
                .map_err(|error| Setback::Fault(format!("{}: {error}", answer.asked))),
            503 => Err(Setback::Unanswered(answer.summary())),
            400 if answer.json()["errcode"] == "M_UNKNOWN_POS" => Err(Setback::Forgotten),
            _ => Err(Setback::Fault(format!("{}: {}", answer.asked, answer.summary()))),
        }
    }
}

/// Id and mark of each event in a JSON array.
#[must_use]
pub fn seen(events: &Value) -> Vec<Seen> {
    let events = events.as_array().into_iter().flatten();
    events
        .map(|event| Seen {
            id: event["event_id"].as_str().unwrap_or_default().to_owned(),
            mark: event["content"]["mark"].as_str().map(str::to_owned),
        })
        .collect()
}

/// The actors' to-device messages in a JSON array.
fn mail(events: &Value) -> Vec<Seen> {
    let messages = events.as_array().into_iter().flatten().filter(|message| message["type"] == MAIL_TYPE);
    let marks = messages.filter_map(|message| message["content"]["mark"].as_str());
    marks.map(|mark| Seen { id: mark.to_owned(), mark: None }).collect()
}
