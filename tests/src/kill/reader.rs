//! A client that follows `/sync`, through kills, always from the token that it has.
//!
//! An answer counts when it was read whole and every gap in it filled; only then the token moves. So after a
//! kill the reader asks again with its old token, and whatever it collects must be the timeline.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::history::Seen;
use super::operations::MAIL_TYPE;
use crate::http::{Response, segment};
use crate::user::{User, room_path};

/// Pause after a request without an answer.
const PAUSE: Duration = Duration::from_millis(4);
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

/// Why a sync did not count.
#[derive(Debug)]
enum Setback {
    /// No answer, or one that says "later": the same again.
    Unanswered,
    /// The server answered what it must not.
    Fault(String),
}

/// A client that follows `/sync`.
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
    since: Option<String>,
    filter: String,
}

impl Reader {
    /// A reader that knows nothing yet of these rooms, and gets at most `limit` events of each in one answer.
    #[must_use]
    pub fn new(user: User, habit: Habit, rooms: &[String], limit: u32) -> Self {
        let filter = format!(r#"{{"room":{{"timeline":{{"limit":{limit}}}}}}}"#);
        Self {
            user,
            habit,
            rooms: rooms.iter().map(|room| (room.clone(), Vec::new())).collect(),
            mail: Vec::new(),
            faults: Vec::new(),
            syncs: 0,
            gaps: 0,
            since: None,
            filter: segment(&filter),
        }
    }

    /// Reads in long polls until told to stop.
    pub async fn follow(mut self, stop: watch::Receiver<bool>) -> Self {
        while !*stop.borrow() && self.faults.is_empty() {
            match self.sync(300).await {
                Ok(_) => {}
                Err(Setback::Unanswered) => tokio::time::sleep(PAUSE).await,
                Err(Setback::Fault(fault)) => self.faults.push(fault),
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
                Err(Setback::Unanswered) => tokio::time::sleep(PAUSE).await,
                Err(Setback::Fault(fault)) => return Err(fault),
            }
        }
        Err(format!("{}: still something new after {CATCH_UP_MAX} syncs", self.user.user_id))
    }

    /// One sync. Answers how much was new.
    async fn sync(&mut self, timeout_ms: u32) -> Result<usize, Setback> {
        let since = self.since.as_deref().map(|since| format!("&since={}", segment(since)));
        let since = since.unwrap_or_default();
        let path = format!("/_matrix/client/v3/sync?timeout={timeout_ms}&filter={}{since}", self.filter);
        let body = self.get(&path).await?;
        let next = body["next_batch"].as_str().ok_or_else(|| Setback::Fault("no next_batch".into()))?;
        let mut news = Vec::new();
        for (room, known) in &self.rooms {
            let timeline = &body["rooms"]["join"][room]["timeline"];
            let mut events = seen(&timeline["events"]);
            if timeline["limited"] == true
                && let Some(last) = known.last()
            {
                let mut missing = self.fill_gap(room, timeline, &last.id).await?;
                missing.append(&mut events);
                events = missing;
                self.gaps += 1;
            }
            news.push((room.clone(), events));
        }
        // From here on the answer counts.
        self.since = Some(next.to_owned());
        self.syncs += 1;
        let mut count = 0;
        for (room, events) in news {
            count += events.len();
            self.rooms.entry(room).or_default().extend(events);
        }
        let mail = body["to_device"]["events"].as_array().into_iter().flatten();
        for message in mail.filter(|message| message["type"] == MAIL_TYPE) {
            count += 1;
            let mark = message["content"]["mark"].as_str().unwrap_or_default().to_owned();
            self.mail.push(Seen { id: mark, mark: None });
        }
        Ok(count)
    }

    /// What lies between the last known event and the beginning of a limited timeline, oldest first.
    async fn fill_gap(&self, room: &str, timeline: &Value, last: &str) -> Result<Vec<Seen>, Setback> {
        let mut missing = Vec::new();
        let mut from = timeline["prev_batch"].as_str().map(str::to_owned);
        for _ in 0..GAP_PAGES_MAX {
            let Some(token) = from else { break };
            let query = format!("messages?dir=b&limit=40&from={}", segment(&token));
            let body = self.get(&room_path(room, &query)).await?;
            for event in seen(&body["chunk"]) {
                if event.id == last {
                    missing.reverse();
                    return Ok(missing);
                }
                missing.push(event);
            }
            from = body["end"].as_str().map(str::to_owned);
        }
        let user_id = &self.user.user_id;
        Err(Setback::Fault(format!("{user_id}: the gap in {room} does not lead back to {last}")))
    }

    async fn get(&self, path: &str) -> Result<Value, Setback> {
        let client = self.user.client().clone().with_answer_wait(Duration::from_secs(20));
        let answer = client.get(Some(&self.user.access_token), path).await;
        let answer: Response = answer.map_err(|_| Setback::Unanswered)?;
        match answer.status.as_u16() {
            200 => serde_json::from_slice(&answer.bytes)
                .map_err(|error| Setback::Fault(format!("{}: {error}", answer.asked))),
            503 => Err(Setback::Unanswered),
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
