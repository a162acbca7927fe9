//! From start to the first answer with a large store.

use std::path::Path;
use std::time::{Duration, Instant};

use alphorn_tests::{Client, Server};
use anyhow::{Result, bail, ensure};
use clap::Args;

use crate::latency::{Latencies, as_float};
use crate::report::{Aim, Report};
use crate::target::Target;
use crate::{TargetArgs, population};

/// Longest wait for a server to start.
const START_WAIT: Duration = Duration::from_secs(120);
/// Senders while the store is filled, several to a room so that a room's batches are worth their fsync.
const FILLERS: usize = 128;
/// Rooms that are filled.
const ROOMS: usize = 32;
/// Progress is told and noted every so many events.
const NOTED_EVERY: usize = 50_000;
/// In this file of a kept store stands how many events it was filled with.
const FILLED_FILE: &str = "filled-events";

/// Settings of the measurement.
#[derive(Args, Clone, Debug)]
pub(crate) struct StartArgs {
    /// Events in the store. With `--store` only what an earlier run left missing is sent.
    #[arg(long, default_value_t = 1_000_000)]
    events: usize,
    /// Longest time in seconds for filling the store; if it is over before, the measurement fails.
    #[arg(long, default_value_t = 3600)]
    fill_seconds: u64,
    /// Starts after an orderly stop, and as many after a kill.
    #[arg(long, default_value_t = 5)]
    starts: usize,
}

/// Measures.
pub(crate) async fn run(arguments: &TargetArgs, settings: &StartArgs) -> Result<Report> {
    ensure!(arguments.attach.is_none(), "this measurement starts and stops the server: it cannot attach");
    let mut target = Target::open(arguments).await?;
    let filled = fill(&target, arguments, settings).await?;
    let mut report = Report::new("start: with a large store");
    report.setting("events", filled);
    target.describe_disk(&mut report)?;
    for (how, kill) in [("after a stop", false), ("after a kill", true)] {
        let mut answering = Latencies::default();
        let mut ready = Latencies::default();
        for _ in 0..settings.starts {
            let server = target.server()?;
            if kill {
                // Something to recover from: the kill comes while messages are being written.
                write_and_kill(server).await?;
            } else {
                server.stop().await;
            }
            let (first_answer, first_ready) = timed_start(server).await?;
            answering.add(first_answer);
            ready.add(first_ready);
        }
        report.figure(format!("first answer {how}, median"), answering.percentile_ms(50.0), "ms");
        report.figure(format!("ready {how}, median"), ready.percentile_ms(50.0), "ms");
        report.aimed(format!("ready {how}, worst"), ready.percentile_ms(100.0), "ms", Aim::AtMost(500.0));
    }
    target.started_again()?;
    report.figure("resident after the start", target.memory()?.resident_mb, "MB");
    Ok(report)
}

/// Sends until the store holds enough events; answers how many were sent in all runs.
async fn fill(target: &Target, arguments: &TargetArgs, settings: &StartArgs) -> Result<usize> {
    let note = arguments.store.as_ref().map(|store| store.join(FILLED_FILE));
    let noted = note.as_ref().and_then(|note| std::fs::read_to_string(note).ok());
    let before: usize = noted.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let missing = settings.events.saturating_sub(before);
    if missing == 0 {
        return Ok(before);
    }
    let until = Instant::now() + Duration::from_secs(settings.fill_seconds);
    let people = population::users(target.client(), &population::fresh_prefix("f"), FILLERS).await?;
    let rooms = population::public_rooms(&people, ROOMS).await?;
    let homes = || people.iter().zip(rooms.iter().cycle());
    population::join(homes().map(|(user, room)| (user, room.as_str()))).await?;
    let left = std::cell::Cell::new(missing);
    let started = Instant::now();
    let senders = homes().map(|(user, room)| async {
        let user = user.with_client(target.client().separate());
        while left.get() > 0 && Instant::now() < until {
            left.set(left.get() - 1);
            population::send_text(&user, room, "one of very many messages in this store").await?;
            let sent = missing - left.get();
            if sent.is_multiple_of(NOTED_EVERY) {
                eprintln!("{sent} of {missing} sent in {:.0} s", started.elapsed().as_secs_f64());
                // Somewhat too few where others are under way: a run that is cut short fills up the rest.
                write_note(note.as_deref(), before + sent.saturating_sub(FILLERS))?;
            }
        }
        anyhow::Ok(())
    });
    futures_util::future::try_join_all(senders).await?;
    let filled = settings.events - left.get();
    write_note(note.as_deref(), filled)?;
    ensure!(
        left.get() == 0,
        "only {filled} events within {} s: run again with --store",
        settings.fill_seconds
    );
    eprintln!("filled at {:.0} messages each second", as_float(missing) / started.elapsed().as_secs_f64());
    Ok(filled)
}

fn write_note(note: Option<&Path>, filled: usize) -> Result<()> {
    if let Some(note) = note {
        std::fs::write(note, filled.to_string())?;
    }
    Ok(())
}

async fn write_and_kill(server: &mut Server) -> Result<()> {
    let client = server.client().separate();
    let people = population::users(&client, &population::fresh_prefix("k"), 1).await?;
    let rooms = population::public_rooms(&people, 1).await?;
    if let (Some(user), Some(room)) = (people.first(), rooms.first()) {
        for _ in 0..20 {
            population::send_text(user, room, "just before the kill").await?;
        }
    }
    server.kill();
    Ok(())
}

/// Time from start to the first answer, and to readiness.
async fn timed_start(server: &mut Server) -> Result<(Duration, Duration)> {
    let client = server.client().separate().with_answer_wait(Duration::from_secs(5));
    let started = Instant::now();
    server.spawn()?;
    let first_answer = until_ok(server, &client, "/_matrix/client/versions", started).await?;
    let ready = until_ok(server, &client, "/ready", started).await?;
    Ok((first_answer, ready))
}

async fn until_ok(server: &mut Server, client: &Client, path: &str, started: Instant) -> Result<Duration> {
    while started.elapsed() < START_WAIT {
        if let Ok(answer) = client.get(None, path).await
            && answer.status == 200
        {
            return Ok(started.elapsed());
        }
        if let Some(status) = server.ended() {
            bail!("the server ended with {status}:\n{}", server.log_tail());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    bail!("{path} did not answer 200 within {START_WAIT:?}:\n{}", server.log_tail())
}
