//! Starts worlds, lets them work, kills them, has them verified, and counts.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::actor::{Actor, Recipient, Stage, expect_ok};
use super::ask::Ask;
use super::operations::login_body;
use super::reader::{Habit, Place, Reader};
use super::verify::{self, Depth};
use crate::server::{self, Server};
use crate::user::User;

/// Rooms that all actors stay in.
const ROOMS: usize = 3;
/// Shortest and longest time from the beginning of a round to its kill.
const KILL_AFTER_MS: (f64, f64) = (20.0, 3_000.0);
/// A process that is killed while it starts lives at most so long.
const STARTING_MS_MAX: u64 = 150;
/// Longest time that the actors of a round need to finish what is under way.
const FINISH_WAIT: Duration = Duration::from_secs(120);
/// A reader that reads seldom does so every so many rounds.
const SELDOM: u32 = 5;
/// After so many failed rounds the rest would tell nothing new.
const FAILED_MAX: u32 = 5;

/// What is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Rounds: each one kill at least, and one verification.
    pub rounds: u32,
    /// Decides what the actors do and when the kills come.
    pub seed: u64,
    /// Busy users.
    pub actors: usize,
    /// Rounds on one data folder; then it is verified thoroughly and a fresh one begun.
    pub rounds_per_world: u32,
    /// The store is checked, stopped, every so many rounds and at the end of each world.
    pub check_every: u32,
    /// No round begins after this time.
    pub time_max: Duration,
    /// The executable, if not the one that is found by itself.
    pub binary: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rounds: 200,
            seed: 1,
            actors: 6,
            rounds_per_world: 20,
            check_every: 5,
            time_max: Duration::from_secs(3600),
            binary: None,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The seed of the run.
    pub seed: u64,
    /// Rounds without a fault.
    pub passed: u32,
    /// Rounds with a fault, and those that were not run for want of time.
    pub failed: u32,
    /// Data folders.
    pub worlds: u32,
    /// Kills under load.
    pub kills: u32,
    /// Kills during start-up.
    pub kills_starting: u32,
    /// Store checks.
    pub store_checks: u32,
    /// Requests that were left without an answer and repeated.
    pub repeated: u64,
    /// Acknowledgements by kind.
    pub counts: BTreeMap<&'static str, u64>,
    /// Events read back from /messages, each verification counted.
    pub events_read: u64,
    /// Answers to /sync that counted.
    pub syncs: u64,
    /// Gaps of limited timelines that were filled.
    pub gaps: u64,
    /// Sliding connections that the server had forgotten.
    pub begun_anew: u64,
    /// The slowest start after a kill.
    pub slowest_start: Duration,
    /// What was wrong.
    pub faults: Vec<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "kill test, seed {}", self.seed)?;
        let mut line = |name: &str, value: u64| writeln!(formatter, "  {name:36} {value:>9}");
        line("data folders", self.worlds.into())?;
        line("kills under load", self.kills.into())?;
        line("kills during start-up", self.kills_starting.into())?;
        line("store checks", self.store_checks.into())?;
        line("requests repeated after no answer", self.repeated)?;
        for (kind, count) in &self.counts {
            line(&format!("acknowledged: {kind}"), *count)?;
        }
        line("events read back", self.events_read)?;
        line("syncs resumed or continued", self.syncs)?;
        line("gaps filled", self.gaps)?;
        line("sliding connections begun anew", self.begun_anew)?;
        line("slowest start after a kill, ms", u64::try_from(self.slowest_start.as_millis()).unwrap_or(0))?;
        for fault in &self.faults {
            writeln!(formatter, "  FAULT {fault}")?;
        }
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs all rounds.
pub async fn run(settings: &Settings) -> Summary {
    let mut summary = Summary { seed: settings.seed, ..Summary::default() };
    let mut dice = StdRng::seed_from_u64(settings.seed);
    let started = Instant::now();
    let mut world: Option<World> = None;
    for round in 1..=settings.rounds {
        let mut faults = Vec::new();
        if started.elapsed() > settings.time_max || summary.failed >= FAILED_MAX {
            summary.failed += settings.rounds - round + 1;
            summary.faults.push(format!("rounds {round} to {} were not run", settings.rounds));
            break;
        }
        if world.is_none() {
            summary.worlds += 1;
            world = World::begin(settings, &mut dice).await.map_err(|fault| faults.push(fault)).ok();
        }
        if let Some(mut current) = world.take() {
            let result = current.round(settings, round, &mut dice, &mut summary).await;
            faults.extend(result.err());
            faults.append(&mut current.faults());
            let last = round.is_multiple_of(settings.rounds_per_world) || round == settings.rounds;
            if faults.is_empty() && last {
                faults.extend(current.end(&mut summary).await);
            }
            if !faults.is_empty() {
                faults.push(format!("data and log are kept in {}", current.server.keep().display()));
            }
            if last || !faults.is_empty() {
                current.add_to(&mut summary);
            } else {
                world = Some(current);
            }
        }
        for fault in &faults {
            eprintln!("seed {} round {round}: {fault}", settings.seed);
        }
        if faults.is_empty() {
            summary.passed += 1;
        } else {
            summary.failed += 1;
            summary.faults.extend(faults.into_iter().map(|fault| format!("round {round}: {fault}")));
        }
    }
    summary
}

/// One server on one data folder, with those who use it.
#[derive(Debug)]
struct World {
    server: Server,
    actors: Vec<Actor>,
    readers: Vec<Reader>,
}

impl World {
    async fn begin(settings: &Settings, dice: &mut StdRng) -> Result<Self, String> {
        let mut builder = Server::builder();
        if let Some(binary) = &settings.binary {
            builder = builder.binary(binary);
        }
        let server = builder.try_start().await.map_err(|error| error.to_string())?;
        let mut users = Vec::new();
        for index in 0..settings.actors {
            let user = server::register(server.client(), &format!("a{index}")).await?;
            users.push(user.with_client(server.client().separate()));
        }
        let owner = server::register(server.client(), "owner").await?;
        let open = json!({"preset": "public_chat", "power_level_content_override": {"state_default": 0}});
        let mut rooms = Vec::new();
        for _ in 0..ROOMS {
            let room = owner.create_room(open.clone()).await;
            for user in &users {
                user.join(&room).await;
            }
            rooms.push(room);
        }
        let lobby = owner.create_room(open).await;
        let people = users
            .iter()
            .map(|user| Recipient { user_id: user.user_id.clone(), device_id: user.device_id.clone() })
            .collect();
        let stage = Arc::new(Stage { rooms: rooms.clone(), lobby, owner, people, epoch: Instant::now() });
        let readers = readers(&server, &users, &rooms).await?;
        let actors = users.into_iter().enumerate();
        let actors =
            actors.map(|(index, user)| Actor::new(user, index, Arc::clone(&stage), dice.random())).collect();
        let mut world = Self { server, actors, readers };
        for reader in &mut world.readers {
            reader.catch_up().await?;
        }
        Ok(world)
    }

    /// Load, a kill, perhaps kills during start-up, a start, everything unanswered repeated, verification.
    async fn round(
        &mut self,
        settings: &Settings,
        round: u32,
        dice: &mut StdRng,
        summary: &mut Summary,
    ) -> Result<(), String> {
        let (stop, stopped) = watch::channel(false);
        let actors: Vec<JoinHandle<Actor>> =
            self.actors.drain(..).map(|actor| tokio::spawn(actor.work(stopped.clone()))).collect();
        let (following, waiting): (Vec<Reader>, Vec<Reader>) =
            self.readers.drain(..).partition(|reader| reader.habit == Habit::Always);
        self.readers = waiting;
        let readers: Vec<JoinHandle<Reader>> =
            following.into_iter().map(|reader| tokio::spawn(reader.follow(stopped.clone()))).collect();

        let killed = self.kill_and_start(settings, round, dice, summary, &stop).await;
        // Whatever happened: the tasks are told to end, and their records are taken back.
        stop.send_replace(true);
        let finished = self.take_back(actors, readers).await;
        killed?;
        finished?;
        let seldom = round.is_multiple_of(SELDOM);
        self.verify(summary, Depth::Usual, seldom, round.is_multiple_of(2)).await
    }

    async fn kill_and_start(
        &mut self,
        settings: &Settings,
        round: u32,
        dice: &mut StdRng,
        summary: &mut Summary,
        stop: &watch::Sender<bool>,
    ) -> Result<(), String> {
        // Evenly spread over the orders of magnitude: early moments are the more interesting ones.
        let (shortest, longest) = KILL_AFTER_MS;
        let wait_ms = dice.random_range(shortest.ln()..longest.ln()).exp();
        tokio::time::sleep(Duration::from_secs_f64(wait_ms / 1000.0)).await;
        if let Some(status) = self.server.ended() {
            return Err(format!("the server ended by itself with {status}:\n{}", self.server.log_tail()));
        }
        self.server.kill();
        summary.kills += 1;
        for _ in 0..dice.random_range(0..3_u32) {
            self.server.spawn().map_err(|error| error.to_string())?;
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..STARTING_MS_MAX))).await;
            if let Some(status) = self.server.ended() {
                return Err(format!("the server did not start, {status}:\n{}", self.server.log_tail()));
            }
            self.server.kill();
            summary.kills_starting += 1;
        }
        if round.is_multiple_of(settings.check_every) {
            self.check_store(summary)?;
        }
        stop.send_replace(true);
        let started = Instant::now();
        self.server.launch().await.map_err(|error| error.to_string())?;
        summary.slowest_start = summary.slowest_start.max(started.elapsed());
        Ok(())
    }

    async fn take_back(
        &mut self,
        actors: Vec<JoinHandle<Actor>>,
        readers: Vec<JoinHandle<Reader>>,
    ) -> Result<(), String> {
        let mut lost = Ok(());
        for task in actors {
            match finished(task).await {
                Ok(actor) => self.actors.push(actor),
                Err(fault) => lost = Err(fault),
            }
        }
        for task in readers {
            match finished(task).await {
                Ok(reader) => self.readers.push(reader),
                Err(fault) => lost = Err(fault),
            }
        }
        lost
    }

    async fn verify(
        &mut self,
        summary: &mut Summary,
        depth: Depth,
        seldom: bool,
        forwards: bool,
    ) -> Result<(), String> {
        let mut current = Vec::new();
        for reader in &mut self.readers {
            if seldom || reader.habit != Habit::Seldom {
                reader.catch_up().await?;
                current.push(&*reader);
            }
        }
        let findings = verify::all(&self.actors, &current, depth, forwards).await;
        summary.events_read += findings.events;
        if findings.faults.is_empty() { Ok(()) } else { Err(findings.faults.join("\n  ")) }
    }

    /// Everything once more, then the store check after an orderly stop.
    async fn end(&mut self, summary: &mut Summary) -> Option<String> {
        for forwards in [true, false] {
            if let Err(fault) = self.verify(summary, Depth::Thorough, true, forwards).await {
                return Some(fault);
            }
        }
        self.server.kill();
        self.check_store(summary).err()
    }

    /// `alphorn store check` on the folder of the killed server.
    fn check_store(&self, summary: &mut Summary) -> Result<(), String> {
        summary.store_checks += 1;
        let output = self.server.run(&["store", "check"]);
        if output.status.success() {
            return Ok(());
        }
        let text = [output.stdout, output.stderr].concat();
        Err(format!("store check: {}\n{}", output.status, String::from_utf8_lossy(&text)))
    }

    /// What actors and readers noticed themselves.
    fn faults(&mut self) -> Vec<String> {
        let actors = self.actors.iter_mut().flat_map(|actor| actor.record.faults.drain(..));
        let readers = self.readers.iter_mut().flat_map(|reader| reader.faults.drain(..));
        actors.chain(readers).collect()
    }

    fn add_to(&self, summary: &mut Summary) {
        for record in self.actors.iter().map(|actor| &actor.record) {
            summary.repeated += record.repeated;
            for (kind, count) in &record.counts {
                *summary.counts.entry(kind).or_default() += count;
            }
        }
        for reader in &self.readers {
            summary.syncs += reader.syncs;
            summary.gaps += reader.gaps;
            summary.begun_anew += reader.begun_anew;
        }
    }
}

/// For each user a reader by `/sync`, and for every other one a further device that reads by sliding sync.
async fn readers(server: &Server, users: &[User], rooms: &[String]) -> Result<Vec<Reader>, String> {
    let habits = [(Habit::Always, 50), (Habit::AfterRestart, 5), (Habit::Always, 5), (Habit::Seldom, 10)];
    let mut readers = Vec::new();
    for (index, (user, (habit, limit))) in users.iter().zip(habits.iter().cycle()).enumerate() {
        let connections = || server.client().separate();
        let place = Place::Classic { since: None };
        readers.push(Reader::new(user.with_client(connections()), *habit, place, rooms, *limit));
        if index.is_multiple_of(2) {
            let body = login_body(&user.user_id, "SLIDING");
            let ask = Ask::json(Method::POST, "/_matrix/client/v3/login", &body);
            let body = expect_ok(&ask.until_answered(server.client(), None).await?)?;
            let device = User::from_login(&connections(), &body).ok_or("an incomplete login")?;
            let place = Place::Sliding { pos: None, mail: None };
            let habit = if index == 0 { Habit::Always } else { Habit::AfterRestart };
            readers.push(Reader::new(device, habit, place, rooms, *limit));
        }
    }
    Ok(readers)
}

async fn finished<T>(task: JoinHandle<T>) -> Result<T, String> {
    match tokio::time::timeout(FINISH_WAIT, task).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) => Err(format!("a client failed: {error}")),
        Err(_) => Err(format!("a client did not finish within {FINISH_WAIT:?}")),
    }
}
