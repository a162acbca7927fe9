//! `POST /_matrix/client/v3/register`. Specification: Client-Server API, "Account registration".

use alphorn_http::{
    App, Ask, JsonBody, PeerAddr, Query, RawAnswer, Result, Stage, Subject,
    engine::{NewAccount, NewSession},
    model::{ErrorCode, OwnedUserId, Refusal},
};
use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{name, service};
use crate::{devices::check_name, session::answer};

#[derive(Deserialize)]
pub(super) struct Params {
    kind: Option<String>,
}

/// What a client sends.
#[derive(Deserialize)]
pub(super) struct Body {
    /// The older place of the kind of registration, in use by application services.
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) device_id: Option<String>,
    pub(super) initial_device_display_name: Option<String>,
    #[serde(default)]
    pub(super) inhibit_login: bool,
    #[serde(default)]
    pub(super) refresh_token: bool,
    pub(super) auth: Option<Value>,
}

/// Makes an account and, unless the client does not want one, a session.
pub(super) async fn post(
    State(app): State<App>,
    peer: PeerAddr,
    headers: HeaderMap,
    Query(params): Query<Params>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    check_name(body.initial_device_display_name.as_deref())?;
    match params.kind.as_deref() {
        Some("guest") => return guest(&app, peer, body.initial_device_display_name).await,
        None | Some("user") => {}
        Some(_) => return Err(Refusal::invalid_param("'kind' is `user` or `guest`").into()),
    }
    if body.kind.as_deref() == Some("m.login.application_service") {
        return service::register(&app, &headers, body).await;
    }
    let flows: &[&[Stage]] = match app.site() {
        site if site.registration_open => &[&[Stage::Dummy]],
        site if site.registration_tokens => &[&[Stage::RegistrationToken]],
        _ => return Err(Refusal::forbidden("the server takes no registrations").into()),
    };
    let user = match body.username.as_deref() {
        Some(wanted) => name::user_id(&app, wanted)?,
        None => name::made_up(&app)?,
    };
    name::check_free(&app, &user).await?;
    if let Some(password) = &body.password {
        name::check_password(&app, password)?;
    }
    // Parameters may differ between the requests of a session: clients ask for the flows with none.
    let ask = Ask { operation: "POST /register".to_owned(), user: None, flows, parameters: None };
    let proven = app.prove(&ask, body.auth.as_ref(), peer).await?;
    let Some(password) = body.password else {
        return Err(Refusal::missing_param("missing field `password`").into());
    };
    app.limits().check("registration", Subject::address(peer.ip()))?;
    if let Some(token) = &proven.registration_token {
        app.engine().use_registration_token(token).await?;
    }
    app.engine().register(&user, NewAccount { password: Some(password), ..NewAccount::default() }).await?;
    app.proof_used(&proven);
    let session = NewSession {
        device: body.device_id,
        display_name: body.initial_device_display_name,
        refreshable: body.refresh_token,
    };
    welcome(&app, &user, session, body.inhibit_login).await
}

/// The answer for a new account.
pub(super) async fn welcome(
    app: &App,
    user: &OwnedUserId,
    session: NewSession,
    inhibit_login: bool,
) -> Result {
    if inhibit_login {
        return RawAnswer::of(&json!({ "user_id": user }));
    }
    let session = app.engine().begin_session(user, session).await?;
    RawAnswer::of(&answer(user, &session))
}

/// A guest's account: no password, no name of its own, one device.
async fn guest(app: &App, peer: PeerAddr, display_name: Option<String>) -> Result {
    if !app.site().allow_guests {
        return Err(Refusal::new(ErrorCode::GuestAccessForbidden, "the server takes no guests").into());
    }
    app.limits().check("registration", Subject::address(peer.ip()))?;
    let user = name::made_up(app)?;
    name::check_free(app, &user).await?;
    app.engine().register(&user, NewAccount { guest: true, ..NewAccount::default() }).await?;
    welcome(app, &user, NewSession { display_name, ..NewSession::default() }, false).await
}
