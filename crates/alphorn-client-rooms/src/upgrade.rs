//! `POST /_matrix/client/v3/rooms/{roomId}/upgrade`. Specification: Client-Server API, "Room Upgrades".

pub(crate) mod inheritance;
mod levels;
mod state;

use alphorn_http::domain::{NewEvent, NewRoom, Preset, choose_room_id, decide_creation};
use alphorn_http::engine::{ReadError, RoomWish};
use alphorn_http::model::fact::{DirectoryFact, Fact};
use alphorn_http::model::{
    Aggregate, OwnedEventId, OwnedRoomId, OwnedUserId, RawJson, Refusal, RoomAliasId, RoomVersionId,
};
use alphorn_http::store::Reader;
use alphorn_http::{App, Client, JsonBody, Path, RawAnswer, Result, Subject};
use axum::{Router, extract::State, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{content, place, profile};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/rooms/{room_id}/upgrade", post(upgrade))
}

#[derive(Deserialize)]
struct Body {
    new_version: String,
    #[serde(default)]
    additional_creators: Option<Value>,
}

/// What the new room takes from the old one.
struct Plan {
    room: NewRoom,
    published: bool,
    aliases: Vec<String>,
    /// What the old room's power levels become.
    closed_levels: Option<RawJson>,
    has_canonical_alias: bool,
}

async fn upgrade(
    State(app): State<App>,
    client: Client,
    Path(old): Path<OwnedRoomId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    let version = crate::create::version(&app, Some(&body.new_version))?;
    let has_hashed_id =
        version.rules().is_some_and(|rules| rules.authorization.room_create_event_id_as_room_id);
    let (user, wanted) = (client.user.clone(), old.clone());
    let mut plan = app
        .engine()
        .read(move |reader| plan(reader, &wanted, user, version, body.additional_creators))
        .await?;
    let engine = app.engine();
    let new = if has_hashed_id {
        // The new room's id comes from its creation event, which therefore cannot name the tombstone.
        plan.room.predecessor = Some((old.clone(), None));
        let new = engine.create_room(plan.room.clone()).await?;
        bury(&app, &client, &old, &new).await?;
        new
    } else {
        let new = choose_room_id(&engine.context())?;
        plan.room.room_id = Some(new.clone());
        plan.room.predecessor = Some((old.clone(), None));
        // Nothing is buried that has no successor: what would be refused is refused now.
        decide_creation(plan.room.clone(), &engine.context())?;
        let tombstone = bury(&app, &client, &old, &new).await?;
        plan.room.predecessor = Some((old.clone(), Some(tombstone)));
        engine.create_room(plan.room.clone()).await?
    };
    move_out(&app, &client, &old, &new, plan).await;
    RawAnswer::of(&json!({ "replacement_room": new }))
}

fn plan(
    reader: &Reader<'_>,
    old: &OwnedRoomId,
    user: OwnedUserId,
    version: RoomVersionId,
    additional_creators: Option<Value>,
) -> Result<Plan, ReadError> {
    let row = place::room(reader, old)?;
    if !content::is_joined(reader, &row, user.as_str())? {
        return Err(Refusal::forbidden("you are not in this room").into());
    }
    let power = content::power(reader, &row)?.ok_or_else(Refusal::internal)?;
    let needed = power.required_level("m.room.tombstone", true);
    if !power.of_user(&user).reaches(needed) {
        let words = format!("you do not have the power level {needed} that upgrading this room needs");
        return Err(Refusal::forbidden(words).into());
    }
    let mut room = NewRoom::new(user.clone(), version);
    room.creator_profile = profile::details(reader, user.as_str())?;
    room.preset = Some(Preset::PrivateChat);
    room.public = row.public;
    let create = content::content(reader, &row, "m.room.create", "")?.unwrap_or_default();
    for key in ["type", "m.federate"] {
        if let Some(value) = create.get(key) {
            room.creation_content.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(creators) = additional_creators {
        room.creation_content.insert("additional_creators".to_owned(), creators);
    }
    room.initial_state = state::transferable(reader, &row)?;
    let levels = content::content(reader, &row, "m.room.power_levels", "")?.unwrap_or_default();
    let closed_levels = levels::closed(&levels).map(|levels| raw(&levels)).transpose()?;
    levels::transfer(&mut room, &power, levels)?;
    Ok(Plan {
        room,
        published: row.public,
        aliases: reader.aliases_of(&row.room_id)?,
        closed_levels,
        has_canonical_alias: reader.state_position(row.nid, "m.room.canonical_alias", "")?.is_some(),
    })
}

pub(super) fn raw(value: &impl serde::Serialize) -> Result<RawJson, Refusal> {
    serde_json::value::to_raw_value(value).map_err(|_| Refusal::internal())
}

/// Sends the tombstone.
async fn bury(
    app: &App,
    client: &Client,
    old: &OwnedRoomId,
    new: &OwnedRoomId,
) -> Result<OwnedEventId, Refusal> {
    let content = raw(&json!({ "body": "This room has been replaced", "replacement_room": new }))?;
    let event = NewEvent::new(client.user.clone(), "m.room.tombstone", Some(String::new()), content);
    Ok(app.engine().in_room(old, RoomWish::Event(event)).await?.event_id)
}

/// Moves what is not of the room itself, and closes the old room as far as the user may.
async fn move_out(app: &App, client: &Client, old: &OwnedRoomId, new: &OwnedRoomId, plan: Plan) {
    let engine = app.engine();
    let done = |what: &str, outcome: Result<(), Refusal>| {
        if let Err(refusal) = outcome {
            tracing::warn!(%refusal, what, "an upgrade is not complete");
        }
    };
    for alias in plan.aliases {
        done("alias", move_alias(app, &alias, new).await);
    }
    if plan.published {
        let wish = RoomWish::Publish { by: None, public: false };
        done("directory", engine.in_room(old, wish).await.map(drop));
    }
    let empty = raw(&json!({})).ok().filter(|_| plan.has_canonical_alias);
    for (kind, content) in [("m.room.canonical_alias", empty), ("m.room.power_levels", plan.closed_levels)] {
        let Some(content) = content else { continue };
        let event = NewEvent::new(client.user.clone(), kind, Some(String::new()), content);
        if let Err(refusal) = engine.in_room(old, RoomWish::Event(event)).await {
            tracing::debug!(%refusal, kind, "who may upgrade a room may not always do this too");
        }
    }
    done("settings", inheritance::inherit(app, &client.user, old, new).await);
}

async fn move_alias(app: &App, alias: &str, new: &OwnedRoomId) -> Result<(), Refusal> {
    let alias = RoomAliasId::parse(alias).map_err(|_| Refusal::internal())?;
    let new = new.clone();
    app.engine()
        .decide(Aggregate::Alias(alias.to_string()), move |reader| {
            let Some((_, creator)) = reader.alias(alias.as_str())? else { return Ok((Vec::new(), ())) };
            let creator = OwnedUserId::try_from(creator).map_err(|_| Refusal::internal())?;
            let fact = DirectoryFact::AliasSet { alias: alias.clone(), room: new.clone(), creator };
            Ok((vec![Fact::Directory(fact)], ()))
        })
        .await
}
