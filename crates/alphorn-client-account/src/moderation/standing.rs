//! `GET` and `PUT /_matrix/client/v1/admin/lock/{userId}` and `/admin/suspend/{userId}`.
//! Specification: "Account locking", "Account suspension".

use alphorn_http::{
    App, Client, JsonBody, Path, RawAnswer, Result,
    model::{
        OwnedUserId, Refusal,
        fact::{Act, Actor},
    },
    store::Account,
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

async fn look(app: &App, client: &Client, user: OwnedUserId) -> Result<Account> {
    check(app, client, &user)?;
    let account = app.engine().read(move |reader| Ok(reader.account(user.as_str())?)).await?;
    let account = account.filter(|account| !account.deactivated);
    let account = account.ok_or_else(|| Refusal::not_found("there is no such user here"))?;
    if account.admin {
        return Err(Refusal::forbidden("this is an administrator").into());
    }
    Ok(account)
}

fn act(client: &Client, action: &str, user: &OwnedUserId) -> Act {
    Act::new(Actor::person(client.user.clone(), &client.device), action).on(user.as_str())
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
    check(&app, &client, &user)?;
    let act = act(&client, "people.lock", &user).with("locked", locked);
    app.engine().set_locked(&user, locked, act).await?;
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
    check(&app, &client, &user)?;
    let act = act(&client, "people.suspend", &user).with("suspended", suspended);
    app.engine().set_suspended(&user, suspended, act).await?;
    RawAnswer::of(&json!({ "suspended": suspended }))
}
