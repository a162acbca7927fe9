//! `POST /_matrix/client/v3/login`. Specification: Client-Server API, "Login".

use alphorn_http::{
    App, JsonBody, PeerAddr, RawAnswer, Result, Subject,
    engine::{NewSession, token_hash},
    model::{ErrorCode, OwnedUserId, Refusal, UserId},
    session_answer,
    store::Account,
};
use axum::extract::State;
use http::HeaderMap;
use serde::Deserialize;

use crate::{devices::check_name, memory::Memory, registration::service_by_token, server::client_config};

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(rename = "type")]
    kind: String,
    identifier: Option<Identifier>,
    /// The older form of `identifier`.
    user: Option<String>,
    /// The older form of `identifier` for third-party identifiers.
    medium: Option<String>,
    address: Option<String>,
    password: Option<String>,
    token: Option<String>,
    device_id: Option<String>,
    initial_device_display_name: Option<String>,
    #[serde(default)]
    refresh_token: bool,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: String,
    user: Option<String>,
    medium: Option<String>,
    address: Option<String>,
}

/// Whom somebody wants to sign in as.
enum Wanted {
    User(OwnedUserId),
    Threepid {
        medium: String,
        address: String,
    },
    /// A name that no account here can have.
    Nobody(String),
}

impl Wanted {
    /// The name under which attempts are counted.
    fn name(&self) -> String {
        match self {
            Self::User(user) => user.to_string(),
            Self::Threepid { medium, address } => format!("{medium} {address}"),
            Self::Nobody(name) => name.clone(),
        }
    }
}

/// Signs in.
pub(super) async fn post(
    State(app): State<App>,
    memory: Memory,
    peer: PeerAddr,
    headers: HeaderMap,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    app.limits().check("login", Subject::address(peer.ip()))?;
    check_name(body.initial_device_display_name.as_deref())?;
    let user = match body.kind.as_str() {
        "m.login.password" => by_password(&app, &body).await?,
        "m.login.token" => by_token(&app, &memory, &body).await?,
        "m.login.application_service" => as_service(&app, &headers, &body).await?,
        _ => {
            let refusal = Refusal::new(ErrorCode::Unknown, "the server does not know this type of login");
            return Err(refusal.with_status(400).into());
        }
    };
    let session = NewSession {
        device: body.device_id,
        display_name: body.initial_device_display_name,
        refreshable: body.refresh_token,
    };
    let session = app.engine().begin_session(&user, session).await?;
    let mut answer = session_answer(&user, &session);
    if let Some(config) = client_config(app.site()) {
        answer["well_known"] = config;
    }
    RawAnswer::of(&answer)
}

async fn by_password(app: &App, body: &Body) -> Result<OwnedUserId> {
    let wanted = wanted(app, body)?;
    let password = body.password.clone().ok_or_else(|| Refusal::missing_param("missing field `password`"))?;
    app.limits().check("login", Subject::User(wanted.name()))?;
    let account = find(app, wanted).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let fits = app.engine().verify_password(password, hash).await?;
    let Some(account) = account else { return Err(wrong().into()) };
    if account.deactivated {
        return Err(Refusal::new(ErrorCode::UserDeactivated, "this account is deactivated").into());
    }
    if !fits {
        return Err(wrong().into());
    }
    may_enter(&account)
}

fn wrong() -> Refusal {
    Refusal::forbidden("the user name or the password is wrong")
}

/// Locked accounts get no new sessions. Specification: "Account locking".
fn may_enter(account: &Account) -> Result<OwnedUserId> {
    if account.deactivated {
        return Err(Refusal::new(ErrorCode::UserDeactivated, "this account is deactivated").into());
    }
    if account.locked {
        let refusal = Refusal::new(ErrorCode::UserLocked, "this account is locked");
        return Err(refusal.with("soft_logout", true).into());
    }
    UserId::parse(&account.user).map_err(|_| Refusal::internal().into())
}

async fn by_token(app: &App, memory: &Memory, body: &Body) -> Result<OwnedUserId> {
    let token = body.token.as_deref().ok_or_else(|| Refusal::missing_param("missing field `token`"))?;
    let user = memory.login_tokens().take(&token_hash(token), app.engine().now_ms());
    let user = user.ok_or_else(|| Refusal::forbidden("the login token is not known"))?;
    let account = find(app, Wanted::User(user)).await?.ok_or_else(wrong)?;
    may_enter(&account)
}

/// Specification: Application Service API, "Server admin style permissions".
async fn as_service(app: &App, headers: &HeaderMap, body: &Body) -> Result<OwnedUserId> {
    let service = service_by_token(app, headers)?;
    let Wanted::User(user) = wanted(app, body)? else {
        return Err(Refusal::invalid_param("only identifiers of the type m.id.user are known here").into());
    };
    if user != service.user && !service.namespaces.may_act_as(&user) {
        let words = "the application service may not sign in as this user";
        return Err(Refusal::new(ErrorCode::Exclusive, words).into());
    }
    let account = find(app, Wanted::User(user)).await?;
    may_enter(&account.ok_or_else(|| Refusal::forbidden("there is no such user"))?)
}

fn wanted(app: &App, body: &Body) -> Result<Wanted> {
    let threepid = |medium: &Option<String>, address: &Option<String>| match (medium, address) {
        (Some(medium), Some(address)) => {
            Ok(Wanted::Threepid { medium: medium.clone(), address: address.to_lowercase() })
        }
        _ => Err(Refusal::missing_param("missing field `medium` or `address`").into()),
    };
    let name = match &body.identifier {
        Some(identifier) => match identifier.kind.as_str() {
            "m.id.user" => identifier.user.as_ref(),
            "m.id.thirdparty" => return threepid(&identifier.medium, &identifier.address),
            _ => return Err(Refusal::invalid_param("this type of identifier is not known here").into()),
        },
        None if body.medium.is_some() => return threepid(&body.medium, &body.address),
        None => body.user.as_ref(),
    };
    let name = name.ok_or_else(|| Refusal::missing_param("missing field `identifier` or `user`"))?;
    Ok(user_id(app, name).map_or_else(|| Wanted::Nobody(name.clone()), Wanted::User))
}

/// The user of this server that a user id or a localpart names. Names have no upper-case letters.
fn user_id(app: &App, name: &str) -> Option<OwnedUserId> {
    let name = name.to_lowercase();
    let id = match name.starts_with('@') {
        true => name,
        false => format!("@{name}:{}", app.engine().server_name()),
    };
    UserId::parse(id).ok().filter(|user| user.server_name() == app.engine().server_name())
}

async fn find(app: &App, wanted: Wanted) -> Result<Option<Account>> {
    let account = app
        .engine()
        .read(move |reader| {
            let user = match wanted {
                Wanted::User(user) => Some(user.to_string()),
                Wanted::Threepid { medium, address } => reader.threepid_owner(&medium, &address)?,
                Wanted::Nobody(_) => None,
            };
            Ok(user.map(|user| reader.account(&user)).transpose()?.flatten())
        })
        .await?;
    Ok(account)
}
