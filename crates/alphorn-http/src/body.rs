//! Bodies. Specification: Client-Server API, "Standard error response": `M_NOT_JSON` for what is not
//! JSON, `M_BAD_JSON` for JSON of the wrong shape, `M_TOO_LARGE` for too much of it.

use alphorn_engine::model::{ErrorCode, Refusal};
use axum::extract::{FromRef, FromRequest, Request};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::{ApiError, App};

/// A JSON body of a certain shape. Content types are not looked at: clients differ.
pub struct JsonBody<T>(pub T);

/// The same, where no body at all counts as `{}`.
pub struct OptionalJsonBody<T>(pub T);

/// The body as it is, within the bound for JSON bodies.
pub struct RawBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for RawBody
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes_max = App::from_ref(state).site().body_bytes_max;
        match Limited::new(request.into_body(), bytes_max).collect().await {
            Ok(body) => Ok(Self(body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(Refusal::new(ErrorCode::TooLarge, format!("a body has at most {bytes_max} bytes")).into())
            }
            Err(_) => Err(Refusal::new(ErrorCode::NotJson, "the body ended early").into()),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T>
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = RawBody::from_request(request, state).await?;
        parse_json(&body.0).map(Self)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalJsonBody<T>
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = RawBody::from_request(request, state).await?;
        parse_json(if body.0.is_empty() { b"{}" } else { &body.0 }).map(Self)
    }
}

/// Reads JSON of a certain shape.
///
/// # Errors
/// `M_NOT_JSON`, `M_BAD_JSON`; `M_MISSING_PARAM` where a field is missing.
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let parsed = serde_json::from_slice::<T>(bytes).map_err(|error| {
        let words = error.to_string();
        let code = match error.classify() {
            serde_json::error::Category::Data if words.starts_with("missing field") => {
                ErrorCode::MissingParam
            }
            serde_json::error::Category::Data => ErrorCode::BadJson,
            _ => ErrorCode::NotJson,
        };
        Refusal::new(code, words)
    })?;
    // serde would take an empty list for an object without required fields.
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        Ok(parsed)
    } else {
        Err(Refusal::bad_json("the body is not a JSON object").into())
    }
}
