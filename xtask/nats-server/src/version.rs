//! Versions of nats-server: what it says of itself, and the oldest that may be used.

use std::fmt;

/// The oldest nats-server that Alphorn works with.
///
/// 2.9 acknowledged several writes that expected the same sequence. Batches that are stored whole or not at all came
/// with 2.12, and faults of replicas after kills were repaired one by one since; docs/cluster.md has the reasons.
pub const FLOOR: Version = Version { major: 2, minor: 14, patch: 4 };

/// The version that everything was measured with.
pub const MEASURED: Version = Version { major: 2, minor: 15, patch: 1 };

/// A released version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Out of `nats-server: v2.15.1`, or `2.15.1` alone. Previews of a release (`2.15.0-RC.1`) are none.
    #[must_use]
    pub fn parse(said: &str) -> Option<Self> {
        let word = said.split_whitespace().last()?;
        let number = word.strip_prefix('v').unwrap_or(word);
        // What a packager adds behind a plus sign does not change which release it is.
        let (number, _) = number.split_once('+').unwrap_or((number, ""));
        let mut parts = number.split('.').map(|part| part.parse().ok());
        let version = Self { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_and_everything_else_is_not() {
        assert_eq!(Version::parse("nats-server: v2.15.1\n"), Some(MEASURED));
        assert_eq!(Version::parse("2.14.4+ds"), Some(FLOOR));
        for wrong in ["", "nats-server: v2.15", "v2.15.0-RC.1", "2.15.1.0", "two"] {
            assert_eq!(Version::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn versions_are_compared_by_number() {
        let parse = |text| Version::parse(text).unwrap();
        assert!(parse("2.9.10") < FLOOR && FLOOR < parse("2.14.10") && parse("2.14.10") < MEASURED);
    }
}
