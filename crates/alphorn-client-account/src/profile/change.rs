//! `PUT` and `DELETE /_matrix/client/v3/profile/{userId}/{keyName}`. Rooms are told of a new name or
//! avatar afterwards, by the engine's upkeep. Specification: "Profiles".

use alphorn_http::{
    App, Client, JsonBody, Path, Result, Subject, empty,
    model::{
        Aggregate, ErrorCode, Fact, OwnedUserId, RawJson, Refusal, fact::AccountFact, ids::ID_BYTES_MAX,
    },
};
use axum::extract::State;
use serde_json::{Map, Value, value::to_raw_value};

/// Largest profile in bytes.
const PROFILE_BYTES_MAX: usize = 65_536;

/// Longest display name in letters.
const NAME_LETTERS_MAX: usize = 256;

/// Longest avatar address in bytes.
const AVATAR_BYTES_MAX: usize = 1_000;

/// Whether a key is one of the specified ones or namespaced. Specification: appendices, "Common
/// Namespaced Identifier Grammar".
fn is_key(key: &str) -> bool {
    let grammar =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-.".contains(letter);
    matches!(key, "displayname" | "avatar_url")
        || (key.starts_with(|letter: char| letter.is_ascii_lowercase())
            && key.contains('.')
            && key.chars().all(grammar))
}

fn check(client: &Client, user: &OwnedUserId, key: &str) -> Result<()> {
    client.is(user.as_str())?;
    client.not_suspended()?;
    if key != "displayname" {
        client.no_guest()?;
    }
    if key.len() > ID_BYTES_MAX {
        return Err(Refusal::new(ErrorCode::KeyTooLarge, "a key has at most 255 bytes").into());
    }
    if !is_key(key) {
        let words = "a key is displayname, avatar_url or a namespaced identifier";
        return Err(Refusal::invalid_param(words).into());
    }
    Ok(())
}

/// What to store for a value; nothing: the field is removed.
fn checked(key: &str, value: Value) -> Result<Option<Value>> {
    let (length, max) = match (key, &value) {
        // Clients remove a name or an avatar by emptying it.
        ("displayname" | "avatar_url", Value::Null) => return Ok(None),
        ("displayname" | "avatar_url", Value::String(text)) if text.is_empty() => return Ok(None),
        ("displayname", Value::String(name)) => (name.chars().count(), NAME_LETTERS_MAX),
        ("avatar_url", Value::String(url)) => (url.len(), AVATAR_BYTES_MAX),
        ("displayname" | "avatar_url" | "m.tz", other) if !other.is_string() => {
            return Err(Refusal::bad_json(format!("'{key}' must be a string")).into());
        }
        _ => (0, 0),
    };
    if length > max {
        return Err(Refusal::invalid_param(format!("'{key}' is longer than {max}")).into());
    }
    Ok(Some(value))
}

/// Sets a field.
pub(super) async fn put(
    State(app): State<App>,
    client: Client,
    Path((user, key)): Path<(OwnedUserId, String)>,
    JsonBody(mut body): JsonBody<Map<String, Value>>,
) -> Result {
    check(&client, &user, &key)?;
    let value = body.remove(&key).ok_or_else(|| Refusal::missing_param(format!("missing field `{key}`")))?;
    limit(&app, &client, &key)?;
    let value = checked(&key, value)?.map(|value| to_raw_value(&value)).transpose();
    let value = value.map_err(|_| Refusal::bad_json("the value cannot be stored"))?;
    change(&app, &user, key, value).await
}

/// Removes a field.
pub(super) async fn delete(
    State(app): State<App>,
    client: Client,
    Path((user, key)): Path<(OwnedUserId, String)>,
) -> Result {
    check(&client, &user, &key)?;
    limit(&app, &client, &key)?;
    change(&app, &user, key, None).await
}

/// A new name or avatar becomes an event in each of the user's rooms.
fn limit(app: &App, client: &Client, key: &str) -> Result<()> {
    if key == "displayname" || key == "avatar_url" {
        app.limits().check("message", Subject::User(client.user.to_string()))?;
    }
    Ok(())
}

async fn change(app: &App, user: &OwnedUserId, key: String, value: Option<RawJson>) -> Result {
    let name = user.to_string();
    app.engine()
        .decide(Aggregate::User(name.clone()), move |reader| {
            let profile = reader.profile(&name)?;
            let size = |key: &str, value: &RawJson| key.len() + value.get().len() + 6;
            let others: usize =
                profile.iter().filter(|(held, _)| *held != key).map(|(held, value)| size(held, value)).sum();
            if value.as_ref().is_some_and(|value| others + size(&key, value) > PROFILE_BYTES_MAX) {
                return Err(
                    Refusal::new(ErrorCode::ProfileTooLarge, "the profile would get too large").into()
                );
            }
            let before = profile.iter().find(|(held, _)| *held == key).map(|(_, value)| value.get());
            let same = before == value.as_ref().map(|value| value.get());
            let fact = AccountFact::ProfileChanged { key: key.clone(), value: value.clone() };
            Ok((if same { Vec::new() } else { vec![Fact::Account(fact)] }, ()))
        })
        .await?;
    empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_the_grammar() {
        for good in ["displayname", "avatar_url", "m.tz", "org.example.field_1", "us.cloke.msc4175.tz"] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", "nick", "M.tz", ".tz", "1.tz", "m.tz!", "m.t z", "m.zürich"] {
            assert!(!is_key(bad), "{bad}");
        }
    }
}
