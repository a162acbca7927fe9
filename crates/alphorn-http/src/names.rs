//! Whether a name can be had for a new account, and a password used. Specification: appendices, "User Identifiers".

use alphorn_engine::model::{
    ErrorCode, OwnedUserId, Refusal, UserId,
    ids::{ID_BYTES_MAX, is_valid_localpart},
    secret,
};

use crate::{App, Result};

/// Letters of a name that the server makes up.
const MADE_UP_LETTERS: usize = 12;

fn invalid(words: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidUsername, words)
}

/// The user id for a wanted name; upper-case letters are taken as lower-case ones.
///
/// # Errors
/// `M_INVALID_USERNAME`.
pub fn user_id(app: &App, wanted: &str) -> Result<OwnedUserId> {
    let localpart = wanted.to_ascii_lowercase();
    if !is_valid_localpart(&localpart) {
        return Err(invalid("a user name has only the letters a-z, digits and ._=-/+").into());
    }
    if localpart.starts_with('_') {
        return Err(invalid("names that begin with an underscore belong to application services").into());
    }
    parse(app, &localpart)
}

/// The same for an application service, which may have underscores in front.
///
/// # Errors
/// `M_INVALID_USERNAME`.
pub fn service_user_id(app: &App, wanted: &str) -> Result<OwnedUserId> {
    if !is_valid_localpart(wanted) {
        return Err(invalid("a user name has only the letters a-z, digits and ._=-/+").into());
    }
    parse(app, wanted)
}

fn parse(app: &App, localpart: &str) -> Result<OwnedUserId> {
    let id = format!("@{localpart}:{}", app.engine().server_name());
    if id.len() > ID_BYTES_MAX {
        return Err(invalid("this user name is too long").into());
    }
    UserId::parse(id).map_err(|_| invalid("this is not a user name").into())
}

/// A user id that nobody asked for by name.
///
/// # Errors
/// `M_INVALID_USERNAME` where the server's name leaves no room.
pub fn made_up(app: &App) -> Result<OwnedUserId> {
    let localpart = secret::alphanumeric(app.engine().entropy(), MADE_UP_LETTERS).to_ascii_lowercase();
    parse(app, &localpart)
}

/// Refuses names that somebody has or an application service keeps for itself.
///
/// # Errors
/// `M_EXCLUSIVE`, `M_USER_IN_USE`.
pub async fn check_free(app: &App, user: &OwnedUserId) -> Result<()> {
    if app.appservices().by_token.values().any(|service| service.namespaces.owns_user(user)) {
        let refusal = Refusal::new(ErrorCode::Exclusive, "this name belongs to an application service");
        return Err(refusal.into());
    }
    let name = user.to_string();
    if app.engine().read(move |reader| Ok(reader.account(&name)?.is_some())).await? {
        return Err(Refusal::new(ErrorCode::UserInUse, "this user name is taken").into());
    }
    Ok(())
}

/// Refuses passwords that are too short.
///
/// # Errors
/// `M_WEAK_PASSWORD`.
pub fn check_password(app: &App, password: &str) -> Result<()> {
    let length_min = app.site().password_length_min;
    if password.chars().count() < length_min {
        let words = format!("a password has at least {length_min} characters");
        return Err(Refusal::new(ErrorCode::WeakPassword, words).into());
    }
    Ok(())
}
