//! Concurrent senders in a few rooms, with or without readers.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use alphorn_tests::user::{new_transaction_id, room_path};
use alphorn_tests::{User, segment};
use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use clap::Args;
use futures_util::future::{join_all, try_join_all};
use http::Method;
use serde_json::json;

use crate::latency::{Latencies, as_float};
use crate::report::{Aim, Report};
use crate::target::Target;
use crate::{TargetArgs, population};

/// Settings of the measurement.
#[derive(Args, Clone, Debug)]
pub(crate) struct SendArgs {
    /// Concurrent senders; each waits for its answer before it sends again.
    #[arg(long, default_value_t = 32)]
    senders: usize,
    /// Rooms; the senders are spread over them.
    #[arg(long, default_value_t = 8)]
    rooms: usize,
    /// Users in all.
    #[arg(long, default_value_t = 100)]
    users: usize,
    /// Rooms that each user is in.
    #[arg(long, default_value_t = 1)]
    rooms_per_user: usize,
    /// Seconds that are measured.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Seconds of sending before, which are not measured.
    #[arg(long, default_value_t = 3)]
    warmup: u64,
    /// Stops after so many measured messages, if that comes first.
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
    /// Users in each room that follow it by long polls of /sync.
    #[arg(long, default_value_t = 0)]
    readers: usize,
}

/// What the senders share.
struct Run {
    epoch: Instant,
    measure_from: Instant,
    until: Instant,
    left: RefCell<usize>,
}

/// Measures.
pub(crate) async fn run(target: &TargetArgs, arguments: &SendArgs) -> Result<Report> {
    let SendArgs { senders, rooms, users, rooms_per_user, readers, .. } = *arguments;
    ensure!(rooms > 0 && senders > 0, "no rooms or no senders");
    ensure!(users >= rooms.max(senders), "fewer users than rooms or senders");
    ensure!((1..=rooms).contains(&rooms_per_user), "rooms per user: 1 to the number of rooms");
    ensure!(users / rooms >= readers, "fewer users in a room than readers");
    let target = Target::open(target).await?;
    let people = population::users(target.client(), &population::fresh_prefix("u"), users).await?;
    let room_ids = population::public_rooms(&people, rooms).await?;
    let member_of = |user: usize| (0..rooms_per_user).map(move |further| (user + further) % rooms);
    let pairs = people.iter().enumerate().flat_map(|(index, user)| {
        member_of(index).filter_map(|room| room_ids.get(room)).map(move |room| (user, room.as_str()))
    });
    population::join(pairs).await?;

    let epoch = Instant::now();
    let measure_from = epoch + Duration::from_secs(arguments.warmup);
    let until = measure_from + Duration::from_secs(arguments.seconds);
    let run = Rc::new(Run { epoch, measure_from, until, left: RefCell::new(arguments.messages) });
    let sending = join_all(people.iter().take(senders).enumerate().map(|(index, user)| {
        let room = room_ids.get(index % rooms).cloned().unwrap_or_default();
        let user = user.with_client(target.client().separate());
        let run = Rc::clone(&run);
        async move { send_loop(&user, &room, &run).await }
    }));
    // The last users of each room read, so that nobody reads who sends as long as there are enough.
    let reading = try_join_all(people.iter().rev().take(readers * rooms).map(|user| {
        let user = user.with_client(target.client().separate());
        let run = Rc::clone(&run);
        async move { read_loop(&user, &run).await }
    }));
    let measuring = measure_server(&target, &run);
    let (sent, read, server) = tokio::join!(sending, reading, measuring);
    let mut latencies = Latencies::default();
    for one in sent {
        latencies.append(one?);
    }
    let mut delivered = Latencies::default();
    for one in read? {
        delivered.append(one);
    }
    report(&target, arguments, &latencies, &delivered, server?)
}

/// Processor time of the server and wall time from the end of the warm-up to the end of the run.
async fn measure_server(target: &Target, run: &Run) -> Result<(Duration, Duration)> {
    tokio::time::sleep_until(run.measure_from.into()).await;
    let (cpu_before, wall_before) = (target.cpu_time()?, Instant::now());
    while Instant::now() < run.until && *run.left.borrow() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok((target.cpu_time()?.saturating_sub(cpu_before), wall_before.elapsed()))
}

async fn send_loop(user: &User, room: &str, run: &Run) -> Result<Latencies> {
    let mut latencies = Latencies::default();
    let headers = [("content-type", "application/json")];
    while Instant::now() < run.until && *run.left.borrow() > 0 {
        let started = Instant::now();
        let micros = started.duration_since(run.epoch).as_micros();
        let body =
            json!({"msgtype": "m.text", "body": format!("a message of usual length, sent at {micros}")});
        let path = room_path(room, &format!("send/m.room.message/{}", new_transaction_id()));
        let answer = user
            .client()
            .send(Method::PUT, &path, Some(&user.access_token), &headers, Bytes::from(body.to_string()))
            .await?;
        ensure!(answer.status == 200, "{}: {}", answer.asked, answer.summary());
        let ended = Instant::now();
        if started >= run.measure_from && ended <= run.until && *run.left.borrow() > 0 {
            *run.left.borrow_mut() -= 1;
            latencies.add(ended - started);
        }
    }
    Ok(latencies)
}

/// Follows everything that a user sees, and measures from the sending of a message to its sight.
async fn read_loop(user: &User, run: &Run) -> Result<Latencies> {
    let filter = segment(r#"{"room":{"timeline":{"limit":100},"state":{"lazy_load_members":true}}}"#);
    let mut since = String::new();
    let mut delivered = Latencies::default();
    while Instant::now() < run.until && *run.left.borrow() > 0 {
        let path = format!("/_matrix/client/v3/sync?timeout=1000&filter={filter}{since}");
        let body = population::ok(population::get(user, &path).await?)?;
        since = format!("&since={}", segment(&population::text(&body, "next_batch")?));
        let now = run.epoch.elapsed();
        let rooms = body["rooms"]["join"].as_object().into_iter().flat_map(|rooms| rooms.values());
        let events = rooms.filter_map(|room| room["timeline"]["events"].as_array()).flatten();
        for event in events {
            let words = event["content"]["body"].as_str().and_then(|body| body.rsplit_once(' '));
            let sent = words.and_then(|(_, micros)| micros.parse().ok()).map(Duration::from_micros);
            if let Some(sent) = sent
                && run.epoch + sent >= run.measure_from
            {
                delivered.add(now.saturating_sub(sent));
            }
        }
    }
    Ok(delivered)
}

fn report(
    target: &Target,
    arguments: &SendArgs,
    latencies: &Latencies,
    delivered: &Latencies,
    (cpu, wall): (Duration, Duration),
) -> Result<Report> {
    let count = latencies.count();
    ensure!(count > 0, "no message was sent within the measured time");
    let mut report = Report::new("send: concurrent senders");
    report.setting("senders", arguments.senders);
    report.setting("rooms", arguments.rooms);
    report.setting("users", arguments.users);
    report.setting("rooms per user", arguments.rooms_per_user);
    report.setting("readers per room", arguments.readers);
    target.describe_disk(&mut report)?;
    let per_message = cpu.as_secs_f64() * 1000.0 / as_float(count);
    let rate = as_float(count) / wall.as_secs_f64();
    report.figure("messages", as_float(count), "");
    report.figure("measured for", wall.as_secs_f64(), "s");
    report.aimed("messages each second", rate, "1/s", Aim::AtLeast(2000.0));
    report.aimed("server CPU per message", per_message, "ms", Aim::AtMost(0.4));
    report.figure("server CPU in use", cpu.as_secs_f64() / wall.as_secs_f64(), "cores");
    report.figure("latency p50", latencies.percentile_ms(50.0), "ms");
    report.figure("latency p95", latencies.percentile_ms(95.0), "ms");
    report.aimed("latency p99", latencies.percentile_ms(99.0), "ms", Aim::AtMost(25.0));
    report.figure("latency max", latencies.percentile_ms(100.0), "ms");
    if arguments.readers > 0 {
        ensure!(delivered.count() > 0, "the readers saw no message");
        report.figure("messages seen by readers", as_float(delivered.count()), "");
        report.figure("send to sight p50", delivered.percentile_ms(50.0), "ms");
        report.figure("send to sight p99", delivered.percentile_ms(99.0), "ms");
    }
    let memory = target.memory().context("memory of the server")?;
    report.figure("resident memory", memory.resident_mb, "MB");
    report.figure("of it anonymous", memory.anonymous_mb, "MB");
    Ok(report)
}
