//! Memory of a server at rest.

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;

use crate::report::{Aim, Report};
use crate::target::Target;
use crate::{TargetArgs, population};

/// Settings of the measurement.
#[derive(Args, Clone, Debug)]
pub(crate) struct RestArgs {
    /// Registered users.
    #[arg(long, default_value_t = 100)]
    users: usize,
    /// Rooms that all of them are in.
    #[arg(long, default_value_t = 8)]
    rooms: usize,
    /// Messages that each user has sent.
    #[arg(long, default_value_t = 20)]
    messages: usize,
    /// Seconds of rest before memory is read.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// Measures twice: at rest after the users were active, and at rest after a new start, when each has synced.
pub(crate) async fn run(target: &TargetArgs, arguments: &RestArgs) -> Result<Report> {
    ensure!(arguments.users > 0 && arguments.rooms > 0, "no users or no rooms");
    let mut target = Target::open(target).await?;
    let users = population::users(target.client(), &population::fresh_prefix("r"), arguments.users).await?;
    let rooms = population::public_rooms(&users, arguments.rooms).await?;
    for room in &rooms {
        population::join(users.iter().map(|user| (user, room.as_str()))).await?;
    }
    let sends = users.iter().zip(rooms.iter().cycle()).map(|(user, room)| async move {
        for number in 0..arguments.messages {
            population::send_text(user, room, &format!("message {number}")).await?;
        }
        Ok(())
    });
    population::all(sends).await?;
    let rest = Duration::from_secs(arguments.seconds);
    tokio::time::sleep(rest).await;
    let active = target.memory()?;

    let server = target.server()?;
    server.stop().await;
    server.launch().await?;
    target.started_again()?;
    tokio::time::sleep(rest).await;
    let started = target.memory()?;
    let syncs = users.iter().map(|user| async move {
        population::ok(population::get(user, "/_matrix/client/v3/sync?timeout=0").await?).map(drop)
    });
    population::all(syncs).await?;
    tokio::time::sleep(rest).await;
    let synced = target.memory()?;

    let mut report = Report::new("rest: memory of a server at rest");
    report.setting("users", arguments.users);
    report.setting("rooms with all users", arguments.rooms);
    report.setting("messages", arguments.users * arguments.messages);
    for (when, memory) in
        [("after activity", active), ("after a start", started), ("after all synced", synced)]
    {
        report.aimed(format!("resident {when}"), memory.resident_mb, "MB", Aim::AtMost(60.0));
        report.figure(format!("of it anonymous {when}"), memory.anonymous_mb, "MB");
    }
    Ok(report)
}
