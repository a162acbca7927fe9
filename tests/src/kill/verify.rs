//! Reads back, while nobody writes, what the actors were told.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use serde_json::{Value, json};

use super::actor::{Actor, expect_ok};
use super::ask::Ask;
use super::history::{Ack, Fault, Seen, check, check_reader};
use super::operations::{COUNTER_TYPE, account_data_path, login_body};
use super::reader::{Reader, seen};
use super::record::{Session, Upload, file_bytes};
use crate::http::segment;
use crate::user::{User, room_path};

/// Of each kind of thing that only grows, so many of the newest are read back in a round that is not thorough.
const NEWEST: usize = 15;
/// Pages of one room at most.
const PAGES_MAX: u32 = 2_000;
/// Faults of one room or mailbox that are told.
const TOLD_MAX: usize = 5;

/// What a verification found.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub faults: Vec<String>,
    /// Events that were read back.
    pub events: u64,
}

/// How much is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// All rooms, mailboxes and values; of what only grows, the newest.
    Usual,
    /// Everything.
    Thorough,
}

/// Verifies everything that these actors and readers know. Readers must have caught up; those that have not
/// are left out by the caller.
pub async fn all(actors: &[Actor], readers: &[&Reader], depth: Depth, forwards: bool) -> Findings {
    let mut findings = Findings::default();
    for result in [rooms(actors, readers, forwards, &mut findings.events).await, mail(actors, readers)] {
        findings.faults.extend(result);
    }
    findings.faults.extend(lobby(actors).await.err());
    for actor in actors {
        let checks = [
            values(actor).await,
            first_sync(actor).await,
            redactions(actor, depth).await,
            uploads(actor, depth).await,
            sessions(actor, depth).await,
            accounts(actor, depth).await,
            keys(actor, actors).await,
        ];
        let who = &actor.user.user_id;
        findings
            .faults
            .extend(checks.into_iter().filter_map(Result::err).map(|fault| format!("{who}: {fault}")));
    }
    findings
}

/// The part of a growing list that is read back.
fn part<T>(list: &[T], depth: Depth) -> &[T] {
    let skipped = if depth == Depth::Thorough { 0 } else { list.len().saturating_sub(NEWEST) };
    list.get(skipped..).unwrap_or_default()
}

async fn rooms(actors: &[Actor], readers: &[&Reader], forwards: bool, events: &mut u64) -> Vec<String> {
    let Some(first) = actors.first() else { return vec!["no actors".to_owned()] };
    let mut faults = Vec::new();
    for room in &first.stage.rooms {
        let timeline = match timeline(&first.user, room, forwards).await {
            Ok(timeline) => timeline,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        *events += u64::try_from(timeline.len()).unwrap_or(0);
        let acks: Vec<Ack> =
            actors.iter().filter_map(|actor| actor.record.events.get(room)).flatten().cloned().collect();
        let found = check(&acks, &timeline);
        faults.extend(found.iter().take(TOLD_MAX).map(|fault| format!("{room}: {fault}")));
        for reader in readers {
            let read = reader.rooms.get(room).map(Vec::as_slice).unwrap_or_default();
            let found = check_reader(&timeline, read);
            let who = reader.describe();
            faults.extend(found.map(|fault| format!("{room}, {who}: {fault}")));
            // Before they were redacted, the reader saw marks that the timeline has no longer.
            let found = check(&acks, read_with_marks(&timeline, read).as_slice());
            let doubled = found.iter().filter(|fault| matches!(fault, Fault::DoneTwice { .. }));
            faults.extend(doubled.take(TOLD_MAX).map(|fault| format!("{room}, {who}: {fault}")));
        }
    }
    faults
}

/// The timeline with the marks that a reader still saw.
fn read_with_marks(timeline: &[Seen], read: &[Seen]) -> Vec<Seen> {
    let marks: BTreeMap<&str, &Option<String>> =
        read.iter().map(|one| (one.id.as_str(), &one.mark)).collect();
    let with_mark = |one: &Seen| {
        let mark = one.mark.clone().or_else(|| marks.get(one.id.as_str()).and_then(|mark| (*mark).clone()));
        Seen { id: one.id.clone(), mark }
    };
    timeline.iter().map(with_mark).collect()
}

/// The whole room by `/messages`, oldest first, read in either direction.
///
/// # Errors
/// When it cannot be read, or does not end.
pub async fn timeline(user: &User, room: &str, forwards: bool) -> Result<Vec<Seen>, String> {
    let direction = if forwards { "f" } else { "b" };
    let mut all = Vec::new();
    let mut from = String::new();
    for _ in 0..PAGES_MAX {
        let path = room_path(room, &format!("messages?dir={direction}&limit=100{from}"));
        let body = get(user, &path).await?;
        all.extend(seen(&body["chunk"]));
        let Some(end) = body["end"].as_str() else {
            if !forwards {
                all.reverse();
            }
            return Ok(all);
        };
        from = format!("&from={}", segment(end));
    }
    Err(format!("{room}: /messages?dir={direction} does not end within {PAGES_MAX} pages"))
}

fn mail(actors: &[Actor], readers: &[&Reader]) -> Vec<String> {
    let mut faults = Vec::new();
    for reader in readers {
        let to = &reader.user.user_id;
        let acks: Vec<Ack> =
            actors.iter().filter_map(|actor| actor.record.mail.get(to)).flatten().cloned().collect();
        let found = check(&acks, &reader.mail);
        faults.extend(
            found.iter().take(TOLD_MAX).map(|fault| format!("to-device for {}: {fault}", reader.describe())),
        );
    }
    faults
}

async fn lobby(actors: &[Actor]) -> Result<(), String> {
    let Some(stage) = actors.first().map(|actor| &actor.stage) else { return Ok(()) };
    let entered = actors.iter().filter(|actor| actor.record.in_lobby).map(|actor| &actor.user);
    let expected: BTreeSet<&str> = entered.chain([&stage.owner]).map(|user| user.user_id.as_str()).collect();
    let body = get(&stage.owner, &room_path(&stage.lobby, "joined_members")).await?;
    let joined = body["joined"].as_object().into_iter().flat_map(serde_json::Map::keys);
    let joined: BTreeSet<&str> = joined.map(String::as_str).collect();
    if joined != expected {
        return Err(format!("in the lobby are {joined:?}, acknowledged are {expected:?}"));
    }
    Ok(())
}

async fn values(actor: &Actor) -> Result<(), String> {
    for (room, value) in &actor.record.state {
        let path = room_path(room, &format!("state/{COUNTER_TYPE}/{}", segment(&actor.index.to_string())));
        expect_value(&actor.user, &path, *value).await?;
    }
    for (kind, value) in &actor.record.account_data {
        expect_value(&actor.user, &account_data_path(&actor.user.user_id, kind), *value).await?;
    }
    Ok(())
}

async fn expect_value(user: &User, path: &str, value: u64) -> Result<(), String> {
    let body = get(user, path).await?;
    if body["value"] == value { Ok(()) } else { Err(format!("{path} is {body}, acknowledged was {value}")) }
}

/// One initial sync: the actor's receipts are there, and every room that it is in is complete: none was made
/// by halves.
async fn first_sync(actor: &Actor) -> Result<(), String> {
    let filter = segment(r#"{"room":{"timeline":{"limit":1}}}"#);
    let body = get(&actor.user, &format!("/_matrix/client/v3/sync?timeout=0&filter={filter}")).await?;
    let joined = &body["rooms"]["join"];
    for (room, event_id) in &actor.record.receipts {
        let ephemeral = joined[room]["ephemeral"]["events"].as_array().into_iter().flatten();
        let who = &actor.user.user_id;
        let mut receipts = ephemeral.filter(|event| event["type"] == "m.receipt");
        if !receipts.any(|event| event["content"][event_id]["m.read"][who].is_object()) {
            return Err(format!("{room}: the receipt at {event_id} was acknowledged and is not there"));
        }
    }
    let created = actor.record.rooms_created.iter().chain(&actor.stage.rooms);
    if let Some(missing) = created.into_iter().find(|room| !joined[room.as_str()].is_object()) {
        return Err(format!("{missing} was created and joined, and is not in the first sync"));
    }
    for (room, content) in joined.as_object().into_iter().flatten() {
        let events = [&content["state"]["events"], &content["timeline"]["events"]];
        let types: BTreeSet<&str> = events
            .iter()
            .filter_map(|list| list.as_array())
            .flatten()
            .filter(|event| event["state_key"].is_string())
            .filter_map(|event| event["type"].as_str())
            .collect();
        for needed in ["m.room.create", "m.room.member", "m.room.power_levels", "m.room.join_rules"] {
            if !types.contains(needed) {
                return Err(format!("{room} has no {needed}: it was made by halves ({types:?})"));
            }
        }
    }
    Ok(())
}

async fn redactions(actor: &Actor, depth: Depth) -> Result<(), String> {
    for (room, event_id) in part(&actor.record.redacted, depth) {
        let event = get(&actor.user, &room_path(room, &format!("event/{}", segment(event_id)))).await?;
        if event["content"].as_object().is_none_or(|content| !content.is_empty()) {
            return Err(format!("the redaction of {event_id} was acknowledged and it reads {event}"));
        }
    }
    Ok(())
}

async fn uploads(actor: &Actor, depth: Depth) -> Result<(), String> {
    for Upload { uri, seed, length } in part(&actor.record.uploads, depth) {
        let name = uri.strip_prefix("mxc://").ok_or_else(|| format!("{uri} is no mxc address"))?;
        let ask = Ask::get(format!("/_matrix/client/v1/media/download/{name}"));
        let answered = ask.until_answered(actor.user.client(), Some(&actor.user.access_token)).await?;
        let response = &answered.response;
        if response.status != 200 {
            return Err(format!("{uri} was acknowledged: {}", response.summary()));
        }
        if response.bytes != file_bytes(*seed, *length) {
            let got = response.bytes.len();
            return Err(format!("{uri}: {length} bytes were acknowledged, {got} others came back"));
        }
    }
    Ok(())
}

async fn sessions(actor: &Actor, depth: Depth) -> Result<(), String> {
    let sessions = &actor.record.sessions;
    let newest_dead = part(sessions, depth).iter().filter(|session| !session.alive);
    for session in sessions.iter().filter(|session| session.alive).chain(newest_dead) {
        session_holds(actor, session).await?;
    }
    Ok(())
}

async fn session_holds(actor: &Actor, session: &Session) -> Result<(), String> {
    let ask = Ask::get("/_matrix/client/v3/account/whoami");
    let answered = ask.until_answered(actor.user.client(), Some(&session.access_token)).await?;
    let (status, body) = (answered.response.status.as_u16(), answered.response.json());
    let device = &session.device_id;
    match (session.alive, status) {
        (true, 200) if body["device_id"] == *device && body["user_id"] == session.user_id => Ok(()),
        (false, 401) => Ok(()),
        (true, _) => Err(format!("the login of device {device} was acknowledged: {status} {body}")),
        (false, _) => Err(format!("the logout of device {device} was acknowledged: {status} {body}")),
    }
}

/// Registered accounts can log in; the login is ended at once.
async fn accounts(actor: &Actor, depth: Depth) -> Result<(), String> {
    for name in part(&actor.record.accounts, depth) {
        let ask = Ask::json(Method::POST, "/_matrix/client/v3/login", &login_body(name, "CHECK"));
        let body = expect_ok(&ask.until_answered(actor.user.client(), None).await?)
            .map_err(|fault| format!("the registration of {name} was acknowledged: {fault}"))?;
        let token = body["access_token"].as_str();
        let ask = Ask::json(Method::POST, "/_matrix/client/v3/logout", &json!({}));
        expect_ok(&ask.until_answered(actor.user.client(), token).await?)?;
    }
    Ok(())
}

/// Keys that were uploaded and not claimed are there: each claim, answered or not, took one at most.
async fn keys(actor: &Actor, actors: &[Actor]) -> Result<(), String> {
    let uploaded = actor.record.keys_uploaded;
    let me = &actor.user.user_id;
    let claimants: Vec<&Actor> = actors
        .iter()
        .filter(|other| other.neighbour().is_some_and(|neighbour| neighbour.user_id == *me))
        .collect();
    let claimed: usize = claimants.iter().map(|other| other.record.keys_claimed.len()).sum();
    let sent: u64 = claimants.iter().map(|other| other.record.claims_sent).sum();
    let ask = Ask::json(Method::POST, "/_matrix/client/v3/keys/upload", &json!({}));
    let token = Some(actor.user.access_token.as_str());
    let body = expect_ok(&ask.until_answered(actor.user.client(), token).await?)?;
    let left = body["one_time_key_counts"]["signed_curve25519"].as_u64().unwrap_or(0);
    let most = uploaded.saturating_sub(u64::try_from(claimed).unwrap_or(u64::MAX));
    let least = uploaded.saturating_sub(sent);
    if (least..=most).contains(&left) {
        return Ok(());
    }
    Err(format!("{left} one-time keys left of {uploaded}: {claimed} claims were answered, {sent} sent"))
}

async fn get(user: &User, path: &str) -> Result<Value, String> {
    expect_ok(&Ask::get(path).until_answered(user.client(), Some(&user.access_token)).await?)
}
