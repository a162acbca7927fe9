//! `GET /_matrix/client/unstable/org.matrix.msc1763/retention/configuration`: how long this server keeps messages,
//! beside what rooms say. Specification: MSC1763, "Server-defined retention", under its unstable name.

use std::collections::BTreeMap;

use alphorn_http::{App, Client, RawAnswer, Result};
use axum::extract::State;
use serde::Serialize;

/// In place of a room id: in all rooms that say nothing themselves.
const ALL_ROOMS: &str = "*";

#[derive(Serialize)]
struct Answer {
    policies: BTreeMap<&'static str, Policy>,
    limits: Limits,
}

#[derive(Serialize)]
struct Policy {
    max_lifetime: u64,
}

/// What a room can say. Nothing is promised to be kept, so that only the longest life has bounds.
#[derive(Serialize)]
struct Limits {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_lifetime: Option<Bounds>,
}

#[derive(Serialize)]
struct Bounds {
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<u64>,
}

/// The settings of the whole server, as they are now.
pub(super) async fn get(State(app): State<App>, _: Client) -> Result {
    let lifetimes = app.engine().read(|reader| Ok(reader.lifetimes()?)).await?;
    let policies =
        lifetimes.default.map(|max_lifetime| (ALL_ROOMS, Policy { max_lifetime })).into_iter().collect();
    let bounded = lifetimes.min.is_some() || lifetimes.max.is_some();
    let max_lifetime = bounded.then_some(Bounds { min: lifetimes.min, max: lifetimes.max });
    RawAnswer::of(&Answer { policies, limits: Limits { max_lifetime } })
}
