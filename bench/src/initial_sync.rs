//! The first sync of an account in many large rooms.

use std::path::Path;
use std::time::{Duration, Instant};

use alphorn_tests::{Client, User, segment};
use anyhow::{Context as _, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::latency::{Latencies, as_float};
use crate::report::{Aim, Report};
use crate::target::Target;
use crate::{TargetArgs, population};

/// In this file of a kept store stands who is in the rooms.
const POPULATION_FILE: &str = "population.json";

/// Settings of the measurement.
#[derive(Args, Clone, Debug)]
pub(crate) struct InitialSyncArgs {
    /// Rooms that the account is in.
    #[arg(long, default_value_t = 300)]
    rooms: usize,
    /// Members of each room.
    #[arg(long, default_value_t = 300)]
    members: usize,
    /// Messages in each room.
    #[arg(long, default_value_t = 30)]
    messages: usize,
    /// Syncs of each kind.
    #[arg(long, default_value_t = 5)]
    syncs: usize,
}

/// Measures. The first sync of each kind comes right after a start of the server, with cold caches; the
/// account is another one than those that filled the rooms.
pub(crate) async fn run(arguments: &TargetArgs, settings: &InitialSyncArgs) -> Result<Report> {
    ensure!(settings.rooms > 0 && settings.members > 1 && settings.syncs > 0, "too few rooms or members");
    let mut target = Target::open(arguments).await?;
    let kept = arguments.store.as_ref().map(|store| store.join(POPULATION_FILE));
    let account = match kept.as_deref().and_then(|file| read_account(target.client(), file)) {
        Some(account) => account,
        None => build(&target, settings, kept.as_deref()).await?,
    };
    let mut report = Report::new("initial sync");
    report.setting("rooms", settings.rooms);
    report.setting("members of each room", settings.members);
    report.setting("messages in each room", settings.messages);
    let lazy = segment(r#"{"room":{"state":{"lazy_load_members":true}}}"#);
    let kinds = [
        ("v3, lazy members", Ask::Get(format!("/_matrix/client/v3/sync?timeout=0&filter={lazy}")), true),
        ("v3, all members", Ask::Get("/_matrix/client/v3/sync?timeout=0".to_owned()), false),
        ("sliding, first 20 rooms", Ask::sliding(20), true),
        ("sliding, all rooms", Ask::sliding(settings.rooms), true),
    ];
    for (name, ask, aimed) in kinds {
        let server = target.server()?;
        server.stop().await;
        server.launch().await?;
        target.started_again()?;
        measure(&mut report, &target, &account, settings, (name, &ask, aimed)).await?;
    }
    Ok(report)
}

enum Ask {
    Get(String),
    Post(&'static str, Value),
}

impl Ask {
    /// The first request of a client in the manner of Element X (MSC4186).
    fn sliding(rooms: usize) -> Self {
        let list = json!({
            "ranges": [[0, rooms.saturating_sub(1)]],
            "timeline_limit": 1,
            "required_state": [
                ["m.room.name", ""], ["m.room.encryption", ""], ["m.room.member", "$LAZY"],
                ["m.room.member", "$ME"], ["m.room.topic", ""], ["m.room.avatar", ""],
                ["m.room.canonical_alias", ""], ["m.room.power_levels", ""], ["m.room.create", ""]
            ],
        });
        let extensions = json!({
            "to_device": {"enabled": true}, "e2ee": {"enabled": true}, "account_data": {"enabled": true},
            "receipts": {"enabled": true}, "typing": {"enabled": true},
        });
        let body = json!({"conn_id": "bench", "lists": {"all": list}, "extensions": extensions});
        Self::Post("/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=0", body)
    }

    async fn send(&self, user: &User) -> Result<(Duration, usize, usize)> {
        let started = Instant::now();
        let answer = match self {
            Self::Get(path) => population::get(user, path).await?,
            Self::Post(path, body) => population::post(user, path, body).await?,
        };
        let took = started.elapsed();
        let bytes = answer.bytes.len();
        let body = population::ok(answer)?;
        let rooms = match self {
            Self::Get(_) => body["rooms"]["join"].as_object(),
            Self::Post(..) => body["rooms"].as_object(),
        };
        Ok((took, bytes, rooms.map_or(0, serde_json::Map::len)))
    }
}

async fn measure(
    report: &mut Report,
    target: &Target,
    account: &User,
    settings: &InitialSyncArgs,
    (name, ask, aimed): (&str, &Ask, bool),
) -> Result<()> {
    let account = account.with_client(target.client().separate());
    let expected = match ask {
        Ask::Get(_) => settings.rooms,
        Ask::Post(_, body) => {
            let last = body["lists"]["all"]["ranges"][0][1].as_u64().context("no range")?;
            settings.rooms.min(usize::try_from(last)? + 1)
        }
    };
    let cpu_before = target.cpu_time()?;
    let (cold, bytes, rooms) = ask.send(&account).await?;
    let cpu_cold = target.cpu_time()?;
    ensure!(rooms == expected, "{name}: {rooms} rooms in the answer, expected {expected}");
    let mut warm = Latencies::default();
    for _ in 1..settings.syncs {
        warm.add(ask.send(&account).await?.0);
    }
    let cpu_warm = target.cpu_time()?.saturating_sub(cpu_cold);
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
    let cold_ms = milliseconds(cold);
    if aimed {
        report.aimed(format!("{name}: cold"), cold_ms, "ms", Aim::AtMost(1000.0));
    } else {
        report.figure(format!("{name}: cold"), cold_ms, "ms");
    }
    report.figure(format!("{name}: warm, median"), warm.percentile_ms(50.0), "ms");
    report.figure(format!("{name}: cold, server CPU"), milliseconds(cpu_cold - cpu_before), "ms");
    let warm_syncs = as_float(warm.count().max(1));
    report.figure(format!("{name}: warm, server CPU"), milliseconds(cpu_warm) / warm_syncs, "ms");
    report.figure(format!("{name}: answer"), as_float(bytes) / 1e6, "MB");
    Ok(())
}

/// Makes users and rooms, everybody in every room, and some talk. The account under test is the last user.
async fn build(target: &Target, settings: &InitialSyncArgs, kept: Option<&Path>) -> Result<User> {
    let started = Instant::now();
    let prefix = population::fresh_prefix("s");
    let people = population::users(target.client(), &prefix, settings.members).await?;
    let rooms = population::public_rooms(&people, settings.rooms).await?;
    // One user after the other: the joins under way at once are in different rooms.
    for (index, user) in people.iter().enumerate() {
        population::join(rooms.iter().map(|room| (user, room.as_str()))).await?;
        if (index + 1).is_multiple_of(50) {
            eprintln!("{} users in all rooms after {:.0} s", index + 1, started.elapsed().as_secs_f64());
        }
    }
    let people = &people;
    let talks = rooms.iter().map(|room| async move {
        for (number, user) in people.iter().cycle().take(settings.messages).enumerate() {
            population::send_text(user, room, &format!("message {number}")).await?;
        }
        Ok(())
    });
    population::all(talks).await?;
    let account = people.last().context("no users")?.clone();
    if let Some(file) = kept {
        let note = json!({
            "user_id": account.user_id, "access_token": account.access_token, "device_id": account.device_id,
        });
        std::fs::write(file, note.to_string())?;
    }
    eprintln!("built in {:.0} s", started.elapsed().as_secs_f64());
    Ok(account)
}

fn read_account(client: &Client, file: &Path) -> Option<User> {
    let text = std::fs::read_to_string(file).ok()?;
    User::from_login(client, &serde_json::from_str(&text).ok()?)
}
