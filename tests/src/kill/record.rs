//! What one actor was told by the server, and must therefore be able to find again.

use std::collections::{BTreeMap, BTreeSet};

use super::history::Ack;

/// A login that was acknowledged.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is.
    pub user_id: String,
    /// Its device.
    pub device_id: String,
    /// Its access token.
    pub access_token: String,
    /// Whether it has not been logged out.
    pub alive: bool,
}

/// A file that was acknowledged: its bytes can be made again from the seed.
#[derive(Clone, Debug)]
pub struct Upload {
    /// `mxc:` address.
    pub uri: String,
    /// What the bytes are made of.
    pub seed: u64,
    /// How many there are.
    pub length: usize,
}

/// Everything that an actor was told.
#[derive(Debug, Default)]
pub struct Record {
    /// Events by room.
    pub events: BTreeMap<String, Vec<Ack>>,
    /// To-device messages by recipient's user id.
    pub mail: BTreeMap<String, Vec<Ack>>,
    /// The last acknowledged value of the actor's state event in each room.
    pub state: BTreeMap<String, u64>,
    /// The last acknowledged value of each kind of account data.
    pub account_data: BTreeMap<String, u64>,
    /// The last acknowledged receipt in each room.
    pub receipts: BTreeMap<String, String>,
    /// Files.
    pub uploads: Vec<Upload>,
    /// Logins.
    pub sessions: Vec<Session>,
    /// Names of registered accounts.
    pub accounts: Vec<String>,
    /// Rooms that were created.
    pub rooms_created: Vec<String>,
    /// Messages that were redacted, with their room.
    pub redacted: Vec<(String, String)>,
    /// Whether the actor is in the lobby.
    pub in_lobby: bool,
    /// One-time keys of this actor that the server took.
    pub keys_uploaded: u64,
    /// One-time keys that this actor was given, all of the neighbour's.
    pub keys_claimed: BTreeSet<String>,
    /// Claims that were sent, answered or not, each repetition counted.
    pub claims_sent: u64,
    /// How much of each kind was acknowledged.
    pub counts: BTreeMap<&'static str, u64>,
    /// Requests that were left without an answer and sent again.
    pub repeated: u64,
    /// What was wrong on the way.
    pub faults: Vec<String>,
}

impl Record {
    /// Counts an acknowledgement.
    pub fn count(&mut self, kind: &'static str) {
        *self.counts.entry(kind).or_default() += 1;
    }
}

/// The bytes of a file, from its seed (a linear congruential generator: cheap, and no run of zeros).
#[must_use]
pub fn file_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}
