//! Users, rooms and memberships that a measurement needs, made through the API.

use alphorn_tests::user::{new_transaction_id, room_path};
use alphorn_tests::{Client, Response, User, segment, server};
use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::Method;
use serde_json::{Value, json};

/// Requests under way at once while a population is made.
const IN_FLIGHT: usize = 32;

/// Registers `count` users named after `prefix`.
pub(crate) async fn users(client: &Client, prefix: &str, count: usize) -> Result<Vec<User>> {
    let names = (0..count).map(|index| format!("{prefix}{index}"));
    stream::iter(names)
        .map(|name| async move { server::register(client, &name).await.map_err(anyhow::Error::msg) })
        .buffered(IN_FLIGHT)
        .try_collect()
        .await
}

/// A name that no earlier run on the same store has used.
#[expect(clippy::disallowed_methods, reason = "the time is only taken for a name here")]
pub(crate) fn fresh_prefix(what: &str) -> String {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{what}{:x}x", since_epoch.map_or(0, |elapsed| elapsed.as_micros()))
}

/// Creates `count` public rooms, by the users in turn.
pub(crate) async fn public_rooms(creators: &[User], count: usize) -> Result<Vec<String>> {
    ensure!(!creators.is_empty(), "somebody has to create the rooms");
    let creators = creators.iter().cycle().take(count).enumerate();
    stream::iter(creators)
        .map(|(index, creator)| async move {
            let body = json!({"preset": "public_chat", "name": format!("room {index}")});
            let body = ok(post(creator, "/_matrix/client/v3/createRoom", &body).await?)?;
            text(&body, "room_id")
        })
        .buffered(IN_FLIGHT)
        .try_collect()
        .await
}

/// Lets users into rooms: each pair of a user and a room id. Joining twice changes nothing.
pub(crate) async fn join<'a>(pairs: impl Iterator<Item = (&'a User, &'a str)>) -> Result<()> {
    let joins = pairs.map(|(user, room)| async move {
        let path = format!("/_matrix/client/v3/join/{}", segment(room));
        ok(post(user, &path, &json!({})).await?).map(drop)
    });
    all(joins).await
}

/// Carries out many actions, a bounded number at once, until the first that fails.
pub(crate) async fn all<F: Future<Output = Result<()>>>(actions: impl Iterator<Item = F>) -> Result<()> {
    stream::iter(actions).buffer_unordered(IN_FLIGHT).try_collect::<()>().await
}

/// Sends one text message and answers its event id.
pub(crate) async fn send_text(user: &User, room: &str, body: &str) -> Result<String> {
    let path = room_path(room, &format!("send/m.room.message/{}", new_transaction_id()));
    let content = json!({"msgtype": "m.text", "body": body});
    let answer = user.client().json(Method::PUT, Some(&user.access_token), &path, &content).await?;
    text(&ok(answer)?, "event_id")
}

/// GET with the user's token.
pub(crate) async fn get(user: &User, path: &str) -> Result<Response> {
    Ok(user.client().get(Some(&user.access_token), path).await?)
}

/// POST with the user's token.
pub(crate) async fn post(user: &User, path: &str, body: &Value) -> Result<Response> {
    Ok(user.client().json(Method::POST, Some(&user.access_token), path, body).await?)
}

/// The JSON of a 200.
pub(crate) fn ok(answer: Response) -> Result<Value> {
    if answer.status != 200 {
        bail!("{}: {}", answer.asked, answer.summary());
    }
    serde_json::from_slice(&answer.bytes).with_context(|| format!("{}: no JSON", answer.asked))
}

/// A text in a JSON answer.
pub(crate) fn text(body: &Value, key: &str) -> Result<String> {
    body[key].as_str().map(str::to_owned).with_context(|| format!("no text `{key}` in {body}"))
}
