//! Positions: the log's sequence numbers, positions of single facts, and the tokens made of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A sequence number of the log; the first record has 1, 0 is "before everything".
pub type Seq = u64;

const INDEX_BITS: u32 = 12;

/// Most facts that one record may hold.
pub const FACTS_PER_RECORD_MAX: usize = 1 << INDEX_BITS;

/// The place of one fact: the record's sequence number and the fact's index in it. Ordered as the
/// log is. Kept as one integer so that SQLite can use it as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Position(pub i64);

impl Position {
    /// Before everything.
    pub const START: Self = Self(0);
    /// After everything.
    pub const END: Self = Self(i64::MAX);

    /// The position of fact `index` of record `seq`.
    #[must_use]
    #[expect(clippy::cast_possible_wrap, reason = "sequence numbers stay far below 2^51")]
    pub const fn new(seq: Seq, index: usize) -> Self {
        Self(((seq as i64) << INDEX_BITS) | (index as i64 & (FACTS_PER_RECORD_MAX as i64 - 1)))
    }

    /// The last position that record `seq` can have: everything up to and including that record.
    #[must_use]
    pub const fn end_of(seq: Seq) -> Self {
        Self::new(seq, FACTS_PER_RECORD_MAX - 1)
    }

    /// The record's sequence number.
    #[must_use]
    #[expect(clippy::cast_sign_loss, reason = "a position is never negative")]
    pub const fn seq(self) -> Seq {
        (self.0 >> INDEX_BITS) as Seq
    }

    /// The index of the fact in its record.
    #[must_use]
    #[expect(clippy::cast_sign_loss, reason = "a position is never negative")]
    pub const fn index(self) -> usize {
        (self.0 & (FACTS_PER_RECORD_MAX as i64 - 1)) as usize
    }

    /// A pagination token of `/messages` and its kin: `p<number>`. It stands just after this position:
    /// going back from it begins with this position itself, going forward with the next one. So the
    /// token before an event is that of `Position(event.0 - 1)`.
    #[must_use]
    pub fn to_token(self) -> String {
        format!("p{}", self.0)
    }

    /// Reads a pagination token; a sync token is taken too, as the end of its record. What a sliding
    /// sync token has before its `/` names a connection and says nothing here.
    #[must_use]
    pub fn from_token(text: &str) -> Option<Self> {
        let text = text.split_once('/').map_or(text, |(_, token)| token);
        if let Some(number) = text.strip_prefix('p') {
            return number.parse::<i64>().ok().filter(|n| *n >= 0).map(Self);
        }
        SyncToken::parse(text).map(|token| Self::end_of(token.seq))
    }
}

/// A `/sync` token: `v1.<epoch>.<seq>` and, after these, the ephemeral part that only the node
/// which made it understands: `.<node>.<ephemeral>`. Valid on every node of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncToken {
    /// The log's epoch; a promotion of another site bumps it.
    pub epoch: u32,
    /// Everything up to and including this record was delivered.
    pub seq: Seq,
    /// Which run of which node counted `ephemeral` (a random number per start).
    pub node: u32,
    /// That node's position in typing and presence.
    pub ephemeral: u64,
}

impl SyncToken {
    /// Reads a token. `None` when it is not one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 100 {
            return None;
        }
        let mut parts = text.strip_prefix("v1.")?.split('.');
        let epoch = parts.next()?.parse().ok()?;
        let seq: Seq = parts.next()?.parse().ok()?;
        if seq > (1 << 50) {
            return None;
        }
        let (node, ephemeral) = match (parts.next(), parts.next()) {
            (Some(node), Some(ephemeral)) => (node.parse().ok()?, ephemeral.parse().ok()?),
            (None, None) => (0, 0),
            _ => return None,
        };
        parts.next().is_none().then_some(Self { epoch, seq, node, ephemeral })
    }
}

impl fmt::Display for SyncToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1.{}.{}.{}.{}", self.epoch, self.seq, self.node, self.ephemeral)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_order_as_the_log() {
        assert!(Position::new(1, 4095) < Position::new(2, 0));
        assert_eq!(Position::new(7, 3).seq(), 7);
        assert_eq!(Position::new(7, 3).index(), 3);
        assert!(Position::end_of(7) >= Position::new(7, 4000));
    }

    #[test]
    fn tokens_round_trip_and_refuse_rubbish() {
        let token = SyncToken { epoch: 1, seq: 42, node: 9, ephemeral: 3 };
        assert_eq!(SyncToken::parse(&token.to_string()), Some(token));
        for bad in
            ["", "v1", "v1.", "v1.1", "v1.1.x", "v1.1.2.3", "v1.1.2.3.4.5", "v1.1.99999999999999999", "s1_2"]
        {
            assert_eq!(SyncToken::parse(bad), None, "{bad}");
        }
        assert_eq!(Position::from_token("p12"), Some(Position(12)));
        assert_eq!(Position::from_token("p-1"), None);
        assert_eq!(Position::from_token("7-ab/v1.1.42.9.3"), Some(Position::end_of(42)));
    }
}
