//! What actors do, and what of it the server has acknowledged afterwards.

use http::Method;
use rand::Rng as _;
use serde_json::{Value, json};

use super::actor::{Actor, SentMessage, expect_ok, expect_text};
use super::ask::Ask;
use super::record::{Session, Upload, file_bytes};
use crate::http::segment;
use crate::server::PASSWORD;
use crate::user::room_path;

/// The type of the actors' state events.
pub const COUNTER_TYPE: &str = "org.alphorn.test.counter";
/// The type of the to-device messages.
pub const MAIL_TYPE: &str = "org.alphorn.test.mail";
/// Kinds of account data that are written.
const ACCOUNT_DATA_KINDS: u64 = 3;
/// Largest file.
const FILE_BYTES_MAX: usize = 40_000;
/// Rooms, accounts and live logins that one actor makes at most.
const MADE_MAX: usize = 12;

type Done = Result<(), String>;

/// Does one thing, chosen by the actor's dice.
///
/// # Errors
/// When the server answered what it must not answer.
pub async fn one(actor: &mut Actor) -> Done {
    match actor.rng.random_range(0..100_u32) {
        0..40 => message(actor).await,
        40..48 => state(actor).await,
        48..55 => redact(actor).await,
        55..62 => lobby(actor).await,
        62..75 => to_device(actor).await,
        75..80 => receipt(actor).await,
        80..86 => account_data(actor).await,
        86..90 => upload(actor).await,
        90..92 => log_in(actor).await,
        92..93 => log_out(actor).await,
        93..94 => register(actor).await,
        94..95 => create_room(actor).await,
        95..96 => upload_keys(actor).await,
        96..98 => claim_key(actor).await,
        _ => send_again(actor).await,
    }
}

/// Client-server API, "Sending events to a room": the transaction id makes the repetition harmless.
async fn message(actor: &mut Actor) -> Done {
    let (room, mark) = (actor.any_room(), actor.next_mark());
    let content = json!({"msgtype": "m.text", "body": format!("message {mark}"), "mark": mark});
    let path = room_path(&room, &format!("send/m.room.message/{}", segment(&mark)));
    let ask = Ask::json(Method::PUT, path, &content);
    let answered = actor.ask(&ask).await?;
    let event_id = expect_text(&expect_ok(&answered)?, "event_id")?;
    let ack = actor.ack(&answered, &event_id, Some(&mark));
    actor.record.events.entry(room).or_default().push(ack);
    actor.record.count("messages");
    actor.last_sent = Some(SentMessage { ask, event_id });
    Ok(())
}

/// An acknowledged request is sent once more: the answer must name the same event.
async fn send_again(actor: &mut Actor) -> Done {
    let Some(sent) = actor.last_sent.clone() else { return Ok(()) };
    let answered = actor.ask(&sent.ask).await?;
    let event_id = expect_text(&expect_ok(&answered)?, "event_id")?;
    if event_id != sent.event_id {
        let asked = &answered.response.asked;
        return Err(format!("{asked}: acknowledged as {} and, sent again, as {event_id}", sent.event_id));
    }
    actor.record.count("messages sent again");
    Ok(())
}

/// State events have no transaction id: repeated, they may stand there twice, but the acknowledged one stands
/// once and the last value holds.
async fn state(actor: &mut Actor) -> Done {
    let room = actor.any_room();
    let value = actor.record.state.get(&room).copied().unwrap_or(0) + 1;
    let key = segment(&actor.index.to_string());
    let path = room_path(&room, &format!("state/{COUNTER_TYPE}/{key}"));
    let answered = actor.ask(&Ask::json(Method::PUT, path, &json!({"value": value}))).await?;
    let event_id = expect_text(&expect_ok(&answered)?, "event_id")?;
    let ack = actor.ack(&answered, &event_id, None);
    actor.record.events.entry(room.clone()).or_default().push(ack);
    actor.record.state.insert(room, value);
    actor.record.count("state changes");
    Ok(())
}

/// Redacts one of the actor's last messages.
async fn redact(actor: &mut Actor) -> Done {
    let (room, mark) = (actor.any_room(), actor.next_mark());
    let events = actor.record.events.get(&room).map(Vec::as_slice).unwrap_or_default();
    let mut messages = events.iter().rev().filter(|ack| ack.mark.is_some());
    let Some(target) = messages.nth(3).map(|ack| ack.id.clone()) else { return Ok(()) };
    if actor.record.redacted.iter().any(|(_, redacted)| *redacted == target) {
        return Ok(());
    }
    let path = room_path(&room, &format!("redact/{}/{}", segment(&target), segment(&mark)));
    let answered = actor.ask(&Ask::json(Method::PUT, path, &json!({"reason": "a test"}))).await?;
    let event_id = expect_text(&expect_ok(&answered)?, "event_id")?;
    let ack = actor.ack(&answered, &event_id, None);
    actor.record.events.entry(room.clone()).or_default().push(ack);
    actor.record.redacted.push((room, target));
    actor.record.count("redactions");
    Ok(())
}

/// Enters or leaves the lobby. A leave that was done before its answer was lost may be refused when repeated.
async fn lobby(actor: &mut Actor) -> Done {
    let enter = !actor.record.in_lobby;
    let path = room_path(&actor.stage.lobby, if enter { "join" } else { "leave" });
    let answered = actor.ask(&Ask::json(Method::POST, path, &json!({}))).await?;
    let left_before = !enter && answered.attempts > 1 && answered.response.status == 403;
    if !left_before {
        expect_ok(&answered)?;
    }
    actor.record.in_lobby = enter;
    actor.record.count(if enter { "joins" } else { "leaves" });
    Ok(())
}

/// Client-server API, "Send-to-Device messaging", to all devices of the neighbour.
async fn to_device(actor: &mut Actor) -> Done {
    let Some(to) = actor.neighbour() else { return Ok(()) };
    let mark = actor.next_mark();
    let mut devices = serde_json::Map::new();
    devices.insert("*".to_owned(), json!({"mark": mark}));
    let mut messages = serde_json::Map::new();
    messages.insert(to.user_id.clone(), Value::Object(devices));
    let path = format!("/_matrix/client/v3/sendToDevice/{MAIL_TYPE}/{}", segment(&mark));
    let answered = actor.ask(&Ask::json(Method::PUT, path, &json!({"messages": messages}))).await?;
    expect_ok(&answered)?;
    let ack = actor.ack(&answered, &mark, Some(&mark));
    actor.record.mail.entry(to.user_id).or_default().push(ack);
    actor.record.count("to-device messages");
    Ok(())
}

/// Marks the actor's own newest event as read: receipts only move forward.
async fn receipt(actor: &mut Actor) -> Done {
    let room = actor.any_room();
    let Some(event_id) =
        actor.record.events.get(&room).and_then(|acks| acks.last()).map(|ack| ack.id.clone())
    else {
        return Ok(());
    };
    let path = room_path(&room, &format!("receipt/m.read/{}", segment(&event_id)));
    let answered = actor.ask(&Ask::json(Method::POST, path, &json!({}))).await?;
    expect_ok(&answered)?;
    actor.record.receipts.insert(room, event_id);
    actor.record.count("receipts");
    Ok(())
}

/// Path of a kind of account data.
#[must_use]
pub fn account_data_path(user_id: &str, kind: &str) -> String {
    format!("/_matrix/client/v3/user/{}/account_data/{}", segment(user_id), segment(kind))
}

async fn account_data(actor: &mut Actor) -> Done {
    let kind = format!("org.alphorn.test.data{}", actor.rng.random_range(0..ACCOUNT_DATA_KINDS));
    let value = actor.record.account_data.get(&kind).copied().unwrap_or(0) + 1;
    let path = account_data_path(&actor.user.user_id, &kind);
    let answered = actor.ask(&Ask::json(Method::PUT, path, &json!({"value": value}))).await?;
    expect_ok(&answered)?;
    actor.record.account_data.insert(kind, value);
    actor.record.count("account data");
    Ok(())
}

async fn upload(actor: &mut Actor) -> Done {
    let (seed, length) = (actor.rng.random(), actor.rng.random_range(1..FILE_BYTES_MAX));
    let ask = Ask::bytes(Method::POST, "/_matrix/media/v3/upload", file_bytes(seed, length).into());
    let answered = actor.ask(&ask).await?;
    let uri = expect_text(&expect_ok(&answered)?, "content_uri")?;
    actor.record.uploads.push(Upload { uri, seed, length });
    actor.record.count("uploads");
    Ok(())
}

/// The body of a password login.
#[must_use]
pub fn login_body(user: &str, device_id: &str) -> Value {
    json!({
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user},
        "password": PASSWORD,
        "device_id": device_id,
    })
}

/// Logs in on a new device. Repeated with the same device id, the newest token is the one that holds.
async fn log_in(actor: &mut Actor) -> Done {
    if actor.record.sessions.iter().filter(|session| session.alive).count() >= MADE_MAX {
        return Ok(());
    }
    let device_id = format!("S{}", actor.next_mark());
    let body = login_body(&actor.user.user_id, &device_id);
    let answered = actor.ask_as(None, &Ask::json(Method::POST, "/_matrix/client/v3/login", &body)).await?;
    let body = expect_ok(&answered)?;
    actor.record.sessions.push(Session {
        user_id: expect_text(&body, "user_id")?,
        device_id: expect_text(&body, "device_id")?,
        access_token: expect_text(&body, "access_token")?,
        alive: true,
    });
    actor.record.count("logins");
    Ok(())
}

async fn log_out(actor: &mut Actor) -> Done {
    let Some(place) = actor.record.sessions.iter().position(|session| session.alive) else { return Ok(()) };
    let Some(token) = actor.record.sessions.get(place).map(|session| session.access_token.clone()) else {
        return Ok(());
    };
    let ask = Ask::json(Method::POST, "/_matrix/client/v3/logout", &json!({}));
    let answered = actor.ask_as(Some(&token), &ask).await?;
    let done_before = answered.attempts > 1 && answered.response.status == 401;
    if !done_before {
        expect_ok(&answered)?;
    }
    if let Some(session) = actor.record.sessions.get_mut(place) {
        session.alive = false;
    }
    actor.record.count("logouts");
    Ok(())
}

/// Registers an account. When the answer to the first attempt was lost the name may be taken: by this actor.
async fn register(actor: &mut Actor) -> Done {
    if actor.record.accounts.len() >= MADE_MAX {
        return Ok(());
    }
    let name = format!("new-{}", actor.next_mark());
    let body = json!({
        "username": name, "password": PASSWORD, "inhibit_login": true, "auth": {"type": "m.login.dummy"},
    });
    let answered = actor.ask_as(None, &Ask::json(Method::POST, "/_matrix/client/v3/register", &body)).await?;
    let done_before = answered.attempts > 1 && answered.response.json()["errcode"] == "M_USER_IN_USE";
    if !done_before {
        expect_ok(&answered)?;
    }
    actor.record.accounts.push(name);
    actor.record.count("registrations");
    Ok(())
}

async fn create_room(actor: &mut Actor) -> Done {
    if actor.record.rooms_created.len() >= MADE_MAX {
        return Ok(());
    }
    let name = actor.next_mark();
    let body = json!({"preset": "private_chat", "name": name, "topic": "made under fire"});
    let answered = actor.ask(&Ask::json(Method::POST, "/_matrix/client/v3/createRoom", &body)).await?;
    let room_id = expect_text(&expect_ok(&answered)?, "room_id")?;
    actor.record.rooms_created.push(room_id);
    actor.record.count("rooms");
    Ok(())
}

/// Uploads one-time keys. The same keys sent twice are the same keys.
async fn upload_keys(actor: &mut Actor) -> Done {
    const KEYS: u64 = 5;
    let mark = actor.next_mark();
    let mut signed_by = serde_json::Map::new();
    let device_key = format!("ed25519:{}", actor.user.device_id);
    signed_by.insert(actor.user.user_id.clone(), json!({device_key: "c2lnbmF0dXJl"}));
    let mut keys = serde_json::Map::new();
    for number in 0..KEYS {
        let key = json!({"key": format!("{mark}-{number}"), "signatures": signed_by});
        keys.insert(format!("signed_curve25519:{mark}-{number}"), key);
    }
    let body = json!({"one_time_keys": keys});
    let answered = actor.ask(&Ask::json(Method::POST, "/_matrix/client/v3/keys/upload", &body)).await?;
    expect_ok(&answered)?;
    actor.record.keys_uploaded += KEYS;
    actor.record.count("one-time key uploads");
    Ok(())
}

/// Claims a key of the neighbour. No key may ever be given twice.
async fn claim_key(actor: &mut Actor) -> Done {
    let Some(of) = actor.neighbour() else { return Ok(()) };
    let mut devices = serde_json::Map::new();
    devices.insert(of.device_id.clone(), "signed_curve25519".into());
    let mut users = serde_json::Map::new();
    users.insert(of.user_id.clone(), Value::Object(devices));
    let body = json!({"one_time_keys": users});
    let answered = actor.ask(&Ask::json(Method::POST, "/_matrix/client/v3/keys/claim", &body)).await?;
    let body = expect_ok(&answered)?;
    actor.record.claims_sent += u64::from(answered.attempts);
    let given = body["one_time_keys"][&of.user_id][&of.device_id].as_object();
    for key_id in given.into_iter().flat_map(serde_json::Map::keys) {
        if !actor.record.keys_claimed.insert(key_id.clone()) {
            return Err(format!("the one-time key {key_id} of {} was given twice", of.user_id));
        }
        actor.record.count("one-time key claims");
    }
    Ok(())
}
