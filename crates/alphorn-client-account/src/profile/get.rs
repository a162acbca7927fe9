//! `GET /_matrix/client/v3/profile/{userId}` and `/profile/{userId}/{keyName}`.
//! Specification: "Profiles".

use std::collections::BTreeMap;

use alphorn_http::{
    App, Path, RawAnswer, Result,
    engine::ReadError,
    model::{OwnedUserId, RawJson, Refusal},
    store::Reader,
};
use axum::extract::State;

fn check_known(reader: &Reader<'_>, user: &str) -> std::result::Result<(), ReadError> {
    if reader.account(user)?.is_none_or(|account| account.deactivated) {
        return Err(Refusal::not_found("there is no profile of this user here").into());
    }
    Ok(())
}

/// The whole profile.
pub(super) async fn all(State(app): State<App>, Path(user): Path<OwnedUserId>) -> Result {
    let profile = app
        .engine()
        .read(move |reader| {
            check_known(reader, user.as_str())?;
            Ok(reader.profile(user.as_str())?)
        })
        .await?;
    RawAnswer::of(&profile.into_iter().collect::<BTreeMap<String, RawJson>>())
}

/// One field.
pub(super) async fn field(State(app): State<App>, Path((user, key)): Path<(OwnedUserId, String)>) -> Result {
    let wanted = key.clone();
    let value = app
        .engine()
        .read(move |reader| {
            check_known(reader, user.as_str())?;
            Ok(reader.profile_field(user.as_str(), &wanted)?)
        })
        .await?;
    let value = value.ok_or_else(|| Refusal::not_found("the profile has no such field"))?;
    RawAnswer::of(&BTreeMap::from([(key, value)]))
}
