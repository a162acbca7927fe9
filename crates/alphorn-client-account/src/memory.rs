//! What this node remembers for minutes and never writes down: login tokens, used nonces.

use std::{convert::Infallible, num::NonZeroUsize, sync::Arc};

use alphorn_http::{Expiring, model::OwnedUserId};
use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::registration::nonce::Nonces;

/// Login tokens that wait for their use at most.
const LOGIN_TOKENS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// How long a login token may be used. Specification: `POST /login/get_token`, at most a few minutes.
const LOGIN_TOKEN_MS: u64 = 2 * 60 * 1_000;

struct Inner {
    login_tokens: Expiring<OwnedUserId>,
    nonces: Nonces,
}

/// The memory; one for all routes of this crate. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Memory(Arc<Inner>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Inner {
            login_tokens: Expiring::new(LOGIN_TOKENS_MAX, LOGIN_TOKEN_MS),
            nonces: Nonces::default(),
        }))
    }
}

impl Memory {
    /// Login tokens by their hashes.
    pub(crate) fn login_tokens(&self) -> &Expiring<OwnedUserId> {
        &self.0.login_tokens
    }

    /// Nonces of the shared-secret registration.
    pub(crate) fn nonces(&self) -> &Nonces {
        &self.0.nonces
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Memory {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // The layer that `routes` puts around them all has set it.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
