//! One backed-up key: its form, and which of two is kept.
//! Specification: Client-Server API, "Server-side key backups", "Backup algorithms".

use alphorn_http::model::{RawJson, Refusal};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Longest backed-up key in bytes.
const SESSION_BYTES_MAX: usize = 16 * 1024;

/// What the server can read of a backed-up key.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Head<'a> {
    first_message_index: u64,
    forwarded_count: u64,
    is_verified: bool,
    #[serde(borrow)]
    session_data: &'a RawValue,
}

fn head(data: &RawValue) -> Result<Head<'_>, Refusal> {
    serde_json::from_str(data.get()).map_err(|error| {
        let words = format!("a backed-up key has not the right form: {error}");
        // As everywhere: a missing field is told from a wrong one.
        if error.to_string().starts_with("missing field") {
            Refusal::missing_param(words)
        } else {
            Refusal::bad_json(words)
        }
    })
}

/// Checks the form of a key.
///
/// # Errors
/// `M_BAD_JSON`, `M_MISSING_PARAM`, `M_INVALID_PARAM`.
pub(super) fn check(data: &RawValue) -> Result<(), Refusal> {
    if data.get().len() > SESSION_BYTES_MAX {
        let words = format!("a backed-up key is longer than {SESSION_BYTES_MAX} bytes");
        return Err(Refusal::invalid_param(words));
    }
    let head = head(data)?;
    if head.session_data.get() == "null" {
        return Err(Refusal::missing_param("session_data is missing"));
    }
    Ok(())
}

/// Whether `new` takes the place of `old`: the verified one, else the one that reads further back, else the one
/// that went through fewer hands; where all is equal the old one stays.
pub(super) fn is_better(new: &RawJson, old: &RawJson) -> bool {
    let (Ok(new), Ok(old)) = (head(new), head(old)) else {
        // What is stored was checked; if a newer form of it is not understood, it is kept.
        return false;
    };
    let rank = |head: Head<'_>| (!head.is_verified, head.first_message_index, head.forwarded_count);
    rank(new) < rank(old)
}

#[cfg(test)]
mod tests;
