//! What happened to the log itself.

use serde::{Deserialize, Serialize};

/// Something happened to the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFact {
    /// Another site's copy became the log, from this record on. Records after the one before this one, that the
    /// former log may have, never happened: tokens that count them end before this record.
    EpochBegan {
        /// Its number; the first log of all has 1.
        epoch: u32,
        /// The site that has the log now.
        site: String,
    },
}
