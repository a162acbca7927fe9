//! `GET`, `PUT` and `DELETE /_matrix/client/v3/directory/room/{roomAlias}`.
//! Specification: Client-Server API, "Room aliases".

use alphorn_http::domain::NewEvent;
use alphorn_http::engine::{ReadError, RoomWish};
use alphorn_http::model::fact::{DirectoryFact, Fact};
use alphorn_http::model::ids::ID_BYTES_MAX;
use alphorn_http::model::{
    Aggregate, ErrorCode, OwnedRoomAliasId, OwnedRoomId, Refusal, RoomAliasId, RoomId,
};
use alphorn_http::store::{Reader, RoomRow};
use alphorn_http::{App, Client, JsonBody, Path, RawAnswer, Result, empty};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{content, place};

/// Needs no access token.
pub(super) async fn find(State(app): State<App>, Path(alias): Path<String>) -> Result {
    let alias = parse(&alias)?;
    let found = app
        .engine()
        .read(move |reader| {
            let Some((room, _)) = reader.alias(alias.as_str())? else { return Ok(None) };
            Ok(reader.room(&room)?.map(|row| row.room_id))
        })
        .await?;
    let room = found.ok_or_else(no_alias)?;
    RawAnswer::of(&json!({ "room_id": room, "servers": [app.engine().server_name()] }))
}

#[derive(Deserialize)]
pub(super) struct Body {
    room_id: OwnedRoomId,
}

pub(super) async fn set(
    State(app): State<App>,
    client: Client,
    Path(alias): Path<String>,
    JsonBody(Body { room_id }): JsonBody<Body>,
) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    let alias = parse(&alias)?;
    if alias.server_name() != &**app.engine().server_name() {
        return Err(Refusal::invalid_param("the alias belongs to another server").into());
    }
    check_exclusive(&app, &client, &alias)?;
    let (user, wanted, is_service) = (client.user.to_string(), room_id.clone(), client.appservice.is_some());
    app.engine()
        .read(move |reader| {
            let row = place::room(reader, &wanted)?;
            if is_service || content::is_joined(reader, &row, &user)? {
                return Ok(());
            }
            Err(Refusal::forbidden("you must be in the room to give it an alias").into())
        })
        .await?;
    app.engine().take_alias(alias, room_id, client.user.clone()).await?;
    empty()
}

pub(super) async fn remove(State(app): State<App>, client: Client, Path(alias): Path<String>) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    let alias = parse(&alias)?;
    check_exclusive(&app, &client, &alias)?;
    let (user, admin, gone) = (client.user.to_string(), client.admin, alias.clone());
    let room = app
        .engine()
        .decide(Aggregate::Alias(alias.to_string()), move |reader| {
            let (room, creator) = reader.alias(gone.as_str())?.ok_or_else(no_alias)?;
            let row = reader.room(&room)?;
            if creator != user && !admin && !may_remove(reader, row.as_ref(), &user)? {
                return Err(Refusal::forbidden("you may not remove this alias").into());
            }
            let fact = DirectoryFact::AliasRemoved { alias: gone.clone() };
            Ok((vec![Fact::Directory(fact)], room))
        })
        .await?;
    forget(&app, &client, &room, &alias).await;
    empty()
}

/// Who may say what the room's aliases are may remove one.
fn may_remove(reader: &Reader<'_>, room: Option<&RoomRow>, user: &str) -> Result<bool, ReadError> {
    let Some(room) = room else { return Ok(false) };
    if !content::is_joined(reader, room, user)? {
        return Ok(false);
    }
    let user = alphorn_http::model::UserId::parse(user).map_err(|_| Refusal::internal())?;
    let power = content::power(reader, room)?;
    Ok(power.is_some_and(|power| {
        power.of_user(&user).reaches(power.required_level("m.room.canonical_alias", true))
    }))
}

/// Takes a removed alias out of what the room calls itself, where the user may do that. The alias is
/// gone either way.
async fn forget(app: &App, client: &Client, room: &str, alias: &RoomAliasId) {
    let Ok(room_id) = RoomId::parse(room) else { return };
    let (wanted, name) = (room_id.clone(), alias.to_string());
    let changed = app
        .engine()
        .read(move |reader| {
            let row = place::room(reader, &wanted)?;
            let before = content::content(reader, &row, "m.room.canonical_alias", "")?.unwrap_or_default();
            Ok(without(&before, &name).filter(|after| *after != before))
        })
        .await;
    let Ok(Some(after)) = changed else { return };
    let Ok(after) = serde_json::value::to_raw_value(&after) else { return };
    let event = NewEvent::new(client.user.clone(), "m.room.canonical_alias", Some(String::new()), after);
    if let Err(refusal) = app.engine().in_room(&room_id, RoomWish::Event(event)).await {
        tracing::debug!(%refusal, "a removed alias stays the room's name for itself");
    }
}

fn without(content: &Map<String, Value>, alias: &str) -> Option<Map<String, Value>> {
    let mut content = content.clone();
    if content.get("alias").and_then(Value::as_str) == Some(alias) {
        content.remove("alias");
    }
    if let Some(others) = content.get_mut("alt_aliases").and_then(Value::as_array_mut) {
        others.retain(|other| other.as_str() != Some(alias));
    }
    Some(content)
}

fn no_alias() -> Refusal {
    Refusal::not_found("this alias points to no room")
}

fn parse(text: &str) -> Result<OwnedRoomAliasId, Refusal> {
    if text.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("an alias has at most {ID_BYTES_MAX} bytes")));
    }
    RoomAliasId::parse(text).map_err(|error| Refusal::invalid_param(format!("not a room alias: {error}")))
}

/// Refuses aliases that belong to an application service to everybody else.
pub(crate) fn check_exclusive(app: &App, client: &Client, alias: &RoomAliasId) -> Result<(), Refusal> {
    let owned = app.appservices().by_token.values().any(|service| {
        client.appservice.as_deref() != Some(service.id.as_str())
            && service.namespaces.owns_alias(alias.as_str())
    });
    if owned {
        return Err(Refusal::new(ErrorCode::Exclusive, "this alias belongs to an application service"));
    }
    Ok(())
}
