//! Epochs: which log it is that sync tokens count. Another one begins when another site's copy becomes the log.

use alphorn_model::{Seq, SyncToken};
use parking_lot::RwLock;

/// The first log of all.
const FIRST: u32 = 1;

/// Every epoch but the first, with its first record, in order.
#[derive(Debug, Default)]
pub struct Epochs(RwLock<Vec<(u32, Seq)>>);

impl Epochs {
    /// Takes over what the store knows when it is opened.
    pub fn set(&self, epochs: Vec<(u32, Seq)>) {
        *self.0.write() = epochs;
    }

    /// An epoch began with this record.
    pub fn began(&self, epoch: u32, seq: Seq) {
        let mut epochs = self.0.write();
        if epochs.iter().all(|(known, _)| *known != epoch) {
            epochs.push((epoch, seq));
            epochs.sort_unstable();
        }
    }

    /// The epoch that lasts.
    #[must_use]
    pub fn current(&self) -> u32 {
        self.0.read().last().map_or(FIRST, |(epoch, _)| *epoch)
    }

    /// What a token of an earlier epoch comes to in this one: records that did not get to the site which was
    /// promoted are not counted. Other tokens stay as they are.
    #[must_use]
    pub fn translate(&self, token: SyncToken) -> SyncToken {
        let epochs = self.0.read();
        let current = epochs.last().map_or(FIRST, |(epoch, _)| *epoch);
        if token.epoch == 0 || token.epoch >= current {
            return token;
        }
        let kept = epochs.iter().filter(|(epoch, _)| *epoch > token.epoch).map(|(_, first)| first - 1).min();
        SyncToken { epoch: current, seq: kept.map_or(token.seq, |kept| token.seq.min(kept)), ..token }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_counts_what_got_to_the_promoted_site() {
        let epochs = Epochs::default();
        let token = |epoch, seq| SyncToken { epoch, seq, node: 1, ephemeral: 1 };
        let after = |epoch, seq| {
            let token = epochs.translate(token(epoch, seq));
            (token.epoch, token.seq)
        };
        assert_eq!(epochs.current(), 1);
        assert_eq!(after(1, 500), (1, 500));
        epochs.began(2, 101);
        epochs.began(2, 101);
        assert_eq!(epochs.current(), 2);
        assert_eq!(after(1, 60), (2, 60));
        assert_eq!(after(1, 500), (2, 100));
        assert_eq!(after(2, 500), (2, 500));
        epochs.began(3, 51);
        assert_eq!(after(1, 60), (3, 50));
        assert_eq!(after(2, 40), (3, 40));
        // A token of an epoch that this node has not reached is for later.
        assert_eq!(after(4, 60), (4, 60));
        assert_eq!(after(0, 60), (0, 60));
    }
}
