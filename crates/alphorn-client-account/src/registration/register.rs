//! `POST /_matrix/client/v3/register`. Specification: Client-Server API, "Account registration".

use alphorn_http::{
    App, Ask, JsonBody, Parameters, PeerAddr, Query, RawAnswer, Registration, Result, Stage, Subject,
    engine::{NewAccount, NewSession},
    model::{ErrorCode, OwnedUserId, Refusal, UserId},
    names as name, session_answer,
};
use axum::extract::State;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::service;
use crate::devices::check_name;

/// The name of the operation in sessions of the authentication.
const OPERATION: &str = "POST /register";

/// Longest name, password and device id in bytes.
const TEXT_BYTES_MAX: usize = 1_024;

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
    #[serde(flatten)]
    pub(super) wish: Wish,
    pub(super) auth: Option<Value>,
}

/// What account and session a client wants. The session of the authentication remembers it, so that
/// later requests need not say it again.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) username: Option<String>,
    pub(super) password: Option<String>,
    pub(super) device_id: Option<String>,
    pub(super) initial_device_display_name: Option<String>,
    pub(super) inhibit_login: Option<bool>,
    pub(super) refresh_token: Option<bool>,
    /// The token of the guest who becomes an ordinary user.
    guest_access_token: Option<String>,
}

impl Wish {
    fn check(&self) -> Result<()> {
        let too_long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > TEXT_BYTES_MAX);
        if too_long(&self.guest_access_token)
            || too_long(&self.username)
            || too_long(&self.password)
            || too_long(&self.device_id)
        {
            let words = format!("names and passwords have at most {TEXT_BYTES_MAX} bytes");
            return Err(Refusal::invalid_param(words).into());
        }
        check_name(self.initial_device_display_name.as_deref())
    }

    /// What is missing is taken from an earlier request.
    fn or(self, earlier: Self) -> Self {
        Self {
            username: self.username.or(earlier.username),
            password: self.password.or(earlier.password),
            device_id: self.device_id.or(earlier.device_id),
            initial_device_display_name: self
                .initial_device_display_name
                .or(earlier.initial_device_display_name),
            inhibit_login: self.inhibit_login.or(earlier.inhibit_login),
            refresh_token: self.refresh_token.or(earlier.refresh_token),
            guest_access_token: self.guest_access_token.or(earlier.guest_access_token),
        }
    }

    pub(super) fn session(&self) -> NewSession {
        NewSession {
            device: self.device_id.clone(),
            display_name: self.initial_device_display_name.clone(),
            refreshable: self.refresh_token == Some(true),
        }
    }
}

/// Makes an account and, unless the client does not want one, a session.
pub(super) async fn post(
    State(app): State<App>,
    peer: PeerAddr,
    headers: HeaderMap,
    Query(params): Query<Params>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    body.wish.check()?;
    match params.kind.as_deref() {
        Some("guest") => return guest(&app, peer, body.wish.initial_device_display_name).await,
        None | Some("user") => {}
        Some(_) => return Err(Refusal::invalid_param("'kind' is `user` or `guest`").into()),
    }
    if body.kind.as_deref() == Some("m.login.application_service") {
        return service::register(&app, &headers, body.wish).await;
    }
    person(&app, peer, body.wish, body.auth).await
}

/// A person's account.
async fn person(app: &App, peer: PeerAddr, mut wish: Wish, auth: Option<Value>) -> Result {
    let flows: &[&[Stage]] = match app.registration() {
        Registration::Open => &[&[Stage::Dummy]],
        Registration::Token => &[&[Stage::RegistrationToken]],
        Registration::Closed => return Err(Refusal::forbidden("the server takes no registrations").into()),
    };
    if let Some(recalled) = app.recall(OPERATION, auth.as_ref()) {
        wish = wish.or(serde_json::from_value(recalled.parameters).unwrap_or_default());
        if let Some(user) = recalled.outcome {
            return again(app, peer, &user, wish).await;
        }
    }
    let guest = guest_of(app, &wish).await?;
    let user = match (&guest, wish.username.as_deref()) {
        (Some(guest), _) => guest.clone(),
        (None, Some(wanted)) => name::user_id(app, wanted)?,
        (None, None) => name::made_up(app)?,
    };
    if guest.is_none() {
        name::check_free(app, &user).await?;
    }
    if let Some(password) = &wish.password {
        name::check_password(app, password)?;
    }
    let parameters = serde_json::to_value(&wish).map_err(|_| Refusal::internal())?;
    let ask = Ask {
        operation: OPERATION.to_owned(),
        user: None,
        flows,
        parameters: Parameters::Remembered(parameters),
    };
    let proven = app.prove(&ask, auth.as_ref(), peer).await?;
    let Some(password) = wish.password.clone() else {
        return Err(Refusal::missing_param("missing field `password`").into());
    };
    app.limits().check("registration", Subject::address(peer.ip()))?;
    if let Some(token) = &proven.registration_token {
        app.engine().use_registration_token(token).await?;
    }
    if guest.is_some() {
        app.engine().upgrade_guest(&user, password).await?;
    } else {
        let account = NewAccount { password: Some(password), ..NewAccount::default() };
        app.engine().register(&user, account).await?;
    }
    app.proof_settled(&proven, user.as_str());
    welcome(app, &user, wish.session(), wish.inhibit_login == Some(true)).await
}

/// The guest who wants to become an ordinary user, if one does. Specification: "Guest Access".
async fn guest_of(app: &App, wish: &Wish) -> Result<Option<OwnedUserId>> {
    let Some(token) = &wish.guest_access_token else { return Ok(None) };
    let requester = app.engine().authenticate(token).await?;
    let own_name = wish.username.as_deref() == Some(requester.user.localpart());
    if !requester.guest || !own_name {
        let words = "'username' must be the name of the guest whose token this is";
        return Err(Refusal::forbidden(words).into());
    }
    Ok(Some(requester.user))
}

/// The same registration a second time, because the first answer was lost: the account is there, and
/// whoever knows its password gets the answer again.
async fn again(app: &App, peer: PeerAddr, user: &str, wish: Wish) -> Result {
    app.limits().check("registration", Subject::address(peer.ip()))?;
    let user = UserId::parse(user).map_err(|_| Refusal::internal())?;
    let name = user.to_string();
    let account = app.engine().read(move |reader| Ok(reader.account(&name)?)).await?;
    let hash = account.and_then(|account| account.password_hash);
    if !app.engine().verify_password(wish.password.clone().unwrap_or_default(), hash).await? {
        return Err(Refusal::new(ErrorCode::UserInUse, "this user name is taken").into());
    }
    welcome(app, &user, wish.session(), wish.inhibit_login == Some(true)).await
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
    RawAnswer::of(&session_answer(user, &session))
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
