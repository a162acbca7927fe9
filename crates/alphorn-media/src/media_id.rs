//! Media ids: the last segment of an `mxc://` URI.
//!
//! Specification: client-server API, "Matrix Content (mxc://) URIs" and "Security considerations" of the content
//! repository: only letters, digits, `_` and `-`, so that no id can ever name a path.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Longest media id that we accept from anyone; ours have 24 characters.
const LENGTH_MAX: usize = 255;

/// A valid media id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaId(String);

/// The text is no media id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMediaId {
    /// No character at all.
    #[error("media id is empty")]
    Empty,
    /// Longer than any id that we accept.
    #[error("media id is longer than {LENGTH_MAX} characters")]
    TooLong,
    /// A character outside the allowed set.
    #[error("media id may hold only letters, digits, `_` and `-`")]
    BadCharacter,
}

impl MediaId {
    /// Makes an id of random bytes: 144 bits cannot be guessed, which matters because knowing an id is what lets
    /// someone ask for the content.
    #[must_use]
    pub fn from_random(random: [u8; 18]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// Checks an id that came from outside.
    pub fn parse(text: &str) -> Result<Self, InvalidMediaId> {
        if text.is_empty() {
            return Err(InvalidMediaId::Empty);
        }
        if text.len() > LENGTH_MAX {
            return Err(InvalidMediaId::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return Err(InvalidMediaId::BadCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn traversal_and_encodings_are_refused() {
        for text in ["..", "../x", "a/b", "a.b", "%2e%2e", "é", "a b", "a\0", "a\n"] {
            assert_eq!(MediaId::parse(text), Err(InvalidMediaId::BadCharacter), "{text:?}");
        }
        assert_eq!(MediaId::parse(""), Err(InvalidMediaId::Empty));
        assert_eq!(MediaId::parse(&"a".repeat(256)), Err(InvalidMediaId::TooLong));
    }

    proptest! {
        #[test]
        fn generated_ids_are_valid_and_distinct(a: [u8; 18], b: [u8; 18]) {
            let id = MediaId::from_random(a);
            prop_assert_eq!(MediaId::parse(id.as_str()), Ok(id.clone()));
            prop_assert_eq!(a == b, id == MediaId::from_random(b));
        }

        #[test]
        fn what_is_accepted_has_only_allowed_characters(text in ".{0,40}") {
            if let Ok(id) = MediaId::parse(&text) {
                prop_assert!(id.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)));
            }
        }
    }
}
