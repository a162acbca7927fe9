//! `/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags`. Tags are the room's account data `m.tag`.
//! Specification: "Room Tagging".

use alphorn_http::{
    App, JsonBody, Path, RawAnswer, Regular, Result, empty,
    engine::ReadError,
    model::{Aggregate, ErrorCode, OwnedRoomId, Refusal, ids::ID_BYTES_MAX},
    store::Reader,
};
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::account_data;

const KIND: &str = "m.tag";

/// Tags of one room at most.
const TAGS_MAX: usize = 100;

type Tags = Map<String, Value>;

fn tags(reader: &Reader<'_>, user: &str, room: &OwnedRoomId) -> std::result::Result<Tags, ReadError> {
    let content = reader.account_datum(user, room.as_str(), KIND)?;
    let content: Option<Tags> = content.and_then(|content| serde_json::from_str(content.get()).ok());
    // Clients may also write this as account data, in any shape.
    match content.and_then(|mut content| content.remove("tags")) {
        Some(Value::Object(tags)) => Ok(tags),
        _ => Ok(Tags::new()),
    }
}

/// `GET .../tags`: the room's tags.
pub(super) async fn list(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, room)): Path<(String, OwnedRoomId)>,
) -> Result {
    client.is(&user)?;
    let tags = app.engine().read(move |reader| tags(reader, &user, &room)).await?;
    RawAnswer::of(&json!({ "tags": tags }))
}

/// `PUT .../tags/{tag}`: adds or changes a tag.
pub(super) async fn put(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, room, tag)): Path<(String, OwnedRoomId, String)>,
    JsonBody(body): JsonBody<Value>,
) -> Result {
    client.is(&user)?;
    if tag.is_empty() || tag.len() > ID_BYTES_MAX {
        return Err(Refusal::invalid_param("a tag has 1 to 255 bytes").into());
    }
    let Value::Object(details) = body else {
        return Err(Refusal::bad_json("a tag must be an object").into());
    };
    if details.get("order").is_some_and(|order| !order.is_number() && !order.is_null()) {
        return Err(Refusal::bad_json("'order' must be a number").into());
    }
    change(&app, user, room, move |tags| {
        if !tags.contains_key(&tag) && tags.len() >= TAGS_MAX {
            let words = format!("a room has at most {TAGS_MAX} tags");
            return Err(Refusal::new(ErrorCode::ResourceLimitExceeded, words));
        }
        Ok(tags.insert(tag.clone(), details.clone().into()) != Some(details.clone().into()))
    })
    .await
}

/// `DELETE .../tags/{tag}`: removes a tag.
pub(super) async fn delete(
    State(app): State<App>,
    Regular(client): Regular,
    Path((user, room, tag)): Path<(String, OwnedRoomId, String)>,
) -> Result {
    client.is(&user)?;
    change(&app, user, room, move |tags| Ok(tags.remove(&tag).is_some())).await
}

/// Changes the tags of a room; `change` tells whether there is a difference.
async fn change(
    app: &App,
    user: String,
    room: OwnedRoomId,
    change: impl Fn(&mut Tags) -> std::result::Result<bool, Refusal> + Send + Sync + 'static,
) -> Result {
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            let mut tags = tags(reader, &user, &room)?;
            if !change(&mut tags)? {
                return Ok((Vec::new(), ()));
            }
            let content = Map::from_iter([("tags".to_owned(), Value::Object(tags))]);
            let content = account_data::raw(&content).map_err(|error| error.0)?;
            Ok((vec![account_data::fact(Some(room.clone()), KIND, content)], ()))
        })
        .await?;
    empty()
}
