//! `.../requestToken`: validating e-mail addresses and phone numbers. This server sends neither mail
//! nor short messages, and says so. Specification: "Account registration", "Password management",
//! "Adding account administrative contact information".

use alphorn_http::{
    JsonBody, Result,
    model::{ErrorCode, Refusal},
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Body {
    client_secret: String,
    #[serde(rename = "send_attempt")]
    _send_attempt: u64,
    email: Option<String>,
    country: Option<String>,
    phone_number: Option<String>,
    id_server: Option<String>,
}

/// What is wrong with a request is said before it is refused as a whole.
fn check(body: &Body) -> Result<()> {
    let known = |letter: char| letter.is_ascii_alphanumeric() || ".=_-".contains(letter);
    let secret = &body.client_secret;
    if secret.is_empty() || secret.len() > 255 || !secret.chars().all(known) {
        return Err(Refusal::invalid_param("'client_secret' has 1 to 255 of a-z, A-Z, 0-9 and .=_-").into());
    }
    if body.email.is_none() && (body.country.is_none() || body.phone_number.is_none()) {
        return Err(Refusal::missing_param("missing `email`, or `country` and `phone_number`").into());
    }
    if body.id_server.is_some() {
        let words = "the server trusts no identity server";
        return Err(Refusal::new(ErrorCode::ServerNotTrusted, words).into());
    }
    Ok(())
}

/// To add an identifier to an account.
pub(super) async fn for_account(JsonBody(body): JsonBody<Body>) -> Result {
    check(&body)?;
    let words = "the server cannot send messages to validate addresses";
    Err(Refusal::new(ErrorCode::ThreepidMediumNotSupported, words).into())
}

/// To choose a new password.
pub(super) async fn for_password(JsonBody(body): JsonBody<Body>) -> Result {
    refused(&body)
}

/// To register.
pub(super) async fn for_registration(JsonBody(body): JsonBody<Body>) -> Result {
    refused(&body)
}

fn refused(body: &Body) -> Result {
    check(body)?;
    let words = "the server cannot send messages to validate addresses";
    Err(Refusal::new(ErrorCode::ThreepidDenied, words).into())
}
