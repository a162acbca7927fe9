//! What administrators do to accounts.

use alphorn_http::{
    Json, Result,
    engine::{Invited, NewAccount},
    model::{OwnedUserId, Refusal, fact::Act},
    names,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::show::{PersonState, state_of};
use crate::api::{Call, Nothing, Reason, local_user, reason};

/// How long an invitation is good unless something else is wanted, and at most.
const INVITATION_MS: u64 = 7 * 24 * 3_600 * 1_000;
const INVITATION_MS_MAX: u64 = 90 * 24 * 3_600 * 1_000;

/// Longest display name in bytes.
const NAME_BYTES_MAX: usize = 255;

/// An account to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPerson {
    /// The name in front of the colon of the user id: `a-z`, digits and `._=-/+`.
    username: String,
    /// The display name to begin with; the user name unless given.
    #[serde(default)]
    display_name: Option<String>,
    /// With an administrator's rights.
    #[serde(default)]
    administrator: bool,
    /// For how long the invitation is good, in milliseconds: up to 90 days, 7 days unless given.
    #[serde(default)]
    expires_in_ms: Option<u64>,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// An invitation to an account, to be handed to its owner as a link or a picture. The code is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Invitation {
    /// Whose account it opens.
    user_id: String,
    /// Whoever knows it sets the account's password and signs in, once.
    code: String,
    /// When it ends, in milliseconds since the epoch.
    expires_at_ms: u64,
    /// The address that clients reach the server under, where one is configured.
    base_url: Option<String>,
    /// The link for the person, where `base_url` is known: `<base_url>/#/invitation/<code>`. The part behind `#` is
    /// not sent to servers, so that the code does not stand in their records.
    link: Option<String>,
}

fn invitation(call_url: Option<&String>, user: &OwnedUserId, made: Invited) -> Invitation {
    Invitation {
        user_id: user.to_string(),
        link: call_url.map(|url| format!("{url}/#/invitation/{}", made.code)),
        base_url: call_url.cloned(),
        code: made.code,
        expires_at_ms: made.expires_at,
    }
}

fn invitation_life(wanted: Option<u64>) -> Result<u64> {
    let life = wanted.unwrap_or(INVITATION_MS);
    if (60_000..=INVITATION_MS_MAX).contains(&life) {
        return Ok(life);
    }
    Err(Refusal::invalid_param("'expires_in_ms' is from a minute to 90 days").into())
}

pub(super) async fn invite(call: Call<(), Nothing, NewPerson>) -> Result<Json<Invitation>> {
    let act = call.act("people.invite");
    let Call { app, body, .. } = call;
    let user = names::user_id(&app, &body.username)?;
    let life = invitation_life(body.expires_in_ms)?;
    if body.display_name.as_ref().is_some_and(|name| name.len() > NAME_BYTES_MAX) {
        let words = format!("a display name has at most {NAME_BYTES_MAX} bytes");
        return Err(Refusal::invalid_param(words).into());
    }
    let act = act.on(user.as_str()).because(reason(body.reason)?).with("administrator", body.administrator);
    names::check_free(&app, &user).await?;
    let display_name = body.display_name.filter(|name| !name.trim().is_empty());
    let account = NewAccount { admin: body.administrator, display_name, ..NewAccount::default() };
    let made = app.engine().invite(&user, account, life, act).await?;
    Ok(Json(invitation(app.site().public_base_url.as_ref(), &user, made)))
}

/// An invitation to an account that is there.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitation {
    /// For how long the invitation is good, in milliseconds: up to 90 days, 7 days unless given.
    #[serde(default)]
    expires_in_ms: Option<u64>,
    /// Whether its use logs out the devices that are signed in then.
    #[serde(default)]
    log_out: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn renew_invitation(call: Call<String, Nothing, NewInvitation>) -> Result<Json<Invitation>> {
    let (user, act) = on_person(&call, "people.renew_invitation")?;
    let Call { app, body, .. } = call;
    let act = act.because(reason(body.reason)?).with("log_out", body.log_out);
    let life = invitation_life(body.expires_in_ms)?;
    let made = app.engine().renew_invitation(&user, life, body.log_out, act).await?;
    Ok(Json(invitation(app.site().public_base_url.as_ref(), &user, made)))
}

pub(super) async fn withdraw_invitation(call: Call<String, Nothing, Reason>) -> Result<Json<PersonState>> {
    let (user, act) = on_person(&call, "people.withdraw_invitation")?;
    let act = act.because(reason(call.body.reason)?);
    call.app.engine().withdraw_invitation(&user, act).await?;
    answer(&call.app, user).await
}

/// Whether an account is locked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    /// Locked, or not.
    locked: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn lock(call: Call<String, Nothing, Lock>) -> Result<Json<PersonState>> {
    let (user, act) = on_person(&call, "people.lock")?;
    let locked = call.body.locked;
    let act = act.because(reason(call.body.reason)?).with("locked", locked);
    call.app.engine().set_locked(&user, locked, act).await?;
    answer(&call.app, user).await
}

/// Whether an account is suspended.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Suspension {
    /// Suspended, or not.
    suspended: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn suspend(call: Call<String, Nothing, Suspension>) -> Result<Json<PersonState>> {
    let (user, act) = on_person(&call, "people.suspend")?;
    let suspended = call.body.suspended;
    let act = act.because(reason(call.body.reason)?).with("suspended", suspended);
    call.app.engine().set_suspended(&user, suspended, act).await?;
    answer(&call.app, user).await
}

/// A new password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The password.
    password: String,
    /// Whether the person is logged out everywhere; so unless `false` is given.
    #[serde(default = "yes")]
    log_out: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

const fn yes() -> bool {
    true
}

pub(super) async fn set_password(call: Call<String, Nothing, NewPassword>) -> Result<Json<PersonState>> {
    let (user, act) = on_person(&call, "people.password")?;
    let Call { app, body, .. } = call;
    let act = act.because(reason(body.reason)?).with("log_out", body.log_out);
    names::check_password(&app, &body.password)?;
    app.engine().set_password(&user, body.password, body.log_out, act).await?;
    answer(&app, user).await
}

/// Whether a person administers the server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rights {
    /// Administers the server, or not.
    administrator: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn set_administrator(call: Call<String, Nothing, Rights>) -> Result<Json<PersonState>> {
    let (user, act) = on_person(&call, "people.admin")?;
    let admin = call.body.administrator;
    let act = act.because(reason(call.body.reason)?).with("admin", admin);
    call.app.engine().set_admin(&user, admin, true, act).await?;
    answer(&call.app, user).await
}

/// How many devices were logged out.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LoggedOut {
    /// How many.
    devices: usize,
}

pub(super) async fn log_out(call: Call<String, Nothing, Reason>) -> Result<Json<LoggedOut>> {
    let (user, act) = on_person(&call, "people.log_out")?;
    let act = act.because(reason(call.body.reason)?);
    Ok(Json(LoggedOut { devices: call.app.engine().log_out(&user, None, act).await? }))
}

pub(super) async fn log_out_device(call: Call<(String, String), Nothing, Reason>) -> Result<Json<LoggedOut>> {
    let act = call.act("people.log_out");
    let Call { app, path: (user, device), body, .. } = call;
    let user = local_user(&app, &user)?;
    let act = act.on(user.as_str()).because(reason(body.reason)?).with("device", device.as_str());
    Ok(Json(LoggedOut { devices: app.engine().log_out(&user, Some(device), act).await? }))
}

/// How an account is closed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Deactivation {
    /// Whether what the person wrote is hidden from those who come later.
    #[serde(default)]
    erase: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn deactivate(call: Call<String, Nothing, Deactivation>) -> Result<Json<PersonState>> {
    let (user, act) = on_person(&call, "people.deactivate")?;
    let erase = call.body.erase;
    let act = act.because(reason(call.body.reason)?).with("erase", erase);
    call.app.engine().deactivate(&user, erase, true, act).await?;
    answer(&call.app, user).await
}

/// The person of the path, and an act on them.
fn on_person<Q, B>(call: &Call<String, Q, B>, action: &str) -> Result<(OwnedUserId, Act)> {
    let user = local_user(&call.app, &call.path)?;
    let act = call.act(action).on(user.as_str());
    Ok((user, act))
}

/// The person as they stand now.
async fn answer(app: &alphorn_http::App, user: OwnedUserId) -> Result<Json<PersonState>> {
    let now = app.engine().now_ms();
    let state = app.engine().read(move |reader| {
        let account = reader.account(user.as_str())?;
        state_of(reader, account.ok_or_else(|| Refusal::not_found("there is no such account"))?, now)
    });
    Ok(Json(state.await?))
}
