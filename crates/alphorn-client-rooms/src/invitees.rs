//! Who may be invited. Specification: Client-Server API, "Invite permission", "Third-party invites".

use alphorn_http::engine::ReadError;
use alphorn_http::model::{ErrorCode, Refusal};
use alphorn_http::store::Reader;
use serde::Deserialize;

/// The account data by which a user keeps invites away.
const PERMISSIONS: &str = "m.invite_permission_config";

/// Refuses to invite who does not want to be.
pub(crate) fn check(reader: &Reader<'_>, user: &str) -> Result<(), ReadError> {
    #[derive(Deserialize)]
    struct Permissions {
        default_action: Option<String>,
    }
    let stored = reader.account_datum(user, "", PERMISSIONS)?;
    let permissions: Option<Permissions> = stored.and_then(|stored| serde_json::from_str(stored.get()).ok());
    if permissions.is_some_and(|permissions| permissions.default_action.as_deref() == Some("block")) {
        let refusal = Refusal::new(ErrorCode::InviteBlocked, format!("{user} takes no invites"));
        return Err(refusal.into());
    }
    Ok(())
}

/// No identity server is known here, so nobody can be found by an address.
pub(crate) fn no_third_party() -> Refusal {
    Refusal::new(ErrorCode::ThreepidDenied, "this server cannot invite by e-mail address or telephone number")
}
