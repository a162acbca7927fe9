//! Many clients in idle long polls.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use alphorn_tests::{User, segment};
use anyhow::{Context as _, Result, ensure};
use clap::Args;
use tokio::task::{JoinSet, LocalSet};

use crate::latency::{Latencies, as_float};
use crate::report::{Aim, Report};
use crate::target::Target;
use crate::{TargetArgs, population};

/// Connections from one loopback address: far fewer than it has ports.
const PER_SOURCE: usize = 5_000;
/// Long polls ask to be held so long; the server may hold them shorter.
const POLL_MS: u64 = 600_000;

/// Settings of the measurement.
#[derive(Args, Clone, Debug)]
pub(crate) struct IdleArgs {
    /// Clients, each a user with a connection of its own.
    #[arg(long, default_value_t = 10_000)]
    clients: usize,
    /// Members of each room; every client is in one.
    #[arg(long, default_value_t = 50)]
    room_size: usize,
    /// Messages sent to one of the clients.
    #[arg(long, default_value_t = 50)]
    probes: usize,
    /// Seconds of idling before memory is read.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
}

/// Measures.
pub(crate) async fn run(target: &TargetArgs, arguments: &IdleArgs) -> Result<Report> {
    ensure!(
        arguments.clients >= 2 && arguments.room_size >= 1,
        "two clients at least, rooms of one at least"
    );
    let target = Target::open(target).await?;
    let at_start = target.memory()?;
    let people =
        population::users(target.client(), &population::fresh_prefix("i"), arguments.clients).await?;
    let rooms = population::public_rooms(&people, arguments.clients.div_ceil(arguments.room_size)).await?;
    let homes = people
        .iter()
        .enumerate()
        .filter_map(|(index, user)| Some((user, rooms.get(index / arguments.room_size)?.as_str())));
    population::join(homes).await?;
    // Only the first two are here: the others must sleep through what they say.
    let (Some(reader), Some(writer)) = (people.first(), people.get(1)) else { anyhow::bail!("no two users") };
    let probe_room = population::public_rooms(std::slice::from_ref(writer), 1).await?.remove(0);
    population::join(std::iter::once((reader, probe_room.as_str()))).await?;
    let populated = target.memory()?;

    let local = LocalSet::new();
    let measured = local.run_until(measure(&target, arguments, &people, &probe_room)).await?;
    let mut report = Report::new("idle: clients in idle long polls");
    report.setting("clients", arguments.clients);
    report.setting("members of a room", arguments.room_size);
    report.figure("resident at start", at_start.resident_mb, "MB");
    report.figure("resident with all users and rooms", populated.resident_mb, "MB");
    report.aimed("resident with all clients idle", measured.idle.resident_mb, "MB", Aim::AtMost(400.0));
    report.figure("of it anonymous", measured.idle.anonymous_mb, "MB");
    report.figure("server CPU while idle", measured.idle_cores * 100.0, "% of 1");
    report.figure("wake-up of one client p50", measured.wakes.percentile_ms(50.0), "ms");
    report.figure("wake-up of one client p99", measured.wakes.percentile_ms(99.0), "ms");
    report.figure("wake-up of one client max", measured.wakes.percentile_ms(100.0), "ms");
    report.figure("other clients woken", as_float(measured.disturbed), "");
    Ok(report)
}

struct Measured {
    idle: crate::process::Memory,
    idle_cores: f64,
    wakes: Latencies,
    disturbed: usize,
}

async fn measure(
    target: &Target,
    arguments: &IdleArgs,
    people: &[User],
    probe_room: &str,
) -> Result<Measured> {
    let woken = Rc::new(Cell::new(0_usize));
    let mut sleepers = JoinSet::new();
    let mut reader = None;
    for (index, user) in people.iter().enumerate() {
        let source =
            IpAddr::V4(Ipv4Addr::new(127, 0, 0, u8::try_from(2 + index / PER_SOURCE).unwrap_or(254)));
        let client = target.client().separate().from_source(source);
        let client = client.with_answer_wait(Duration::from_millis(POLL_MS + 30_000));
        let user = user.with_client(client);
        let since = first_sync(&user).await?;
        if index == 0 {
            reader = Some((user, since));
        } else {
            sleepers.spawn_local(sleep_in_polls(user, since, Rc::clone(&woken)));
        }
    }
    let (reader, mut since) = reader.context("no reader")?;
    let cpu_before = target.cpu_time()?;
    // The reader idles as well: its poll has a time limit, so that it ends before the probes.
    let rest = Duration::from_secs(arguments.seconds);
    let polled = poll(&reader, &since, u64::try_from(rest.as_millis())?).await?;
    since = polled;
    let idle_cpu = target.cpu_time()?.saturating_sub(cpu_before);
    let idle = target.memory()?;
    woken.set(0);
    let writer = people.get(1).context("no writer")?;
    let mut wakes = Latencies::default();
    for number in 0..arguments.probes {
        let (latency, next) = probe(&reader, writer, probe_room, &since, number).await?;
        wakes.add(latency);
        since = next;
    }
    ensure!(sleepers.try_join_next().is_none(), "an idle client ended: its poll failed");
    // The writer's own client sees each message too.
    let disturbed = woken.get().saturating_sub(arguments.probes);
    sleepers.shutdown().await;
    Ok(Measured {
        idle,
        idle_cores: idle_cpu.as_secs_f64() / rest.as_secs_f64().max(0.001),
        wakes,
        disturbed,
    })
}

/// From the sending of a message to its arrival at a client in a long poll.
async fn probe(
    reader: &User,
    writer: &User,
    room: &str,
    since: &str,
    number: usize,
) -> Result<(Duration, String)> {
    let body = format!("probe {number}");
    let sending = async {
        // The poll has to be waiting before the message goes out.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let sent = Instant::now();
        population::send_text(writer, room, &body).await.map(|_| sent)
    };
    let path = format!("/_matrix/client/v3/sync?timeout=20000&since={}", segment(since));
    let receiving = async {
        let answer = population::ok(population::get(reader, &path).await?)?;
        anyhow::Ok((answer, Instant::now()))
    };
    let (sent, received) = tokio::join!(sending, receiving);
    let (sent, (answer, received)) = (sent?, received?);
    let events = &answer["rooms"]["join"][room]["timeline"]["events"];
    let seen = events.as_array().is_some_and(|all| all.iter().any(|event| event["content"]["body"] == body));
    ensure!(seen, "the poll woke without the message: {answer}");
    Ok((received.saturating_duration_since(sent), population::text(&answer, "next_batch")?))
}

async fn first_sync(user: &User) -> Result<String> {
    let filter = segment(r#"{"room":{"timeline":{"limit":1},"state":{"lazy_load_members":true}}}"#);
    let path = format!("/_matrix/client/v3/sync?timeout=0&filter={filter}");
    population::text(&population::ok(population::get(user, &path).await?)?, "next_batch")
}

async fn poll(user: &User, since: &str, timeout_ms: u64) -> Result<String> {
    let path = format!("/_matrix/client/v3/sync?timeout={timeout_ms}&since={}", segment(since));
    population::text(&population::ok(population::get(user, &path).await?)?, "next_batch")
}

/// Polls on until the run ends it; ends by itself only on a failure.
async fn sleep_in_polls(user: User, mut since: String, woken: Rc<Cell<usize>>) {
    while let Ok(next) = poll(&user, &since, POLL_MS).await {
        woken.set(woken.get() + 1);
        since = next;
    }
}
