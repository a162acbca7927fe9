//! Blob keys: the name under which the bytes of one upload lie in the storage.
//!
//! A key belongs to one upload attempt, not to the content: two uploads never share bytes, so removing one cannot
//! take the other's content away, and two attempts at the same media id cannot overwrite each other (the log decides
//! which of them counts). The content's hash stands in the metadata and lets a backup be verified.

use std::fmt;

/// Name of one stored blob: 32 lower-case hexadecimal digits, so that no file system mistakes two keys for one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey(String);

/// The text is no blob key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a blob key has {} lower-case hexadecimal digits", BlobKey::LENGTH)]
pub struct InvalidBlobKey;

impl BlobKey {
    const LENGTH: usize = 32;

    /// Makes a key of random bytes.
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        Self(hex(&random))
    }

    /// Reads a key back from the metadata.
    pub fn parse(text: &str) -> Result<Self, InvalidBlobKey> {
        let valid = text.len() == Self::LENGTH
            && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidBlobKey) }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// First two digits: spreads the keys over 256 folders.
    pub(crate) fn shard(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }

    /// Third and fourth digit: spreads each of those over 256 more.
    pub(crate) fn subshard(&self) -> &str {
        self.0.get(2..4).unwrap_or_default()
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Lower-case hexadecimal text of the bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text_form_and_nothing_else_is_one() {
        let key = BlobKey::from_random([0xab; 16]);
        assert_eq!(BlobKey::parse(key.as_str()), Ok(key.clone()));
        assert_eq!((key.shard(), key.subshard()), ("ab", "ab"));
        for text in ["", "ab", "../../../../../../../../../../ab", &"A".repeat(32), &"g".repeat(32)] {
            assert_eq!(BlobKey::parse(text), Err(InvalidBlobKey), "{text:?}");
        }
    }
}
