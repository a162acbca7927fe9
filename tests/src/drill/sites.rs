//! Two sites: three nodes at the first, two at the second, which copies the log. The first one is given up, in an
//! orderly way or by killing everything there, while people write.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::book::Book;
use super::fault::Drill;
use super::figures::Figures;
use super::observer::Observer;
use super::report::{Round, Summary};
use super::verdict::{self, Findings};
use super::world::Settings;
use super::writer::Writer;
use crate::cable::Cable;
use crate::http::{Client, segment};
use crate::kill::history::{Ack, Seen};
use crate::kill::reader::{Habit, Place, Reader};
use crate::nats::ClusterBuilder;
use crate::nodes::{Nodes, Roaming, Turn};
use crate::server::Server;
use crate::user::{User, new_transaction_id, room_path};

const ROOMS: usize = 3;
const WRITERS: usize = 4;
const OBSERVERS: usize = 3;
const TIMELINE_LIMIT: u32 = 50;
/// Nodes of the first site: those of the second have the numbers after theirs.
const FIRST_NODES: usize = 3;
const SECOND_NODES: usize = 2;
/// Load before and after.
const CALM: Duration = Duration::from_millis(2_000);
/// Longest time that the line is cut before the first site dies, in milliseconds.
const CUT_MS: u64 = 1_500;
/// How long the first site has, when it comes back, to hear that it is not needed any more.
const SUPERSEDED: Duration = Duration::from_secs(60);
const FILE: &str = "what was uploaded at the first site";
const LOOK: Duration = Duration::from_millis(100);

/// Runs all rounds, each with sites of its own.
pub async fn run(settings: &Settings) -> Summary {
    let mut summary = Summary { seed: settings.seed, ..Summary::default() };
    let mut dice = StdRng::seed_from_u64(settings.seed);
    for number in 1..=settings.rounds {
        let outcome = match Sites::begin(settings).await {
            Ok(mut sites) => {
                summary.worlds += 1;
                let outcome = sites.round(settings.drill, &mut dice).await;
                if outcome.as_ref().map_or(true, |round| !round.findings.faults.is_empty()) {
                    let kept = [sites.first.keep(), sites.second.keep()].concat();
                    summary.faults.push(format!("round {number}: everything is kept in {kept:?}"));
                }
                outcome
            }
            Err(fault) => Err(fault),
        };
        match outcome {
            Ok(round) => {
                eprintln!("seed {} round {number}: {}: {round}", settings.seed, settings.drill);
                if round.findings.faults.is_empty() {
                    summary.passed += 1;
                } else {
                    summary.failed += 1;
                }
                summary
                    .faults
                    .extend(round.findings.faults.iter().map(|fault| format!("round {number}: {fault}")));
                summary.rounds.entry(settings.drill).or_default().push(round);
            }
            Err(fault) => {
                summary.failed += 1;
                summary.faults.push(format!("round {number}: {fault}"));
            }
        }
    }
    summary
}

struct Sites {
    first: Nodes,
    second: Nodes,
    line: Cable,
    owner: User,
    rooms: Arc<Vec<String>>,
    writers: Vec<Writer>,
    observers: Vec<Observer>,
    book: Book,
    epoch: Instant,
    /// A file that somebody has uploaded at the first site, as its `mxc` address says it.
    file: String,
}

struct Load {
    stop: watch::Sender<bool>,
    writers: Vec<JoinHandle<Writer>>,
    observers: Vec<JoinHandle<Observer>>,
}

impl Sites {
    async fn begin(settings: &Settings) -> Result<Self, String> {
        let say = |error: crate::nodes::NodesError| error.to_string();
        let mut builder = Nodes::builder();
        if let Some(binary) = &settings.binary {
            builder = builder.binary(binary);
        }
        let nats = ClusterBuilder::default();
        let first = builder
            .clone()
            .nats(nats.clone().domain("first"))
            .nodes(FIRST_NODES)
            .try_start()
            .await
            .map_err(say)?;
        let line = Cable::lay(first.nats.leaf_address(0)).map_err(|error| error.to_string())?;
        let nats = nats.servers(1).name("second").domain("second").leaf_of(line.address());
        let second = builder.nats(nats).nodes(SECOND_NODES).copies("second", "first", FIRST_NODES);
        let second = second.try_start().await.map_err(say)?;
        let owner = first.register("owner").await;
        let mut sites = Self {
            first,
            second,
            line,
            owner,
            rooms: Arc::default(),
            writers: Vec::new(),
            observers: Vec::new(),
            book: Book::default(),
            epoch: Instant::now(),
            file: String::new(),
        };
        sites.people().await;
        Ok(sites)
    }

    fn clients(&self) -> Vec<Client> {
        [self.first.clients(), self.second.clients()].concat()
    }

    /// Makes rooms and those who use them, and waits until the second site knows everything.
    async fn people(&mut self) {
        self.file = self.owner.upload("text/plain", FILE).await;
        let mut users = Vec::new();
        for index in 0..WRITERS + OBSERVERS {
            users.push(self.first.register(&format!("user{index}")).await);
        }
        let mut rooms = Vec::new();
        for _ in 0..ROOMS {
            let room = self.owner.create_room(json!({ "preset": "public_chat" })).await;
            for user in &users {
                user.join(&room).await;
            }
            let event = self.owner.send_text(&room, "all are here").await;
            let path = event_path(&room, &event);
            self.first.until_all_answer(&self.owner, &path).await;
            self.second.until_all_answer(&self.owner, &path).await;
            rooms.push(room);
        }
        self.rooms = Arc::new(rooms);
        let followers = users.split_off(WRITERS);
        for (index, user) in users.into_iter().enumerate() {
            let roaming = Roaming::new(self.clients(), index);
            let seed = u64::try_from(index).unwrap_or_default();
            let (rooms, book) = (Arc::clone(&self.rooms), self.book.clone());
            self.writers.push(Writer::new(user, index, rooms, roaming, book, self.epoch, seed));
        }
        for (index, user) in followers.into_iter().enumerate() {
            let reader =
                Reader::new(user, Habit::Always, Place::Classic { since: None }, &self.rooms, TIMELINE_LIMIT);
            let turn = Turn::new(FIRST_NODES + SECOND_NODES, index);
            let seed = u64::try_from(index).unwrap_or_default();
            self.observers.push(Observer::new(reader, index, self.clients(), turn, self.book.clone(), seed));
        }
    }

    async fn round(&mut self, drill: Drill, dice: &mut StdRng) -> Result<Round, String> {
        let load = self.begin_load();
        tokio::time::sleep(CALM).await;
        let (at, words, promoted) = match drill {
            Drill::SiteLoss => self.lose(dice).await?,
            _ => self.change().await?,
        };
        let healed = at.elapsed();
        tokio::time::sleep(CALM).await;
        self.end_load(load).await?;
        let figures = Figures::of(&self.book.take(), at, &[]);
        let mut findings = Findings::default();
        let lost = match drill {
            Drill::SiteLoss => self.come_back(&promoted).await?,
            _ => BTreeSet::new(),
        };
        self.judge(&lost, &mut findings).await;
        self.files().await?;
        if findings.faults.is_empty() {
            self.go_back().await?;
        }
        let words =
            format!("{words}; {} messages did not get to the second site, all of them listed", lost.len());
        let words =
            if drill == Drill::SiteLoss { words } else { "changed from one site to the other".to_owned() };
        Ok(Round { words, healed, figures, findings })
    }

    /// A planned change: nothing may be lost.
    async fn change(&mut self) -> Result<(Instant, String, Value), String> {
        let at = Instant::now();
        let promoted = self.command(&["cluster", "promote"]).await?;
        if promoted["planned"] != true {
            return Err(format!("a change that was planned is told as {promoted}"));
        }
        Ok((at, String::new(), promoted))
    }

    /// Everything at the first site dies, some time after the line.
    async fn lose(&mut self, dice: &mut StdRng) -> Result<(Instant, String, Value), String> {
        self.line.cut();
        let cut = Duration::from_millis(dice.random_range(0..=CUT_MS));
        tokio::time::sleep(cut).await;
        let at = Instant::now();
        self.first.nats.kill_all();
        (0..FIRST_NODES).for_each(|node| self.first.kill(node));
        // Whoever promotes a site has to say that the other one is gone.
        let refused = self.second.node(0).run_beside(&["cluster", "promote", "--json"]).await;
        if refused.status.success() {
            return Err("a site was promoted while nobody knew what the other one does".to_owned());
        }
        let promoted = self.command(&["cluster", "promote", "--other-site-is-gone"]).await?;
        let words = format!("cut the line, and killed the first site {cut:?} later");
        Ok((at, words, promoted))
    }

    /// A file of the first site is there at the second one, whose nodes never had it, and new ones can be uploaded.
    async fn files(&self) -> Result<(), String> {
        let at = |node: usize| self.owner.with_client(self.second.client(node));
        let new = at(0).upload("text/plain", "what was uploaded at the second site").await;
        for (uri, content) in
            [(self.file.as_str(), FILE), (new.as_str(), "what was uploaded at the second site")]
        {
            let path = format!("/_matrix/client/v1/media/download/{}", uri.trim_start_matches("mxc://"));
            let client = self.second.client(1);
            let answer = client.get(Some(&self.owner.access_token), &path).await;
            let answer = answer.map_err(|error| format!("{path}: {error}"))?;
            if answer.status != 200 || answer.bytes != content.as_bytes() {
                return Err(format!("{path}: {}", answer.summary()));
            }
        }
        Ok(())
    }

    /// The first site becomes the copy of the second one, and then has the log again.
    async fn go_back(&mut self) -> Result<(), String> {
        for node in 0..FIRST_NODES {
            self.first.kill(node);
            let folder = self.first.node(node).data_dir();
            std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let again = ["cluster", "standby", "--of", "second", "--domain", "second", "--discard-ended-log"];
        command(self.first.node(0), &again).await?;
        for node in 0..FIRST_NODES {
            self.first.spawn(node);
            self.first.try_wait_readable(node).await.map_err(|error| error.to_string())?;
        }
        let room = self.rooms.first().cloned().unwrap_or_default();
        let last = self.owner.with_client(self.second.client(0)).send_text(&room, "before going back").await;
        self.first.until_all_answer(&self.owner, &event_path(&room, &last)).await;
        let promoted = command(self.first.node(0), &["cluster", "promote"]).await?;
        if promoted["epoch"] != 3 || promoted["planned"] != true {
            return Err(format!("going back is told as {promoted}"));
        }
        for node in 0..FIRST_NODES {
            self.first.try_wait_ready(node).await.map_err(|error| error.to_string())?;
        }
        let after = self.owner.send_text(&room, "after going back").await;
        self.first.until_all_answer(&self.owner, &event_path(&room, &after)).await;
        Ok(())
    }

    async fn command(&self, arguments: &[&str]) -> Result<Value, String> {
        command(self.second.node(0), arguments).await
    }

    /// The first site comes back: it must not take anything any more, and what it alone has is listed. Gives the events
    /// that are listed.
    async fn come_back(&mut self, promoted: &Value) -> Result<BTreeSet<String>, String> {
        for server in 0..self.first.nats.size() {
            self.first.nats.spawn(server);
        }
        self.first.nats.wait_ready().await;
        for node in 0..FIRST_NODES {
            self.first.spawn(node);
        }
        self.line.mend();
        self.until_superseded().await?;
        let listed = self.command(&["cluster", "lost"]).await?;
        if listed["kept"] != promoted["last"] {
            return Err(format!(
                "promoted at {}, and what is lost is listed from {}",
                promoted["last"], listed["kept"]
            ));
        }
        let events = listed["described"].as_array().into_iter().flatten();
        let events = events.flat_map(|record| record["events"].as_array().cloned().unwrap_or_default());
        Ok(events.filter_map(|event| event["id"].as_str().map(str::to_owned)).collect())
    }

    /// Waits until every node of the first site refuses writes for good, or does not even start.
    async fn until_superseded(&mut self) -> Result<(), String> {
        let until = Instant::now() + SUPERSEDED;
        for node in 0..FIRST_NODES {
            let room = self.rooms.first().cloned().unwrap_or_default();
            loop {
                if self.first.node_mut(node).ended().is_some() {
                    break;
                }
                let client = self.first.client(node).with_answer_wait(Duration::from_secs(2));
                let answer = client.get(None, "/ready").await;
                if answer.as_ref().is_ok_and(|answer| answer.summary().contains("stands aside")) {
                    let path = room_path(&room, &format!("send/m.room.message/{}", new_transaction_id()));
                    let body = json!({ "msgtype": "m.text", "body": "is this still the log?" });
                    let token = Some(self.owner.access_token.as_str());
                    let taken = client.json(http::Method::PUT, token, &path, &body).await;
                    if taken.is_ok_and(|answer| answer.status == 200) {
                        return Err(format!("node {node} of the former site took a message"));
                    }
                    break;
                }
                if Instant::now() > until {
                    let said = answer.map_or_else(|error| error.to_string(), |answer| answer.summary());
                    return Err(format!("node {node} of the former site still says {said}"));
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    }

    fn begin_load(&mut self) -> Load {
        let (stop, stopped) = watch::channel(false);
        let writers = self.writers.drain(..).map(|writer| tokio::spawn(writer.work(stopped.clone())));
        let observers =
            self.observers.drain(..).map(|observer| tokio::spawn(observer.follow(stopped.clone())));
        Load { stop, writers: writers.collect(), observers: observers.collect() }
    }

    async fn end_load(&mut self, load: Load) -> Result<(), String> {
        load.stop.send_replace(true);
        for task in load.writers {
            self.writers.push(super::world::finished(task).await?);
        }
        for task in load.observers {
            self.observers.push(super::world::finished(task).await?);
        }
        Ok(())
    }

    /// Compares what people saw with what the second site's nodes have; `lost` was listed.
    async fn judge(&mut self, lost: &BTreeSet<String>, findings: &mut Findings) {
        // A message sent again at the second site is another one there, if the first one is listed.
        let known = |fault: &String| lost.iter().any(|event| fault.contains(event));
        for writer in &mut self.writers {
            findings.faults.extend(writer.faults.drain(..).filter(|fault| !known(fault)));
        }
        let rooms = Arc::clone(&self.rooms);
        let Some(last) = self.writers.first_mut() else { return };
        for room in rooms.iter() {
            match last.message(room).await {
                Ok(event) => self.second.until_all_answer(&self.owner, &event_path(room, &event)).await,
                Err(fault) => findings.faults.push(fault),
            }
        }
        for observer in &mut self.observers {
            observer.catch_up().await;
            findings.faults.append(&mut observer.reader.faults);
            for read in observer.reader.rooms.values_mut() {
                read.retain(|seen: &Seen| !lost.contains(&seen.id));
            }
        }
        let everywhere: Vec<User> =
            self.second.clients().into_iter().map(|client| self.owner.with_client(client)).collect();
        for room in rooms.iter() {
            let acks = self.writers.iter().filter_map(|writer| writer.acks.get(room)).flatten();
            let acks: Vec<Ack> = acks.filter(|ack| !lost.contains(&ack.id)).cloned().collect();
            verdict::room(room, &acks, &everywhere, &self.observers, findings).await;
        }
    }
}

fn event_path(room: &str, event: &str) -> String {
    room_path(room, &format!("event/{}", segment(event)))
}

async fn command(server: &Server, arguments: &[&str]) -> Result<Value, String> {
    let output = server.run_beside(&[arguments, &["--json"]].concat()).await;
    let text = [output.stdout.clone(), output.stderr].concat();
    if !output.status.success() {
        return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&text)));
    }
    let last = output.stdout.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap_or_default();
    serde_json::from_slice(last).map_err(|error| format!("{arguments:?}: {error}"))
}
