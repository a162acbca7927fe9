//! `POST /_alphorn/v1/invitation` and `/_alphorn/v1/invitation/accept`: what somebody does who was handed an
//! invitation, before there is a password. The code is in the body, not in the address: addresses are recorded.

use alphorn_http::{Json, Result, Subject, engine::NewSession, model::Refusal, names};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{Api, Nothing, OpenCall};

/// Longest code, device id and device name in bytes.
const TEXT_BYTES_MAX: usize = 255;

pub(crate) fn add(api: Api) -> Api {
    api.on_open(
        Method::POST,
        "/invitation",
        ("invitation.lookAtInvitation", "Shows whom an invitation is for."),
        look,
    )
    .on_open(
        Method::POST,
        "/invitation/accept",
        (
            "invitation.acceptInvitation",
            "Uses an invitation: sets the password of its account and signs in. A lost answer is made good by signing \
             in with that password.",
        ),
        accept,
    )
}

/// An invitation.
#[derive(Deserialize, JsonSchema)]
struct Code {
    /// The code of the invitation.
    code: String,
}

/// Whom an invitation is for.
#[derive(Debug, Serialize, JsonSchema)]
struct Invitee {
    /// The user id.
    user_id: String,
    /// The display name.
    display_name: Option<String>,
    /// Shortest password.
    password_length_min: usize,
}

/// How an invitation is used.
#[derive(Deserialize, JsonSchema)]
struct Acceptance {
    /// The code of the invitation.
    code: String,
    /// The password that the account is to have.
    password: String,
    /// The device to sign in; a new one unless given.
    #[serde(default)]
    device_id: Option<String>,
    /// What to call a new device.
    #[serde(default)]
    initial_device_display_name: Option<String>,
    /// Whether a refresh token is wanted, and an access token that ends.
    #[serde(default)]
    refresh_token: bool,
}

/// A session that was begun, as after `POST /_matrix/client/v3/login`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
struct Begun {
    /// The user.
    user_id: String,
    /// The device.
    device_id: String,
    /// The access token.
    access_token: String,
    /// The refresh token, where one was wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// When the access token ends, in milliseconds from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_ms: Option<u64>,
}

async fn look(call: OpenCall<Nothing, Code>) -> Result<Json<Invitee>> {
    call.app.limits().check("login", Subject::address(call.peer.ip()))?;
    let account = call.app.engine().invited(check("code", call.body.code)?.as_str()).await?;
    let name = account.user.clone();
    let display_name =
        call.app.engine().read(move |reader| Ok(reader.profile_field(&name, "displayname")?)).await?;
    Ok(Json(Invitee {
        user_id: account.user,
        display_name: display_name.and_then(|name| serde_json::from_str(name.get()).ok()),
        password_length_min: call.app.site().password_length_min,
    }))
}

async fn accept(call: OpenCall<Nothing, Acceptance>) -> Result<Json<Begun>> {
    let OpenCall { app, peer, body, .. } = call;
    app.limits().check("login", Subject::address(peer.ip()))?;
    let code = check("code", body.code)?;
    let device = body.device_id.map(|device| check("device_id", device)).transpose()?;
    let display_name = body.initial_device_display_name;
    let display_name = display_name.map(|name| check("initial_device_display_name", name)).transpose()?;
    names::check_password(&app, &body.password)?;
    let user = app.engine().accept_invitation(&code, body.password).await?;
    let new = NewSession { device, display_name, refreshable: body.refresh_token };
    let session = app.engine().begin_session(&user, new).await?;
    Ok(Json(Begun {
        user_id: user.to_string(),
        device_id: session.device,
        access_token: session.access_token,
        refresh_token: session.refresh_token,
        expires_in_ms: session.expires_in_ms,
    }))
}

fn check(field: &str, text: String) -> Result<String> {
    if text.is_empty() || text.len() > TEXT_BYTES_MAX {
        return Err(Refusal::invalid_param(format!("'{field}' has 1 to {TEXT_BYTES_MAX} bytes")).into());
    }
    Ok(text)
}
