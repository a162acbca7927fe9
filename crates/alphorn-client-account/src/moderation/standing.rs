//! `GET` and `PUT /_matrix/client/v1/admin/lock/{userId}` and `/admin/suspend/{userId}`.
//! Specification: "Account locking", "Account suspension".

use alphorn_http::{
    App, Client, JsonBody, Path, RawAnswer, Result,
    engine::ReadError,
    model::{Aggregate, Fact, OwnedUserId, Refusal, fact::AccountFact},
    store::{Account, Reader},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

/// Who may look is checked before whether there is such a user.
fn check(app: &App, client: &Client, user: &OwnedUserId) -> Result<()> {
    client.administrator()?;
    if user.server_name() != app.engine().server_name() {
        return Err(Refusal::invalid_param("the user does not belong to this server").into());
    }
    Ok(())
}

fn account(reader: &Reader<'_>, user: &str) -> std::result::Result<Account, ReadError> {
    let account = reader.account(user)?.filter(|account| !account.deactivated);
    let account = account.ok_or_else(|| Refusal::not_found("there is no such user here"))?;
    if account.admin {
        return Err(Refusal::forbidden("this is an administrator").into());
    }
    Ok(account)
}

async fn look(app: &App, client: &Client, user: OwnedUserId) -> Result<Account> {
    check(app, client, &user)?;
    Ok(app.engine().read(move |reader| account(reader, user.as_str())).await?)
}

async fn change(
    app: &App,
    client: &Client,
    user: OwnedUserId,
    change: impl Fn(&Account) -> Option<AccountFact> + Send + Sync + 'static,
) -> Result<()> {
    check(app, client, &user)?;
    app.engine()
        .decide(Aggregate::User(user.to_string()), move |reader| {
            let fact = change(&account(reader, user.as_str())?);
            Ok((fact.map(Fact::Account).into_iter().collect(), ()))
        })
        .await?;
    Ok(())
}

#[derive(Deserialize)]
pub(super) struct Lock {
    locked: bool,
}

/// `GET /admin/lock/{userId}`: whether an account is locked.
pub(super) async fn locked(State(app): State<App>, client: Client, Path(user): Path<OwnedUserId>) -> Result {
    RawAnswer::of(&json!({ "locked": look(&app, &client, user).await?.locked }))
}

/// `PUT /admin/lock/{userId}`: locks or unlocks an account.
pub(super) async fn lock(
    State(app): State<App>,
    client: Client,
    Path(user): Path<OwnedUserId>,
    JsonBody(Lock { locked }): JsonBody<Lock>,
) -> Result {
    change(&app, &client, user, move |account| {
        (account.locked != locked).then_some(AccountFact::LockChanged { locked })
    })
    .await?;
    RawAnswer::of(&json!({ "locked": locked }))
}

#[derive(Deserialize)]
pub(super) struct Suspension {
    suspended: bool,
}

/// `GET /admin/suspend/{userId}`: whether an account is suspended.
pub(super) async fn suspended(
    State(app): State<App>,
    client: Client,
    Path(user): Path<OwnedUserId>,
) -> Result {
    RawAnswer::of(&json!({ "suspended": look(&app, &client, user).await?.suspended }))
}

/// `PUT /admin/suspend/{userId}`: suspends an account, or ends that.
pub(super) async fn suspend(
    State(app): State<App>,
    client: Client,
    Path(user): Path<OwnedUserId>,
    JsonBody(Suspension { suspended }): JsonBody<Suspension>,
) -> Result {
    change(&app, &client, user, move |account| {
        (account.suspended != suspended).then_some(AccountFact::SuspensionChanged { suspended })
    })
    .await?;
    RawAnswer::of(&json!({ "suspended": suspended }))
}
