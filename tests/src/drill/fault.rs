//! What is done to a cluster.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::fake_clock::FakeClock;
use crate::nodes::{Nodes, STREAM};
use crate::small_disk::SmallDisk;

/// How long a fault that is run for itself lasts: longer than an election.
const HOLD: Duration = Duration::from_secs(10);
/// How long one of a random run lasts, in milliseconds.
const HOLD_MS: std::ops::Range<u64> = 200..9_000;
/// How wrong a clock is set, in seconds.
const WRONG: i64 = 3_600;
/// Pause between the restarts of a rolling one.
const ROLL_PAUSE: Duration = Duration::from_secs(1);

/// A drill by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drill {
    /// SIGKILL of a node whose nats-server does not lead.
    NodeKill,
    /// SIGKILL of the nats-server that leads the log.
    LeaderKill,
    /// SIGKILL of the leading nats-server and the node beside it.
    MachineKill,
    /// SIGSTOP of a node.
    FreezeNode,
    /// SIGSTOP of the nats-server that leads the log.
    FreezeNats,
    /// A node reaches no nats-server any more, and nobody tells it.
    CutNode,
    /// SIGKILL of two nats-servers: nothing can be written.
    QuorumLoss,
    /// SIGKILL of all six.
    PowerLoss,
    /// SIGTERM and start of each node, one after the other.
    RollingRestart,
    /// SIGTERM and start of each nats-server, one after the other.
    RollingNats,
    /// The disk of one node is full.
    DiskFull,
    /// The leading nats-server and the other two lose what they send to each other; nodes reach all three.
    PartitionOne,
    /// The leading nats-server and one other lose what they send to each other; the third one hears both.
    PartitionPair,
    /// The clock of one node is set an hour wrong, and right again.
    ClockJump,
    /// SIGTERM of each node, one after the other, and start of another version of the program.
    RollingUpgrade,
    /// The first site is ended in an orderly way under load, and the second one promoted.
    SiteChange,
    /// SIGKILL of everything at the first site, with the line to the second one cut before; that one is promoted, and
    /// the first one comes back.
    SiteLoss,
    /// One of the others in each round, chosen by the seed.
    Random,
}

impl Drill {
    /// All drills with their names.
    pub const ALL: [(&'static str, Self); 18] = [
        ("node-kill", Self::NodeKill),
        ("leader-kill", Self::LeaderKill),
        ("machine-kill", Self::MachineKill),
        ("freeze-node", Self::FreezeNode),
        ("freeze-nats", Self::FreezeNats),
        ("cut-node", Self::CutNode),
        ("quorum-loss", Self::QuorumLoss),
        ("power-loss", Self::PowerLoss),
        ("rolling-restart", Self::RollingRestart),
        ("rolling-nats", Self::RollingNats),
        ("disk-full", Self::DiskFull),
        ("partition-one", Self::PartitionOne),
        ("partition-pair", Self::PartitionPair),
        ("clock-jump", Self::ClockJump),
        ("rolling-upgrade", Self::RollingUpgrade),
        ("site-change", Self::SiteChange),
        ("site-loss", Self::SiteLoss),
        ("random", Self::Random),
    ];

    /// What random rounds choose from. (A small disk cannot be made everywhere.)
    const CHOICE: [Self; 10] = [
        Self::NodeKill,
        Self::LeaderKill,
        Self::MachineKill,
        Self::FreezeNode,
        Self::FreezeNats,
        Self::CutNode,
        Self::QuorumLoss,
        Self::PowerLoss,
        Self::RollingRestart,
        Self::RollingNats,
    ];
}

impl fmt::Display for Drill {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, drill)| drill == self).map_or("?", |(name, _)| name);
        formatter.pad(name)
    }
}

impl FromStr for Drill {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, drill)| *drill).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
            format!("there is no drill `{text}`; there are: {}", names.join(", "))
        })
    }
}

/// What is done in one round.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What.
    pub drill: Drill,
    /// Whose turn it is where any will do.
    pub pick: usize,
    /// Whether it hits the leader where that is a choice.
    pub leader: bool,
    /// For how long.
    pub hold: Duration,
}

impl Plan {
    /// The plan of one round.
    #[must_use]
    pub fn make(drill: Drill, dice: &mut StdRng) -> Self {
        let (choice, pick) = (dice.random_range(0..Drill::CHOICE.len()), dice.random_range(0..3));
        let (leader, hold_ms) = (dice.random(), dice.random_range(HOLD_MS));
        if drill == Drill::Random {
            let drill = Drill::CHOICE.get(choice).copied().unwrap_or(Drill::NodeKill);
            return Self { drill, pick, leader, hold: Duration::from_millis(hold_ms) };
        }
        Self { drill, pick, leader: true, hold: HOLD }
    }
}

impl Plan {
    /// Whether the fault lasts; a rolling restart is over when it is.
    #[must_use]
    pub fn hold_counts(self) -> bool {
        !matches!(self.drill, Drill::RollingRestart | Drill::RollingNats | Drill::RollingUpgrade)
    }
}

/// What a drill needs that not every machine has.
#[derive(Debug, Default)]
pub struct Tools {
    /// The disk of node 0.
    pub disk: Option<SmallDisk>,
    /// The clock of node 0.
    pub clock: Option<FakeClock>,
    /// The executable that nodes get.
    pub upgrade: Option<PathBuf>,
}

/// What was done, and when.
#[derive(Clone, Debug)]
pub struct Strike {
    /// In words.
    pub words: String,
    /// When it began.
    pub at: Instant,
    /// Nodes that answered nothing for a while because of it.
    pub down: Vec<usize>,
}

/// Does it.
pub async fn strike(nodes: &mut Nodes, plan: Plan, tools: &Tools) -> Strike {
    let leader = nodes.nats.wait_stream_leader(STREAM).await;
    let size = nodes.size();
    // Of two that are not the leader.
    let other = (leader + 1 + plan.pick % 2) % size;
    let at = Instant::now();
    let (words, down) = match plan.drill {
        Drill::NodeKill => {
            nodes.kill(other);
            (format!("killed node {other}"), vec![other])
        }
        Drill::LeaderKill => {
            nodes.nats.kill(leader);
            (format!("killed nats-{leader}, the leader"), Vec::new())
        }
        Drill::MachineKill => {
            let machine = if plan.leader { leader } else { other };
            nodes.kill_machine(machine);
            (format!("killed node {machine} and nats-{machine} (leader: nats-{leader})"), vec![machine])
        }
        Drill::FreezeNode => {
            nodes.node(plan.pick).freeze();
            (format!("froze node {} (leader: nats-{leader})", plan.pick), vec![plan.pick])
        }
        Drill::FreezeNats => {
            let frozen = if plan.leader { leader } else { other };
            nodes.nats.freeze(frozen);
            (format!("froze nats-{frozen} (leader: nats-{leader})"), Vec::new())
        }
        Drill::CutNode => {
            nodes.cut(plan.pick);
            (format!("cut node {} off (leader: nats-{leader})", plan.pick), Vec::new())
        }
        Drill::QuorumLoss => {
            let second = if plan.leader { leader } else { (other + 1) % size };
            let first = if second == other { leader } else { other };
            nodes.nats.kill(first);
            nodes.nats.kill(second);
            (format!("killed nats-{first} and nats-{second} (leader: nats-{leader})"), Vec::new())
        }
        Drill::PowerLoss => {
            nodes.nats.kill_all();
            (0..size).for_each(|index| nodes.kill(index));
            ("killed everything".to_owned(), (0..size).collect())
        }
        Drill::PartitionOne => {
            let others = [(leader + 1) % size, (leader + 2) % size];
            (cut(nodes, leader, &others), Vec::new())
        }
        Drill::PartitionPair => (cut(nodes, leader, &[other]), Vec::new()),
        Drill::ClockJump => (set_clock(tools, if plan.pick == 0 { -WRONG } else { WRONG }), Vec::new()),
        Drill::RollingUpgrade => {
            ("restarted node after node with another version".to_owned(), (0..size).collect())
        }
        Drill::RollingRestart => ("restarted node after node".to_owned(), (0..size).collect()),
        Drill::RollingNats => ("restarted nats-server after nats-server".to_owned(), Vec::new()),
        Drill::DiskFull => match tools.disk.as_ref().map(SmallDisk::fill) {
            Some(Ok(())) => ("filled the disk of node 0".to_owned(), Vec::new()),
            _ => ("could not fill a disk".to_owned(), Vec::new()),
        },
        // These have a runner of their own; a random run chooses before it strikes.
        Drill::SiteChange | Drill::SiteLoss | Drill::Random => ("did nothing".to_owned(), Vec::new()),
    };
    Strike { words, at, down }
}

/// Lets nats-servers lose what one of them and others send to each other.
fn cut(nodes: &Nodes, one: usize, others: &[usize]) -> String {
    let Some(network) = nodes.nats.network() else { return "could not cut anything".to_owned() };
    others.iter().for_each(|other| network.cut(one, *other));
    format!("cut nats-{one}, the leader, from {others:?}")
}

fn set_clock(tools: &Tools, seconds: i64) -> String {
    match tools.clock.as_ref().map(|clock| clock.set(seconds)) {
        Some(Ok(())) => format!("set the clock of node 0 {seconds:+} s wrong"),
        _ => "could not set a clock".to_owned(),
    }
}

/// Undoes it, and waits until all is well.
pub async fn heal(nodes: &mut Nodes, plan: Plan, strike: &Strike, tools: &Tools) {
    let size = nodes.size();
    if let Some(Err(error)) = tools.disk.as_ref().map(SmallDisk::free) {
        eprintln!("the disk stays as it is: {error}");
    }
    match plan.drill {
        Drill::RollingRestart => {
            for index in 0..size {
                nodes.stop(index).await;
                nodes.restart(index).await;
                tokio::time::sleep(ROLL_PAUSE).await;
            }
        }
        Drill::RollingUpgrade => {
            for index in 0..size {
                nodes.stop(index).await;
                if let Some(binary) = &tools.upgrade {
                    nodes.node_mut(index).set_binary(binary);
                }
                nodes.restart(index).await;
                tokio::time::sleep(ROLL_PAUSE).await;
            }
        }
        Drill::PartitionOne | Drill::PartitionPair => {
            if let Some(network) = nodes.nats.network() {
                network.mend();
            }
        }
        Drill::ClockJump => drop(set_clock(tools, 0)),
        Drill::RollingNats => {
            for index in 0..size {
                nodes.nats.terminate(index).await;
                nodes.nats.restart(index).await;
                tokio::time::sleep(ROLL_PAUSE).await;
            }
        }
        Drill::FreezeNode => strike.down.iter().for_each(|index| nodes.node(*index).thaw()),
        Drill::CutNode => nodes.mend(plan.pick),
        Drill::FreezeNats => {
            for index in 0..size {
                nodes.nats.thaw(index);
            }
        }
        _ => {
            for index in 0..size {
                if nodes.nats.pid(index).is_none() {
                    nodes.nats.spawn(index);
                }
                if nodes.node(index).pid().is_none() {
                    nodes.spawn(index);
                }
            }
        }
    }
    nodes.wait_all_ready().await;
}
