//! The `pos` token: the number of a connection's state, whose it is, its version, and the place in the log.
//! Written `<number>-<owner>-<version>/<sync token>`; `/messages` and its kin take it for its last part.

use std::fmt::Write as _;

use alphorn_http::model::SyncToken;

use super::connection::{Covered, Key, Known};

/// Longest text that is looked at.
const BYTES_MAX: usize = 200;

/// A state without rooms is in the token itself: whether account data was told of is all there is.
const PLAIN: u64 = 0;
const WITH_ACCOUNT_DATA: u64 = 1;

/// The number of a state that needs no memory.
pub(super) const fn stateless(account_data: bool) -> u64 {
    if account_data { WITH_ACCOUNT_DATA } else { PLAIN }
}

/// A `pos`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pos {
    pub(super) number: u64,
    /// Of what the client knows ([`super::handover`]); 0: that is in the token itself.
    pub(super) version: u64,
    pub(super) token: SyncToken,
}

impl Pos {
    /// Reads a `pos`; nothing: it is none, or another connection's.
    pub(super) fn parse(text: &str, key: &Key) -> Option<Self> {
        if text.len() > BYTES_MAX {
            return None;
        }
        let (place, token) = text.split_once('/')?;
        let (number, owner) = place.split_once('-')?;
        // Those of nodes before this version have none.
        let (owner, version) = owner.split_once('-').unwrap_or((owner, "0"));
        let (number, version) = (number.parse().ok()?, version.parse().ok()?);
        let token = SyncToken::parse(token)?;
        (owner == owner_mark(key)).then_some(Self { number, version, token })
    }

    /// Writes it for a connection.
    pub(super) fn to_text(self, key: &Key) -> String {
        format!("{}-{}-{}/{}", self.number, owner_mark(key), self.version, self.token)
    }

    /// What a client knows whose state is in the token itself.
    pub(super) fn known(self) -> Known {
        let account_data =
            if self.number == WITH_ACCOUNT_DATA { Covered::Everything } else { Covered::Nothing };
        Known { seq: self.token.seq, ephemeral: self.token.ephemeral, account_data, ..Known::default() }
    }
}

/// Tells connections apart, so that a client that mixes up its tokens hears of it (FNV-1a). Nothing
/// is secret here: what is answered depends on the access token only.
fn owner_mark(key: &Key) -> String {
    let parts = [&key.user, "\0", &key.device, "\0", &key.conn_id];
    let hash = parts.iter().flat_map(|part| part.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut mark = String::with_capacity(16);
    // Writing to a string cannot fail.
    let _ok = write!(mark, "{hash:x}");
    mark
}
