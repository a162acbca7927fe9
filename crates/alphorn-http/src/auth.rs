//! Who asks. Specification: Client-Server API, "Client authentication"; Application Service API,
//! "Client-Server API Extensions".

use alphorn_engine::{
    Requester,
    model::{ErrorCode, OwnedUserId, Refusal, UserId},
};
use axum::extract::{FromRef, FromRequestParts};
use http::{header, request::Parts};
use serde::Deserialize;

use crate::{ApiError, App};

/// A client whose access token is valid.
#[derive(Debug, Clone)]
pub struct Client(pub Requester);

impl std::ops::Deref for Client {
    type Target = Requester;
    fn deref(&self) -> &Requester {
        &self.0
    }
}

impl Client {
    /// Refuses guests, where the specification does not let them in.
    ///
    /// # Errors
    /// `M_GUEST_ACCESS_FORBIDDEN`.
    pub fn no_guest(&self) -> Result<(), ApiError> {
        if self.0.guest {
            return Err(Refusal::new(ErrorCode::GuestAccessForbidden, "guests may not do this").into());
        }
        Ok(())
    }

    /// Refuses suspended accounts, which may read but not act.
    ///
    /// # Errors
    /// `M_USER_SUSPENDED`.
    pub fn not_suspended(&self) -> Result<(), ApiError> {
        if self.0.suspended {
            return Err(Refusal::new(ErrorCode::UserSuspended, "this account is suspended").into());
        }
        Ok(())
    }

    /// Refuses everybody but administrators.
    ///
    /// # Errors
    /// `M_FORBIDDEN`.
    pub fn administrator(&self) -> Result<(), ApiError> {
        if self.0.admin { Ok(()) } else { Err(Refusal::forbidden("only administrators may do this").into()) }
    }

    /// Refuses paths that name another user.
    ///
    /// # Errors
    /// `M_FORBIDDEN`.
    pub fn is(&self, user: &str) -> Result<(), ApiError> {
        if self.0.user == user {
            Ok(())
        } else {
            Err(Refusal::forbidden("this belongs to another user").into())
        }
    }
}

/// A client whose user is not a guest. Specification: Client-Server API, "Guest Access".
#[derive(Debug, Clone)]
pub struct Regular(pub Client);

/// A client that may or may not have a valid access token: a wrong one is refused, none is not.
#[derive(Debug, Clone)]
pub struct MaybeClient(pub Option<Client>);

/// An application service: its id, its own user, and the users it may act as.
#[derive(Debug, Clone)]
pub struct Appservice {
    /// Its id.
    pub id: String,
    /// Its own user.
    pub user: OwnedUserId,
    /// The user ids it may act as, by exact prefix-free regular names; decided by the binary's reader
    /// of registration files.
    pub namespaces: std::sync::Arc<dyn Namespaces>,
}

/// Which users belong to an application service.
pub trait Namespaces: std::fmt::Debug + Send + Sync {
    /// Whether it may act as `user`.
    fn may_act_as(&self, user: &UserId) -> bool;
    /// Whether nobody else may use this user id.
    fn owns_user(&self, user: &UserId) -> bool;
    /// Whether nobody else may use this alias.
    fn owns_alias(&self, alias: &str) -> bool;
}

#[derive(Deserialize)]
struct TokenQuery {
    access_token: Option<String>,
    user_id: Option<String>,
    device_id: Option<String>,
}

/// The access token of a request: from the header, or from the query as older clients give it.
#[must_use]
pub fn bearer_token(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some((scheme, token)) = header.and_then(|value| value.split_once(' '))
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Some(token.trim().to_owned());
    }
    query(parts).and_then(|query| query.access_token)
}

fn query(parts: &Parts) -> Option<TokenQuery> {
    axum::extract::Query::<TokenQuery>::try_from_uri(&parts.uri).ok().map(|query| query.0)
}

async fn identify(app: &App, parts: &Parts, token: &str) -> Result<Client, ApiError> {
    let Some(service) = app.appservices().by_token.get(token) else {
        let requester = app.engine().authenticate(token).await?;
        app.sightings().note(&requester, parts, app.engine().now_ms());
        return Ok(Client(requester));
    };
    let (wanted, device) = query(parts).map_or((None, None), |query| (query.user_id, query.device_id));
    let user = match wanted {
        None => service.user.clone(),
        Some(wanted) => {
            let user =
                UserId::parse(&wanted).map_err(|_| Refusal::invalid_param("user_id is not a user id"))?;
            if user != service.user && !service.namespaces.may_act_as(&user) {
                return Err(Refusal::forbidden("the application service may not act as this user").into());
            }
            user
        }
    };
    Ok(Client(app.engine().appservice_requester(user, device, service.id.clone()).await?))
}

impl<S: Send + Sync> FromRequestParts<S> for Client
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let token = bearer_token(parts)
            .ok_or_else(|| Refusal::new(ErrorCode::MissingToken, "an access token is needed"))?;
        identify(&App::from_ref(state), parts, &token).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Regular
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let client = Client::from_request_parts(parts, state).await?;
        client.no_guest()?;
        Ok(Self(client))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeClient
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match bearer_token(parts) {
            None => Ok(Self(None)),
            Some(token) => {
                identify(&App::from_ref(state), parts, &token).await.map(|client| Self(Some(client)))
            }
        }
    }
}
