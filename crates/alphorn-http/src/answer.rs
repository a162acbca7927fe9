//! Answers: JSON, and refusals in the form of the specification's standard error response.

use alphorn_engine::{ReadError, model::Refusal};
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::Value;

/// What handlers return.
pub type Result<T = RawAnswer, E = ApiError> = std::result::Result<T, E>;

/// A refusal on its way out.
#[derive(Debug)]
pub struct ApiError(pub Refusal);

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        Self(error.into_refusal())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let refusal = self.0;
        let status = refusal.status.unwrap_or_else(|| refusal.code.status());
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after_ms = refusal.extra.get("retry_after_ms").and_then(Value::as_u64);
        let mut body = refusal.extra;
        // Endpoints with user-interactive authentication answer 401 with no error code at first.
        if !body.contains_key("flows") || !refusal.message.is_empty() {
            body.insert("errcode".to_owned(), refusal.code.as_str().into());
            body.insert("error".to_owned(), refusal.message.into());
        }
        let mut response = json_response(status, &Value::Object(body));
        if let Some(ms) = retry_after_ms {
            // Whole seconds, rounded up. Specification: "Rate limiting".
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1_000)));
        }
        response
    }
}

/// A JSON answer that is serialised from a value.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json_response(StatusCode::OK, &self.0)
    }
}

/// A JSON answer made of text that is JSON already.
pub struct RawAnswer(String);

impl RawAnswer {
    /// `json` must be JSON.
    #[must_use]
    pub const fn new(json: String) -> Self {
        Self(json)
    }

    /// Serialises a value.
    ///
    /// # Errors
    /// An internal error when the value cannot be JSON.
    pub fn of(value: &impl Serialize) -> Result<Self> {
        serde_json::to_string(value).map(Self).map_err(|error| {
            tracing::error!(%error, "an answer cannot be JSON");
            ApiError(Refusal::internal())
        })
    }
}

impl IntoResponse for RawAnswer {
    fn into_response(self) -> Response {
        with_type(StatusCode::OK, self.0.into_bytes())
    }
}

/// The empty object, the usual answer to what has nothing to say.
///
/// # Errors
/// None; the type suits handlers.
pub fn empty() -> Result {
    Ok(RawAnswer("{}".to_owned()))
}

fn json_response(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => with_type(status, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn with_type(status: StatusCode, body: Vec<u8>) -> Response {
    const JSON: (HeaderName, HeaderValue) =
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, [JSON], body).into_response()
}
