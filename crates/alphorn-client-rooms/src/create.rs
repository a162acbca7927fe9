//! `POST /_matrix/client/v3/createRoom`. Specification: Client-Server API, "Creation".

use std::collections::HashSet;

use alphorn_http::domain::{MemberDetails, NewRoom, Preset};
use alphorn_http::model::{
    ErrorCode, OwnedRoomAliasId, OwnedUserId, RawJson, Refusal, RoomAliasId, RoomVersionId, UserId,
};
use alphorn_http::{App, Client, JsonBody, RawAnswer, Result, Subject};
use axum::{Router, extract::State, routing::post};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::directory::check_publisher;
use crate::{invitees, profile};

/// Invites in one request at most.
const INVITES_MAX: usize = 100;

/// Events of initial state in one request at most: each is signed while others wait.
const INITIAL_STATE_MAX: usize = 200;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/createRoom", post(create_room))
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    visibility: Option<String>,
    #[serde(default)]
    room_alias_name: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    topic: Option<String>,
    #[serde(default)]
    invite: Option<Vec<String>>,
    #[serde(default)]
    invite_3pid: Option<Vec<Value>>,
    #[serde(default)]
    room_version: Option<String>,
    #[serde(default)]
    creation_content: Option<Map<String, Value>>,
    #[serde(default)]
    initial_state: Option<Vec<InitialState>>,
    #[serde(default)]
    preset: Option<String>,
    #[serde(default)]
    is_direct: Option<bool>,
    #[serde(default)]
    power_level_content_override: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct InitialState {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    state_key: String,
    content: RawJson,
}

async fn create_room(State(app): State<App>, client: Client, JsonBody(body): JsonBody<Body>) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    app.note_activity(&client).await;
    if body.invite_3pid.as_ref().is_some_and(|invites| !invites.is_empty()) {
        return Err(invitees::no_third_party().into());
    }
    let invite = invited(body.invite.as_deref().unwrap_or_default(), &client.user)?;
    let (creator_profile, invite) = profiles(&app, &client.user, invite).await?;
    if body.initial_state.as_ref().is_some_and(|state| state.len() > INITIAL_STATE_MAX) {
        let words = format!("at most {INITIAL_STATE_MAX} events of initial state can be given");
        return Err(Refusal::invalid_param(words).into());
    }
    let public = match body.visibility.as_deref() {
        None | Some("private") => false,
        Some("public") => {
            check_publisher(&app, &client)?;
            true
        }
        Some(other) => return Err(Refusal::invalid_param(format!("'{other}' is no visibility")).into()),
    };
    let mut room = NewRoom::new(client.user.clone(), version(&app, body.room_version.as_deref())?);
    room.creator_profile = creator_profile;
    room.preset = body.preset.as_deref().map(preset).transpose()?;
    room.public = public;
    room.creation_content = body.creation_content.unwrap_or_default();
    room.initial_state = body
        .initial_state
        .unwrap_or_default()
        .into_iter()
        .map(|state| (state.kind, state.state_key, state.content))
        .collect();
    room.power_level_content_override = body.power_level_content_override.unwrap_or_default();
    room.name = body.name.filter(|name| !name.is_empty());
    room.topic = body.topic.filter(|topic| !topic.is_empty());
    room.alias = body.room_alias_name.as_deref().map(|name| alias(&app, &client, name)).transpose()?;
    room.invite = invite;
    room.is_direct = body.is_direct.unwrap_or(false);
    let room_id = app.engine().create_room(room).await.map_err(alias_code)?;
    RawAnswer::of(&json!({ "room_id": room_id }))
}

/// Creation answers 400 for a taken alias, setting one answers 409.
fn alias_code(refusal: Refusal) -> Refusal {
    if refusal.code == ErrorCode::RoomInUse { refusal.with_status(400) } else { refusal }
}

fn preset(name: &str) -> Result<Preset, Refusal> {
    match name {
        "private_chat" => Ok(Preset::PrivateChat),
        "trusted_private_chat" => Ok(Preset::TrustedPrivateChat),
        "public_chat" => Ok(Preset::PublicChat),
        other => Err(Refusal::invalid_param(format!("'{other}' is no preset"))),
    }
}

/// The version asked for, or the site's.
pub(crate) fn version(app: &App, asked: Option<&str>) -> Result<RoomVersionId, Refusal> {
    let name = asked.unwrap_or(&app.site().default_room_version);
    RoomVersionId::try_from(name).map_err(|_| {
        Refusal::new(
            ErrorCode::UnsupportedRoomVersion,
            format!("this server does not support room version {name:?}"),
        )
    })
}

/// The alias of a local name.
fn alias(app: &App, client: &Client, name: &str) -> Result<OwnedRoomAliasId, Refusal> {
    let plain = !name.is_empty() && !name.contains([':', '\0']) && !name.contains(char::is_whitespace);
    let alias =
        plain.then(|| RoomAliasId::parse(format!("#{name}:{}", app.engine().server_name())).ok()).flatten();
    let alias =
        alias.ok_or_else(|| Refusal::invalid_param("'room_alias_name' is not the local part of an alias"))?;
    crate::directory::check_exclusive(app, client, &alias)?;
    Ok(alias)
}

/// Who is invited: each once, the creator not at all.
fn invited(names: &[String], creator: &UserId) -> Result<Vec<OwnedUserId>, Refusal> {
    if names.len() > INVITES_MAX {
        let words = format!("at most {INVITES_MAX} users can be invited when a room is created");
        return Err(Refusal::invalid_param(words));
    }
    let mut seen = HashSet::new();
    let mut users = Vec::new();
    for name in names {
        let user =
            UserId::parse(name).map_err(|_| Refusal::invalid_param(format!("'{name}' is not a user id")))?;
        if user != creator && seen.insert(user.clone()) {
            users.push(user);
        }
    }
    Ok(users)
}

type Invites = Vec<(OwnedUserId, MemberDetails)>;

async fn profiles(
    app: &App,
    creator: &UserId,
    invite: Vec<OwnedUserId>,
) -> Result<(MemberDetails, Invites), Refusal> {
    let creator = creator.to_owned();
    app.engine()
        .read(move |reader| {
            let own = profile::details(reader, creator.as_str())?;
            let mut invites = Vec::new();
            for user in invite {
                invitees::check(reader, user.as_str())?;
                let details = profile::details(reader, user.as_str())?;
                invites.push((user, details));
            }
            Ok((own, invites))
        })
        .await
}
