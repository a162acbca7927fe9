//! Nonces of the shared-secret registration. They are signed, not remembered: however many strangers
//! ask for, they take no memory. Only used ones are remembered until they end, and those can only be
//! used by whoever knows the secret.

use std::{num::NonZeroUsize, sync::OnceLock};

use alphorn_http::{
    Expiring,
    engine::Engine,
    model::{TimestampMs, secret},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// How long a nonce may be used.
const NONCE_MS: u64 = 60 * 1_000;

/// Used nonces remembered at most: far more than passwords can be hashed in a nonce's life.
const USED_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// The nonces of this node.
pub(crate) struct Nonces {
    key: OnceLock<[u8; 32]>,
    used: Expiring<()>,
}

impl Default for Nonces {
    fn default() -> Self {
        Self { key: OnceLock::new(), used: Expiring::new(USED_MAX, NONCE_MS) }
    }
}

impl Nonces {
    /// A new nonce.
    pub(crate) fn issue(&self, engine: &Engine) -> String {
        let body = format!("{}.{}", engine.now_ms(), secret::alphanumeric(engine.entropy(), 20));
        let seal = self.seal(engine, &body);
        format!("{body}.{seal}")
    }

    /// Whether a nonce is one of ours and still good.
    pub(crate) fn is_good(&self, engine: &Engine, nonce: &str) -> bool {
        let Some((body, seal)) = nonce.rsplit_once('.') else { return false };
        let issued = body.split_once('.').and_then(|(time, _)| time.parse::<TimestampMs>().ok());
        let now = engine.now_ms();
        let fresh = issued.is_some_and(|issued| issued <= now && now - issued < NONCE_MS);
        let genuine: bool =
            subtle::ConstantTimeEq::ct_eq(self.seal(engine, body).as_bytes(), seal.as_bytes()).into();
        fresh && genuine && self.used.with(nonce, now, |()| ()).is_none()
    }

    /// Marks a nonce as used; `false`: it was already.
    pub(crate) fn spend(&self, engine: &Engine, nonce: &str) -> bool {
        let good = self.is_good(engine, nonce);
        if good {
            self.used.put(nonce.to_owned(), (), engine.now_ms());
        }
        good
    }

    fn seal(&self, engine: &Engine, body: &str) -> String {
        let key = self.key.get_or_init(|| {
            let mut key = [0; 32];
            engine.entropy().fill(&mut key);
            key
        });
        // HMAC takes keys of any length, so this never fails.
        Hmac::<Sha256>::new_from_slice(key).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(body.as_bytes());
                URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
            },
        )
    }
}
