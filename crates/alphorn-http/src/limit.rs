//! Rate limits: token buckets by user or address. Specification: Client-Server API, "Rate limiting".

use std::{collections::HashMap, net::IpAddr, num::NonZeroUsize, sync::Arc};

use alphorn_engine::model::{Clock, ErrorCode, Refusal};
use lru::LruCache;
use parking_lot::Mutex;

use crate::ApiError;

/// Buckets remembered for each kind of action: a full one that was forgotten is as good as new.
const BUCKETS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(49_999);

/// How often something may be done.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// In the long run.
    pub per_second: f64,
    /// At once, after a pause.
    pub burst: f64,
}

/// Whose bucket it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A user id (or the name that somebody tries to sign in with).
    User(String),
    /// An address; of IPv6 the /64 network, since one host owns that many.
    Address(IpAddr),
}

impl Subject {
    /// The subject for an address.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::Address(address),
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(
                || Self::Address(IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into())),
                |v4| Self::Address(IpAddr::V4(v4)),
            ),
        }
    }
}

struct Bucket {
    left: f64,
    at_ms: u64,
}

struct Action {
    rate: Rate,
    buckets: Mutex<LruCache<Subject, Bucket>>,
}

/// All limits. An action without a rate is not limited.
pub struct RateLimits {
    actions: HashMap<&'static str, Action>,
    clock: Arc<dyn Clock>,
}

impl RateLimits {
    /// Limits by action: `login`, `registration`, `message`, `upload`, ...
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rates: impl IntoIterator<Item = (&'static str, Rate)>) -> Self {
        let actions = rates
            .into_iter()
            .map(|(name, rate)| (name, Action { rate, buckets: Mutex::new(LruCache::new(BUCKETS_MAX)) }))
            .collect();
        Self { actions, clock }
    }

    /// Takes one from a subject's bucket.
    ///
    /// # Errors
    /// `M_LIMIT_EXCEEDED` with the time after which to try again.
    pub fn check(&self, action: &str, subject: Subject) -> Result<(), ApiError> {
        let Some(Action { rate, buckets }) = self.actions.get(action) else { return Ok(()) };
        let now = self.clock.now_ms();
        let mut buckets = buckets.lock();
        let bucket = buckets.get_or_insert_mut(subject, || Bucket { left: rate.burst, at_ms: now });
        #[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests are few")]
        let passed_s = now.saturating_sub(bucket.at_ms) as f64 / 1_000.0;
        bucket.left = passed_s.mul_add(rate.per_second, bucket.left).min(rate.burst);
        bucket.at_ms = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait_s = (1.0 - bucket.left) / rate.per_second.max(0.001);
        let wait_ms = std::time::Duration::from_secs_f64(wait_s.min(86_400.0)).as_millis();
        let wait_ms = u64::try_from(wait_ms).unwrap_or(u64::MAX).max(1);
        Err(Refusal::new(ErrorCode::LimitExceeded, "too many requests")
            .with("retry_after_ms", wait_ms)
            .into())
    }
}
