//! A cluster with its clients: load, a fault, healing, the end of load, the verdict.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Method;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::book::{Book, Who};
use super::fault::{self, Drill, Plan, Strike, Tools};
use super::figures::{Figures, worst_delay};
use super::observer::Observer;
use super::probe;
use super::report::{Round, Summary};
use super::sites;
use super::verdict::{self, Findings};
use super::writer::Writer;
use crate::binary;
use crate::fake_clock::FakeClock;
use crate::http::segment;
use crate::kill::history::Ack;
use crate::kill::reader::{Habit, Place, Reader};
use crate::nats::Cluster;
use crate::network::Network;
use crate::nodes::{Nodes, NodesBuilder, Readiness, Turn};
use crate::small_disk::SmallDisk;
use crate::user::{User, new_transaction_id, room_path};

const ROOMS: usize = 4;
const WRITERS: usize = 6;
const OBSERVERS: usize = 4;
/// Events of a room that an observer gets at once.
const TIMELINE_LIMIT: u32 = 50;
/// Megabytes of the disk that is filled.
const DISK_MB: u32 = 96;
/// Machines of a network that is cut: one for each nats-server.
const MACHINES: u8 = 3;
/// Load before the fault, and after all is well.
const CALM: Duration = Duration::from_millis(1_000);
/// A cluster without its quorum has said so by then.
const REFUSED_AFTER: Duration = Duration::from_secs(4);
/// Longest wait for a refusal.
const REFUSED_WITHIN: Duration = Duration::from_secs(20);
/// Longest time that clients need to finish what is under way.
const FINISH_WAIT: Duration = Duration::from_secs(120);
/// Lines of one node's log that are told.
const TOLD_MAX: usize = 5;
/// After so many failed rounds the rest would tell nothing new.
const FAILED_MAX: u32 = 5;

/// What is run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is done.
    pub drill: Drill,
    /// Decides what is done to whom, and what clients do.
    pub seed: u64,
    /// How often.
    pub rounds: u32,
    /// Rounds with one cluster; then its stores are checked, and another one is made.
    pub rounds_per_world: u32,
    /// Clients go by what a load balancer finds at `/ready`; without one they try every address that they know.
    pub balanced: bool,
    /// No round begins after this time.
    pub time_max: Duration,
    /// The executable, if not the one that is found by itself.
    pub binary: Option<PathBuf>,
    /// The executable from which nodes are upgraded to that one.
    pub upgrade_from: Option<PathBuf>,
}

/// Runs all rounds.
pub async fn run(settings: &Settings) -> Summary {
    if matches!(settings.drill, Drill::SiteChange | Drill::SiteLoss) {
        return sites::run(settings).await;
    }
    let mut summary = Summary { seed: settings.seed, ..Summary::default() };
    let mut dice = StdRng::seed_from_u64(settings.seed);
    let started = Instant::now();
    let mut world: Option<World> = None;
    for number in 1..=settings.rounds {
        if started.elapsed() > settings.time_max || summary.failed >= FAILED_MAX {
            summary.failed += settings.rounds - number + 1;
            summary.faults.push(format!("rounds {number} to {} were not run", settings.rounds));
            break;
        }
        let plan = Plan::make(settings.drill, &mut dice);
        let mut current = match world.take() {
            Some(world) => world,
            None => match World::begin(settings, &mut dice).await {
                Ok(world) => {
                    summary.worlds += 1;
                    world
                }
                Err(fault) => {
                    summary.failed += 1;
                    summary.faults.push(format!("round {number}: {fault}"));
                    continue;
                }
            },
        };
        let mut round = current.round(plan).await;
        let last = number.is_multiple_of(settings.rounds_per_world) || number == settings.rounds;
        if last && round.findings.faults.is_empty() {
            round.findings.faults.extend(current.end(&mut summary).await);
        }
        let failed = !round.findings.faults.is_empty();
        if failed {
            let kept = current.nodes.keep();
            round.findings.faults.push(format!("everything is kept in {kept:?}"));
        }
        eprintln!("seed {} round {number}: {}: {round}", settings.seed, plan.drill);
        let faults = round.findings.faults.iter().map(|fault| format!("round {number}: {fault}"));
        summary.faults.extend(faults);
        if failed {
            summary.failed += 1;
        } else {
            summary.passed += 1;
        }
        summary.rounds.entry(plan.drill).or_default().push(round);
        world = (!last && !failed).then_some(current);
    }
    summary
}

/// Gives a cluster what its drill needs and not every machine has.
fn equip(settings: &Settings, mut builder: NodesBuilder) -> Result<(NodesBuilder, Tools), String> {
    let mut tools = Tools::default();
    match settings.drill {
        Drill::DiskFull => {
            let disk = SmallDisk::mount(DISK_MB);
            let disk = disk.ok_or("a small disk needs the right to mount a file system (root)")?;
            builder = builder.home(0, &disk.path().join("home"));
            tools.disk = Some(disk);
        }
        Drill::PartitionOne | Drill::PartitionPair => {
            let network =
                Network::make(MACHINES).ok_or("network namespaces need root, and the program `ip`")?;
            builder = builder.nats(Cluster::builder().network(network));
        }
        Drill::ClockJump => {
            let clock =
                FakeClock::find().ok_or("a wrong clock needs libfaketime (`apt install libfaketime`)")?;
            builder = builder.env(0, &clock.environment());
            tools.clock = Some(clock);
        }
        Drill::RollingUpgrade => {
            settings.upgrade_from.as_ref().ok_or("an upgrade needs the executable to begin with (--from)")?;
            let binary = settings.binary.clone().map_or_else(binary::alphorn, Ok)?;
            tools.upgrade = Some(binary);
        }
        _ => {}
    }
    Ok((builder, tools))
}

/// One cluster with those who use it.
#[derive(Debug)]
struct World {
    nodes: Nodes,
    tools: Tools,
    rooms: Arc<Vec<String>>,
    /// A room for questions that are not to be counted.
    side_room: String,
    owner: User,
    writers: Vec<Writer>,
    observers: Vec<Observer>,
    book: Book,
    epoch: Instant,
    readiness: Option<Readiness>,
}

/// Those who are at work.
struct Load {
    stop: watch::Sender<bool>,
    writers: Vec<JoinHandle<Writer>>,
    observers: Vec<JoinHandle<Observer>>,
    probes: Vec<JoinHandle<()>>,
}

impl World {
    async fn begin(settings: &Settings, dice: &mut StdRng) -> Result<Self, String> {
        let mut builder = Nodes::builder();
        let upgrades = settings.drill == Drill::RollingUpgrade;
        if let Some(binary) = if upgrades { &settings.upgrade_from } else { &settings.binary } {
            builder = builder.binary(binary);
        }
        if matches!(settings.drill, Drill::CutNode | Drill::Random) {
            builder = builder.cables();
        }
        let (builder, tools) = equip(settings, builder)?;
        let nodes = builder.try_start().await.map_err(|error| error.to_string())?;
        let owner = nodes.register("owner").await;
        let mut users = Vec::new();
        for index in 0..WRITERS + OBSERVERS {
            users.push(nodes.register(&format!("user{index}")).await);
        }
        let mut rooms = Vec::new();
        for _ in 0..=ROOMS {
            let room = owner.create_room(json!({ "preset": "public_chat" })).await;
            for user in &users {
                user.join(&room).await;
            }
            nodes
                .until_all_answer(&owner, &event_path(&room, &owner.send_text(&room, "all are here").await))
                .await;
            rooms.push(room);
        }
        let side_room = rooms.pop().unwrap_or_default();
        let (rooms, book, epoch) = (Arc::new(rooms), Book::default(), Instant::now());
        let readiness = settings.balanced.then(|| Readiness::new(nodes.size()));
        let followers = users.split_off(WRITERS);
        let writers = users.into_iter().enumerate().map(|(index, user)| {
            let (mut roaming, seed) = (nodes.roaming(index), dice.random());
            if let Some(readiness) = &readiness {
                roaming = roaming.balanced(readiness.clone());
            }
            Writer::new(user, index, Arc::clone(&rooms), roaming, book.clone(), epoch, seed)
        });
        let writers = writers.collect();
        let mut observers = Vec::new();
        for (index, user) in followers.into_iter().enumerate() {
            let place = match index {
                0 => Place::Sliding { pos: None, mail: None },
                _ => Place::Classic { since: None },
            };
            let reader = Reader::new(user, Habit::Always, place, &rooms, TIMELINE_LIMIT);
            let mut turn = Turn::new(nodes.size(), index);
            if let Some(readiness) = &readiness {
                turn = turn.balanced(readiness.clone());
            }
            observers.push(Observer::new(reader, index, nodes.clients(), turn, book.clone(), dice.random()));
        }
        Ok(Self { nodes, tools, rooms, side_room, owner, writers, observers, book, epoch, readiness })
    }

    async fn round(&mut self, plan: Plan) -> Round {
        let load = self.begin_load();
        tokio::time::sleep(CALM).await;
        let mut findings = Findings::default();
        let strike = fault::strike(&mut self.nodes, plan, &self.tools).await;
        self.hold(plan, &strike, &mut findings).await;
        fault::heal(&mut self.nodes, plan, &strike, &self.tools).await;
        let healed = strike.at.elapsed();
        tokio::time::sleep(CALM).await;
        if let Err(fault) = self.end_load(load).await {
            findings.faults.push(fault);
        }
        let mut figures = Figures::of(&self.book.take(), strike.at, &strike.down);
        self.judge(&mut findings).await;
        let seen: Vec<_> = self.observers.iter().map(|observer| &observer.seen_at).collect();
        figures.worst_delay = worst_delay(&self.acked_at(), &seen, strike.at);
        let held =
            if plan.hold_counts() { format!(" for {:.1} s", plan.hold.as_secs_f64()) } else { String::new() };
        Round { words: format!("{}{held}", strike.words), healed, figures, findings }
    }

    fn begin_load(&mut self) -> Load {
        let (stop, stopped) = watch::channel(false);
        let writers =
            self.writers.drain(..).map(|writer| tokio::spawn(writer.work(stopped.clone()))).collect();
        let observers =
            self.observers.drain(..).map(|observer| tokio::spawn(observer.follow(stopped.clone()))).collect();
        let mut probes = Vec::new();
        let history = self.rooms.first().map(|room| room_path(room, "messages?dir=b&limit=5"));
        for node in 0..self.nodes.size() {
            let token = Some(self.owner.access_token.clone());
            let asks = [
                (Who::Reader(node), token, history.clone().unwrap_or_default(), None),
                (Who::Balancer(node), None, "/ready".to_owned(), self.readiness.clone()),
            ];
            for (who, token, path, readiness) in asks {
                let client = self.nodes.client(node);
                probes.push(tokio::spawn(probe::ask(
                    who,
                    node,
                    client,
                    token,
                    path,
                    readiness,
                    self.book.clone(),
                    stopped.clone(),
                )));
            }
        }
        Load { stop, writers, observers, probes }
    }

    /// Leaves things as bad as they are for a while. Without a quorum, every node must say so.
    async fn hold(&mut self, plan: Plan, strike: &Strike, findings: &mut Findings) {
        if !plan.hold_counts() {
            return;
        }
        if plan.drill == Drill::QuorumLoss && plan.hold > REFUSED_AFTER {
            tokio::time::sleep(REFUSED_AFTER).await;
            for node in 0..self.nodes.size() {
                findings.faults.extend(self.refuses(node).await.err());
            }
        }
        tokio::time::sleep(plan.hold.saturating_sub(strike.at.elapsed())).await;
    }

    /// Whether a node says 503 to a write, with the time after which it is worth trying again.
    async fn refuses(&self, node: usize) -> Result<(), String> {
        let path = room_path(&self.side_room, &format!("send/m.room.message/{}", new_transaction_id()));
        let body = json!({ "msgtype": "m.text", "body": "is anybody there?" });
        let client = self.nodes.client(node).with_answer_wait(REFUSED_WITHIN);
        let answer = client.json(Method::PUT, Some(&self.owner.access_token), &path, &body).await;
        let answer = answer.map_err(|error| format!("a write at node {node} without a quorum: {error}"))?;
        let code = answer.json()["errcode"] == "IO.ALPHORN.WRITES_UNAVAILABLE";
        if answer.status == 503 && code && answer.header("retry-after").is_some() {
            return Ok(());
        }
        Err(format!("a write at node {node} without a quorum: {}", answer.summary()))
    }

    async fn end_load(&mut self, load: Load) -> Result<(), String> {
        load.stop.send_replace(true);
        for task in load.writers {
            self.writers.push(finished(task).await?);
        }
        for task in load.observers {
            self.observers.push(finished(task).await?);
        }
        for task in load.probes {
            finished(task).await?;
        }
        if let Some(readiness) = &self.readiness {
            (0..self.nodes.size()).for_each(|node| readiness.set(node, true));
        }
        let writers = self.writers.iter_mut().flat_map(|writer| writer.faults.drain(..));
        let observers = self.observers.iter_mut().flat_map(|observer| observer.reader.faults.drain(..));
        let faults: Vec<String> = writers.chain(observers).collect();
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n  ")) }
    }

    /// Waits until all nodes and observers have the end, and compares.
    async fn judge(&mut self, findings: &mut Findings) {
        let rooms = Arc::clone(&self.rooms);
        let Some(last) = self.writers.first_mut() else { return };
        for room in rooms.iter() {
            match last.message(room).await {
                Ok(event) => {
                    self.nodes.until_all_answer(&self.owner, &event_path(room, &event)).await;
                }
                Err(fault) => findings.faults.push(fault),
            }
        }
        for observer in &mut self.observers {
            observer.catch_up().await;
            findings.faults.append(&mut observer.reader.faults);
        }
        // These were after the round.
        drop(self.book.take());
        let everywhere: Vec<User> =
            self.nodes.clients().into_iter().map(|client| self.owner.with_client(client)).collect();
        for room in rooms.iter() {
            let acks = self.writers.iter().filter_map(|writer| writer.acks.get(room)).flatten();
            let acks: Vec<Ack> = acks.cloned().collect();
            verdict::room(room, &acks, &everywhere, &self.observers, findings).await;
        }
    }

    fn acked_at(&self) -> BTreeMap<String, Instant> {
        let acks = self.writers.iter().flat_map(|writer| writer.acks.values().flatten());
        acks.map(|ack| (ack.id.clone(), self.epoch + Duration::from_micros(ack.acked))).collect()
    }

    /// Stops all nodes and checks their stores and logs.
    async fn end(&mut self, summary: &mut Summary) -> Vec<String> {
        let mut faults = Vec::new();
        for node in 0..self.nodes.size() {
            let stopped = self.nodes.node_mut(node).try_stop().await;
            faults.extend(stopped.err().map(|error| format!("node {node}: {error}")));
            summary.store_checks += 1;
            faults.extend(self.nodes.check_store(node).err());
            let errors = self.nodes.node(node).log_errors();
            faults.extend(errors.into_iter().take(TOLD_MAX).map(|line| format!("node {node} says: {line}")));
        }
        faults
    }
}

fn event_path(room: &str, event: &str) -> String {
    room_path(room, &format!("event/{}", segment(event)))
}

pub(super) async fn finished<T>(task: JoinHandle<T>) -> Result<T, String> {
    match tokio::time::timeout(FINISH_WAIT, task).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(error)) => Err(format!("a client failed: {error}")),
        Err(_) => Err(format!("a client did not finish within {FINISH_WAIT:?}")),
    }
}
