//! How things of a cluster are called at the broker.

use alphorn_model::Aggregate;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// Bytes of an aggregate's hash in its subject: collisions would only make two aggregates share a
/// precondition of the broker, and the store's own decides.
const HASH_BYTES: usize = 16;

/// Names of streams and subjects.
#[derive(Debug, Clone)]
pub struct Names {
    cluster: String,
}

impl Names {
    /// Those of a cluster. Its name has letters, digits, `-` and `_` only; others become `_`.
    #[must_use]
    pub fn of(cluster: &str) -> Self {
        let clean = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        Self { cluster: cluster.chars().map(clean).collect() }
    }

    /// The stream that is the log.
    #[must_use]
    pub fn stream(&self) -> String {
        format!("ALPHORN_{}", self.cluster)
    }

    /// All subjects of the log.
    #[must_use]
    pub fn log(&self) -> String {
        format!("{}.>", self.subject("log"))
    }

    /// Where the broker tells again what was just stored.
    #[must_use]
    pub fn tail(&self) -> String {
        format!("{}.>", self.subject("tail"))
    }

    /// A subject of this cluster outside the log.
    #[must_use]
    pub fn subject(&self, word: &str) -> String {
        format!("alphorn.{}.{word}", self.cluster)
    }

    /// The subject of an aggregate's records. Matrix identifiers hold what subjects must not.
    #[must_use]
    pub fn of_aggregate(&self, aggregate: &Aggregate) -> String {
        let hash = Sha256::digest(aggregate.key());
        let hash = URL_SAFE_NO_PAD.encode(hash.get(..HASH_BYTES).unwrap_or_default());
        format!("{}.{}.{hash}", self.subject("log"), aggregate.kind())
    }
}
