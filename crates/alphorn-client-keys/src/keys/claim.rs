//! `POST /_matrix/client/v3/keys/claim`: one-time keys to begin encrypted sessions with.
//! Specification: Client-Server API, "One-time and fallback keys".
//!
//! Each user's keys are claimed by a decision on that user's history, so that no key goes to two askers. A claim
//! that is repeated because its answer was lost takes another key; the lost one is used by nobody.

use std::collections::BTreeMap;

use alphorn_http::{
    App, Client, JsonBody, RawAnswer, Result,
    engine::{Engine, ReadError},
    model::{Aggregate, Fact, RawJson, Refusal, UserId, fact::KeysFact},
    store::Reader,
};
use axum::extract::State;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::query::unreachable_server;

/// Devices in one request.
const DEVICES_MAX: usize = 2_000;
/// Users whose keys are claimed at the same time for one request.
const AT_ONCE: usize = 16;

/// Device to algorithm.
type Wanted = BTreeMap<String, String>;
/// Device to `algorithm:key_id` to key.
type Claimed = BTreeMap<String, BTreeMap<String, RawJson>>;

#[derive(Deserialize)]
pub(crate) struct Body {
    one_time_keys: BTreeMap<String, Wanted>,
}

#[derive(Default, Serialize)]
struct Answer {
    one_time_keys: BTreeMap<String, Claimed>,
    failures: BTreeMap<String, Value>,
}

pub(crate) async fn claim(State(app): State<App>, _: Client, JsonBody(body): JsonBody<Body>) -> Result {
    if body.one_time_keys.values().map(BTreeMap::len).sum::<usize>() > DEVICES_MAX {
        return Err(Refusal::invalid_param(format!("at most {DEVICES_MAX} devices at once")).into());
    }
    let engine = app.engine();
    let (mut answer, mut local) = (Answer::default(), Vec::new());
    for (user, wanted) in body.one_time_keys {
        let parsed =
            UserId::parse(&user).map_err(|_| Refusal::invalid_param(format!("{user:?} is not a user id")))?;
        if parsed.server_name() == engine.server_name() {
            local.push((user, wanted));
        } else {
            answer.failures.insert(parsed.server_name().to_string(), unreachable_server());
        }
    }
    let claimed: Vec<(String, Claimed)> = stream::iter(local)
        .map(|(user, wanted)| claim_of(engine, user, wanted))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    answer.one_time_keys.extend(claimed.into_iter().filter(|(_, claimed)| !claimed.is_empty()));
    RawAnswer::of(&answer)
}

async fn claim_of(
    engine: &Engine,
    user: String,
    wanted: Wanted,
) -> std::result::Result<(String, Claimed), Refusal> {
    let name = user.clone();
    let claimed =
        engine.decide(Aggregate::User(user.clone()), move |reader| take(reader, &name, &wanted)).await?;
    Ok((user, claimed))
}

fn take(
    reader: &Reader<'_>,
    user: &str,
    wanted: &Wanted,
) -> std::result::Result<(Vec<Fact>, Claimed), ReadError> {
    let (mut facts, mut claimed) = (Vec::new(), Claimed::new());
    for (device, algorithm) in wanted {
        let Some(found) = reader.claimable_key(user, device, algorithm)? else { continue };
        let device = device.clone();
        match (found.fallback, found.used) {
            (false, _) => {
                let (device, key) = (device.clone(), found.id.clone());
                facts.push(Fact::Keys(KeysFact::OneTimeKeyClaimed { device, key }));
            }
            (true, false) => {
                let (device, algorithm) = (device.clone(), algorithm.clone());
                facts.push(Fact::Keys(KeysFact::FallbackKeyUsed { device, algorithm }));
            }
            (true, true) => {}
        }
        claimed.insert(device, BTreeMap::from([(found.id, found.key)]));
    }
    Ok((facts, claimed))
}
