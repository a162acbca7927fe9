//! What membership events say of their user: the profile. Specification: Client-Server API,
//! "Profiles", "Events on Change of Profile Information".

use alphorn_http::engine::ReadError;
use alphorn_http::{domain::MemberDetails, store::Reader};

/// The name and avatar of a user of this server.
pub(crate) fn details(reader: &Reader<'_>, user: &str) -> Result<MemberDetails, ReadError> {
    let field = |key| -> Result<Option<String>, ReadError> {
        let value = reader.profile_field(user, key)?;
        Ok(value
            .and_then(|value| serde_json::from_str(value.get()).ok())
            .filter(|text: &String| !text.is_empty()))
    };
    Ok(MemberDetails {
        displayname: field("displayname")?,
        avatar_url: field("avatar_url")?,
        ..MemberDetails::default()
    })
}
