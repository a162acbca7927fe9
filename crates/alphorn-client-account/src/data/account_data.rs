//! `GET` and `PUT /_matrix/client/v3/user/{userId}/account_data/{type}`, and the same for a room.
//! Specification: "Client Config".

use alphorn_http::{
    App, Client, JsonBody, Path, RawAnswer, Regular, Result, empty,
    model::{
        Aggregate, ErrorCode, Fact, OwnedRoomId, RawJson, Refusal, fact::AccountFact, ids::ID_BYTES_MAX,
    },
};
use axum::extract::State;
use serde_json::{Map, Value, json, value::to_raw_value};

/// Pieces of account data of one user at most, all rooms together.
const PIECES_MAX: u64 = 20_000;

/// Kinds that only the server changes, through other endpoints.
const RESERVED: [&str; 2] = ["m.fully_read", "m.push_rules"];

/// `GET /user/{userId}/account_data/{type}`.
pub(super) async fn get(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, kind)): Path<(String, String)>,
) -> Result {
    client.is(&user)?;
    read(&app, &client, None, kind).await
}

/// `GET /user/{userId}/rooms/{roomId}/account_data/{type}`.
pub(super) async fn get_of_room(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, room, kind)): Path<(String, OwnedRoomId, String)>,
) -> Result {
    client.is(&user)?;
    read(&app, &client, Some(room), kind).await
}

async fn read(app: &App, client: &Client, room: Option<OwnedRoomId>, kind: String) -> Result {
    let user = client.user.clone();
    let rules_of = app.engine().clone();
    let content = app
        .engine()
        .read(move |reader| {
            let place = room.as_ref().map_or("", |room| room.as_str());
            let content = reader.account_datum(user.as_str(), place, &kind)?;
            if content.is_none() && room.is_none() && kind == "m.push_rules" {
                let (_, rules) = rules_of.unread().rules(reader, &user)?;
                return Ok(to_raw_value(&json!({ "global": &*rules })).ok());
            }
            Ok(content)
        })
        .await?;
    let content = content.ok_or_else(|| Refusal::not_found("there is no account data of this type"))?;
    RawAnswer::of(&content)
}

/// `PUT /user/{userId}/account_data/{type}`.
pub(super) async fn put(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, kind)): Path<(String, String)>,
    JsonBody(body): JsonBody<Value>,
) -> Result {
    client.is(&user)?;
    write(&app, &client, None, kind, body).await
}

/// `PUT /user/{userId}/rooms/{roomId}/account_data/{type}`.
pub(super) async fn put_of_room(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, room, kind)): Path<(String, OwnedRoomId, String)>,
    JsonBody(body): JsonBody<Value>,
) -> Result {
    client.is(&user)?;
    write(&app, &client, Some(room), kind, body).await
}

async fn write(app: &App, client: &Client, room: Option<OwnedRoomId>, kind: String, body: Value) -> Result {
    if RESERVED.contains(&kind.as_str()) {
        let words = format!("{kind} is not set through this endpoint");
        return Err(Refusal::bad_json(words).with_status(405).into());
    }
    if kind.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param("a type has at most 255 bytes").into());
    }
    let Value::Object(content) = body else {
        return Err(Refusal::bad_json("account data must be an object").into());
    };
    let content = raw(&content)?;
    let name = client.user.to_string();
    app.engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let place = room.as_ref().map_or("", |room| room.as_str());
            let known = reader.account_datum(&name, place, &kind)?.is_some();
            if !known && reader.account_data_count(&name, PIECES_MAX)? >= PIECES_MAX {
                return Err(full().into());
            }
            Ok((vec![fact(room.clone(), &kind, content.clone())], ()))
        })
        .await?;
    empty()
}

fn full() -> Refusal {
    Refusal::new(ErrorCode::ResourceLimitExceeded, "this account has too many pieces of account data")
}

/// An object as the text that is stored.
pub(super) fn raw(content: &Map<String, Value>) -> Result<RawJson> {
    to_raw_value(content).map_err(|_| Refusal::bad_json("the content cannot be stored").into())
}

/// That a piece of account data was set.
pub(super) fn fact(room: Option<OwnedRoomId>, kind: &str, content: RawJson) -> Fact {
    Fact::Account(AccountFact::AccountDataSet { room, kind: kind.to_owned(), content })
}
