//! `POST /_matrix/client/v3/logout` and `/logout/all`. Specification: Client-Server API, "Login",
//! "Account locking".

use alphorn_http::{
    ApiError, App, Client, Result, bearer_token, empty,
    engine::token_hash,
    model::{ErrorCode, OwnedUserId, Refusal, UserId},
};
use axum::extract::{FromRequestParts, State};
use http::request::Parts;

/// Who wants to sign out: also somebody whose account is locked.
pub(super) struct Leaver {
    user: OwnedUserId,
    device: String,
}

impl FromRequestParts<App> for Leaver {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        match Client::from_request_parts(parts, app).await {
            Ok(client) => Ok(Self { user: client.user.clone(), device: client.device.clone() }),
            Err(ApiError(refusal)) if refusal.code == ErrorCode::UserLocked => locked(app, parts).await,
            Err(error) => Err(error),
        }
    }
}

async fn locked(app: &App, parts: &Parts) -> Result<Leaver> {
    let hash = token_hash(&bearer_token(parts).unwrap_or_default());
    let owner = app.engine().read(move |reader| Ok(reader.token_owner(&hash)?)).await?;
    let owner =
        owner.ok_or_else(|| Refusal::new(ErrorCode::UnknownToken, "the access token is not known"))?;
    let user = UserId::parse(&owner.user).map_err(|_| Refusal::internal())?;
    Ok(Leaver { user, device: owner.device })
}

/// Ends the session, with its device.
pub(super) async fn post(State(app): State<App>, leaver: Leaver) -> Result {
    // An application service that acts without a device has no session to end.
    if !leaver.device.is_empty() {
        app.engine().delete_devices(&leaver.user, vec![leaver.device]).await?;
    }
    empty()
}

/// Ends all sessions of the user, with their devices.
pub(super) async fn post_all(State(app): State<App>, leaver: Leaver) -> Result {
    let name = leaver.user.to_string();
    let devices = app.engine().read(move |reader| Ok(reader.devices(&name)?)).await?;
    let devices = devices.into_iter().map(|device| device.device).collect();
    app.engine().delete_devices(&leaver.user, devices).await?;
    empty()
}
