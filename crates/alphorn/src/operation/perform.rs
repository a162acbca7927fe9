//! Carrying out orders with the engine.

use alphorn_engine::{Engine, NewAccount};
use alphorn_model::fact::{Act, Actor};
use alphorn_model::{ErrorCode, OwnedRoomAliasId, OwnedRoomId, OwnedUserId, Refusal, TimestampMs, UserId};
use alphorn_store::{Account, Membership, Reader, RegistrationToken, RoomRow};
use serde_json::{Value, json};

use super::{Operation, Outcome, PAGE};
use crate::config::Passwords;

/// An act of whoever gives commands on this machine.
fn act(action: &str) -> Act {
    Act::new(Actor::command_line(), action)
}

/// Carries out an order.
pub(crate) async fn perform(engine: &Engine, passwords: &Passwords, operation: Operation) -> Outcome {
    let outcome = match operation {
        Operation::UserAdd { name, password, admin } => {
            add_user(engine, passwords, &name, password, admin).await
        }
        Operation::UserPasswd { name, password, keep_devices } => {
            change_password(engine, passwords, &name, password, !keep_devices).await
        }
        Operation::UserDeactivate { name } => deactivate(engine, &name).await,
        Operation::UserList { after } => list_users(engine, after).await,
        Operation::UserAdmin { name, admin } => change_rights(engine, &name, admin).await,
        Operation::TokenAdd { token, uses, expires_in_ms } => {
            add_token(engine, token, uses, expires_in_ms).await
        }
        Operation::TokenList { after } => list_tokens(engine, after).await,
        Operation::TokenRemove { token } => remove_token(engine, token).await,
        Operation::AuditVerify { after, hash } => verify_audit(engine, after, hash).await,
        Operation::AuditHash { entry } => audit_hash(engine, entry).await,
        Operation::RoomList { after } => list_rooms(engine, after).await,
        Operation::RoomShow { room } => show_room(engine, room).await,
    };
    outcome.map_err(Into::into)
}

/// The user that is meant by a name or a whole address.
fn user_id(engine: &Engine, name: &str) -> Result<OwnedUserId, Refusal> {
    let server = engine.server_name();
    let refuse = |why: String| Refusal::new(ErrorCode::InvalidUsername, why);
    let text = if name.starts_with('@') { name.to_owned() } else { format!("@{name}:{server}") };
    let user = UserId::parse(text.as_str()).map_err(|_| refuse(format!("`{name}` is no user name")))?;
    if user.server_name() != server {
        return Err(refuse(format!("{user} is of another server; this one is {server}")));
    }
    Ok(user)
}

/// The same for a new account, whose name must keep today's stricter grammar.
/// Specification: appendices, "User Identifiers".
fn new_user_id(engine: &Engine, name: &str) -> Result<OwnedUserId, Refusal> {
    let user = user_id(engine, name)?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._=-/+".contains(&byte);
    if user.localpart().is_empty() || !user.localpart().bytes().all(allowed) {
        let why = format!("`{}` may only have the letters a-z, digits and . _ = - / +", user.localpart());
        return Err(Refusal::new(ErrorCode::InvalidUsername, why));
    }
    Ok(user)
}

fn long_enough(passwords: &Passwords, password: &str) -> Result<(), Refusal> {
    let least = usize::try_from(passwords.min_length).unwrap_or(usize::MAX);
    if password.chars().count() < least {
        return Err(Refusal::new(
            ErrorCode::WeakPassword,
            format!("a password has at least {least} characters"),
        ));
    }
    Ok(())
}

async fn add_user(
    engine: &Engine,
    passwords: &Passwords,
    name: &str,
    password: String,
    admin: bool,
) -> Result<Value, Refusal> {
    let user = new_user_id(engine, name)?;
    long_enough(passwords, &password)?;
    let act = act("people.add").on(user.as_str()).with("admin", admin);
    let account = NewAccount { password: Some(password), admin, ..NewAccount::default() };
    engine.add_account(&user, account, act).await?;
    Ok(json!({ "user_id": user, "admin": admin }))
}

async fn change_password(
    engine: &Engine,
    passwords: &Passwords,
    name: &str,
    password: String,
    log_out: bool,
) -> Result<Value, Refusal> {
    let user = user_id(engine, name)?;
    long_enough(passwords, &password)?;
    let act = act("people.password").on(user.as_str()).with("log_out", log_out);
    engine.set_password(&user, password, log_out, act).await?;
    Ok(json!({ "user_id": user }))
}

async fn deactivate(engine: &Engine, name: &str) -> Result<Value, Refusal> {
    let user = user_id(engine, name)?;
    engine.deactivate(&user, false, false, act("people.deactivate").on(user.as_str())).await?;
    Ok(json!({ "user_id": user }))
}

async fn change_rights(engine: &Engine, name: &str, admin: bool) -> Result<Value, Refusal> {
    let user = user_id(engine, name)?;
    engine.set_admin(&user, admin, false, act("people.admin").on(user.as_str()).with("admin", admin)).await?;
    Ok(json!({ "user_id": user, "admin": admin }))
}

async fn list_users(engine: &Engine, after: String) -> Result<Value, Refusal> {
    let accounts = engine.read(move |reader| Ok(reader.accounts_after(&after, PAGE)?)).await?;
    let next = accounts.last().filter(|_| accounts.len() == PAGE).map(|account| account.user.clone());
    let users: Vec<_> = accounts.into_iter().map(account_json).collect();
    Ok(json!({ "users": users, "next": next }))
}

fn account_json(account: Account) -> Value {
    json!({
        "user_id": account.user, "admin": account.admin, "guest": account.guest,
        "deactivated": account.deactivated, "locked": account.locked, "suspended": account.suspended,
        "appservice": account.appservice, "created_at_ms": account.created_at,
    })
}

async fn add_token(
    engine: &Engine,
    token: Option<String>,
    uses: Option<u64>,
    expires_in_ms: Option<TimestampMs>,
) -> Result<Value, Refusal> {
    let expires_at = expires_in_ms.map(|ms| engine.now_ms().saturating_add(ms));
    let token = engine.add_registration_token(token, uses, expires_at, act("tokens.add")).await?;
    Ok(json!({ "token": token, "uses_allowed": uses, "used": 0, "expires_at_ms": expires_at }))
}

async fn list_tokens(engine: &Engine, after: String) -> Result<Value, Refusal> {
    let tokens = engine.read(move |reader| Ok(reader.registration_tokens_after(&after, PAGE)?)).await?;
    let next = tokens.last().filter(|_| tokens.len() == PAGE).map(|token| token.token.clone());
    let tokens: Vec<_> = tokens.into_iter().map(token_json).collect();
    Ok(json!({ "tokens": tokens, "next": next }))
}

fn token_json(token: RegistrationToken) -> Value {
    json!({
        "token": token.token, "uses_allowed": token.uses_allowed, "used": token.used,
        "expires_at_ms": token.expires_at,
    })
}

async fn remove_token(engine: &Engine, token: String) -> Result<Value, Refusal> {
    engine.remove_registration_token(&token, act("tokens.remove")).await?;
    Ok(json!({ "token": token }))
}

async fn verify_audit(engine: &Engine, after: u64, hash: Option<String>) -> Result<Value, Refusal> {
    let check = engine.read(move |reader| Ok(reader.audit_check(after, hash, PAGE)?)).await?;
    Ok(json!({
        "upto": check.upto, "hash": check.hash, "last": check.last, "broken": check.broken,
        "complete": check.upto == check.last,
    }))
}

async fn audit_hash(engine: &Engine, entry: u64) -> Result<Value, Refusal> {
    let hash = engine.read(move |reader| Ok(reader.audit_hash(entry)?)).await?;
    Ok(json!({ "entry": entry, "hash": hash }))
}

async fn list_rooms(engine: &Engine, after: i64) -> Result<Value, Refusal> {
    engine
        .read(move |reader| {
            let rows = reader.rooms_after(after, PAGE)?;
            let next = rows.last().filter(|_| rows.len() == PAGE).map(|row| row.nid);
            let rooms = rows.iter().map(|row| room_json(reader, row)).collect::<Result<Vec<_>, _>>()?;
            Ok(json!({ "rooms": rooms, "next": next }))
        })
        .await
}

async fn show_room(engine: &Engine, room: String) -> Result<Value, Refusal> {
    engine
        .read(move |reader| {
            let unknown = || Refusal::new(ErrorCode::NotFound, format!("there is no room {room}"));
            let id = match OwnedRoomAliasId::try_from(room.as_str()) {
                Ok(alias) => reader.alias(alias.as_str())?.ok_or_else(unknown)?.0,
                Err(_) => OwnedRoomId::try_from(room.as_str()).map_err(|_| unknown())?.to_string(),
            };
            let row = reader.room(&id)?.ok_or_else(unknown)?;
            let mut shown = room_json(reader, &row)?;
            let mut members = serde_json::Map::new();
            for standing in [Membership::Join, Membership::Invite, Membership::Knock, Membership::Ban] {
                let users = reader.members_as(row.nid, standing, PAGE)?;
                let users: Vec<_> = users.into_iter().map(|member| Value::String(member.user)).collect();
                members.insert(standing.as_str().to_owned(), users.into());
            }
            if let Value::Object(fields) = &mut shown {
                fields.insert("members".to_owned(), members.into());
                fields.insert("aliases".to_owned(), json!(reader.aliases_of(&id)?));
                for (field, kind, key) in [
                    ("topic", "m.room.topic", "topic"),
                    ("join_rule", "m.room.join_rules", "join_rule"),
                    ("history_visibility", "m.room.history_visibility", "history_visibility"),
                    ("encryption", "m.room.encryption", "algorithm"),
                ] {
                    fields.insert(field.to_owned(), state_text(reader, row.nid, kind, key)?);
                }
            }
            Ok(shown)
        })
        .await
}

fn room_json(reader: &Reader<'_>, row: &RoomRow) -> Result<Value, alphorn_store::StoreError> {
    Ok(json!({
        "room_id": row.room_id, "version": row.version, "joined": row.joined, "invited": row.invited,
        "public": row.public, "created_at_ms": row.created_at,
        "name": state_text(reader, row.nid, "m.room.name", "name")?,
        "canonical_alias": state_text(reader, row.nid, "m.room.canonical_alias", "alias")?,
    }))
}

/// One text out of the content of a state event.
fn state_text(
    reader: &Reader<'_>,
    room: i64,
    kind: &str,
    key: &str,
) -> Result<Value, alphorn_store::StoreError> {
    let Some(event) = reader.state_event(room, kind, "")? else { return Ok(Value::Null) };
    let event: Value = serde_json::from_str(event.pdu.get()).unwrap_or_default();
    let text = event.get("content").and_then(|content| content.get(key)).filter(|value| value.is_string());
    Ok(text.cloned().unwrap_or_default())
}
