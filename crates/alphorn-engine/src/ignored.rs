//! Whom a user ignores. Specification: Client-Server API, "Ignoring Users".

use std::collections::{HashMap, HashSet};

use alphorn_store::{Reader, StoreError};
use serde::Deserialize;

/// The account data with the list.
pub(crate) const KIND: &str = "m.ignored_user_list";

/// People of whom a user wants to hear nothing. What is no list counts as an empty one: clients write it.
///
/// # Errors
/// When the store fails.
pub fn ignored_users(reader: &Reader<'_>, user: &str) -> Result<HashSet<String>, StoreError> {
    #[derive(Default, Deserialize)]
    struct Content {
        ignored_users: HashMap<String, serde::de::IgnoredAny>,
    }
    let stored = reader.account_datum(user, "", KIND)?;
    let content: Option<Content> = stored.and_then(|stored| serde_json::from_str(stored.get()).ok());
    let ignored = content.unwrap_or_default().ignored_users.into_keys();
    // Nobody can do without oneself.
    Ok(ignored.filter(|ignored| ignored != user).collect())
}
