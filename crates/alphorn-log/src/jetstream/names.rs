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
    /// The cluster's name.
    cluster: String,
    /// The same with the site's: sites do not hear each other by accident.
    here: String,
}

impl Names {
    /// Those of a cluster's site; the first site has no name. Names have letters, digits, `-` and `_` only; other
    /// characters become `_`.
    #[must_use]
    pub fn of(cluster: &str, site: &str) -> Self {
        let clean = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let cluster: String = cluster.chars().map(clean).collect();
        let site: String = site.chars().map(clean).collect();
        let here = if site.is_empty() { cluster.clone() } else { format!("{cluster}--{site}") };
        Self { cluster, here }
    }

    /// The stream that is the log.
    #[must_use]
    pub fn stream(&self) -> String {
        format!("ALPHORN_{}", self.here)
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

    /// A subject of this site outside the log.
    #[must_use]
    pub fn subject(&self, word: &str) -> String {
        format!("alphorn.{}.{word}", self.here)
    }

    /// A subject of all sites of the cluster, as far as they are connected.
    #[must_use]
    pub fn shared_subject(&self, word: &str) -> String {
        format!("alphorn.{}.{word}", self.cluster)
    }

    /// The object store of the users' files.
    #[must_use]
    pub fn media_bucket(&self) -> String {
        format!("{}_media", self.stream())
    }

    /// The stream behind that object store.
    #[must_use]
    pub fn media_stream(&self) -> String {
        format!("OBJ_{}", self.media_bucket())
    }

    /// The subject of an aggregate's records. Matrix identifiers hold what subjects must not.
    #[must_use]
    pub fn of_aggregate(&self, aggregate: &Aggregate) -> String {
        let hash = Sha256::digest(aggregate.key());
        let hash = URL_SAFE_NO_PAD.encode(hash.get(..HASH_BYTES).unwrap_or_default());
        format!("{}.{}.{hash}", self.subject("log"), aggregate.kind())
    }
}
