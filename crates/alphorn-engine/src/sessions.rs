//! Who makes a request: access tokens to users and devices, with a bounded cache.

use std::{num::NonZeroUsize, sync::Arc};

use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedUserId, Refusal, UserId,
    fact::{AccountFact, Fact as F},
};
use base64::Engine as _;
use lru::LruCache;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

use crate::{Engine, Wake};

/// Tokens held in memory.
const CACHED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(19_999);

/// Who makes a request, proven by an access token.
#[derive(Debug, Clone)]
pub struct Requester {
    /// The user.
    pub user: OwnedUserId,
    /// The device.
    pub device: String,
    /// Whether it is a guest's account.
    pub guest: bool,
    /// Whether it administers the server.
    pub admin: bool,
    /// Whether it is suspended: it may read, and leave rooms.
    pub suspended: bool,
    /// The hash of the access token.
    pub token_hash: String,
    /// The application service that makes it, if one does.
    pub appservice: Option<String>,
    expires_at: Option<u64>,
}

/// The hash under which a token is stored: SHA-256, URL-safe base64.
#[must_use]
pub fn token_hash(token: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

type Cache = Arc<Mutex<LruCache<String, Requester>>>;

/// Recently seen tokens. Whatever changes an account's standing empties its entries.
pub(crate) struct SessionCache(Cache);

impl SessionCache {
    pub(crate) fn new(wake: Arc<Wake>) -> Self {
        let cache: Cache = Arc::new(Mutex::new(LruCache::new(CACHED)));
        let watched = Arc::clone(&cache);
        wake.on_record(move |record| {
            if let Aggregate::User(user) = &record.aggregate
                && record.facts.iter().any(changes_standing)
            {
                let mut cache = watched.lock();
                let stale: Vec<_> = cache
                    .iter()
                    .filter(|(_, held)| held.user.as_str() == user)
                    .map(|(hash, _)| hash.clone())
                    .collect();
                for hash in stale {
                    cache.pop(&hash);
                }
            }
        });
        Self(cache)
    }
}

fn changes_standing(fact: &Fact) -> bool {
    matches!(
        fact,
        F::Account(
            AccountFact::Deactivated { .. }
                | AccountFact::GuestUpgraded { .. }
                | AccountFact::AdminChanged { .. }
                | AccountFact::LockChanged { .. }
                | AccountFact::SuspensionChanged { .. }
                | AccountFact::DeviceDeleted { .. }
                | AccountFact::TokensRevoked { .. }
        )
    )
}

impl Engine {
    /// Finds out who holds an access token. The first use of a refreshed token ends its predecessors.
    /// Specification: Client-Server API, "Client authentication", "Soft logout", "Refreshing access tokens".
    ///
    /// # Errors
    /// `M_UNKNOWN_TOKEN` (with `soft_logout` where the session can be refreshed), `M_USER_LOCKED`.
    pub async fn authenticate(&self, token: &str) -> Result<Requester, Refusal> {
        let hash = token_hash(token);
        let cached = self.0.sessions.0.lock().get(&hash).cloned();
        let requester = match cached {
            Some(requester) => requester,
            None => match self.load_session(hash.clone()).await {
                // Whoever hears that a token is not known signs out. It may be of another node, and come this moment.
                Err(refusal) if refusal.code == ErrorCode::UnknownToken => {
                    self.up_to_date().await?;
                    self.load_session(hash).await?
                }
                loaded => loaded?,
            },
        };
        if requester.expires_at.is_some_and(|end| end <= self.now_ms()) {
            return Err(Refusal::new(ErrorCode::UnknownToken, "the access token has expired")
                .with("soft_logout", true));
        }
        Ok(requester)
    }

    /// Whether somebody who was let in, and waited since, is still to be answered.
    ///
    /// # Errors
    /// Those of [`Engine::authenticate`], where the session ended or the account was locked meanwhile.
    pub async fn still_admits(&self, requester: &Requester) -> Result<(), Refusal> {
        let hash = &requester.token_hash;
        if requester.appservice.is_some() || self.0.sessions.0.lock().contains(hash) {
            return Ok(());
        }
        match self.load_session(hash.clone()).await {
            // A refreshed token has taken the place of this one: the device is the same.
            Err(refusal) if refusal.code == ErrorCode::UnknownToken => {
                let (user, device) = (requester.user.to_string(), requester.device.clone());
                let stays = self.read(move |reader| Ok(reader.device(&user, &device)?.is_some())).await?;
                if stays { Ok(()) } else { Err(refusal) }
            }
            loaded => loaded.map(drop),
        }
    }

    async fn load_session(&self, hash: String) -> Result<Requester, Refusal> {
        let wanted = hash.clone();
        let seen = self.wake().applied();
        let found = self
            .read(move |reader| {
                let Some(owner) = reader.token_owner(&wanted)? else { return Ok(None) };
                let predecessor = match &owner.replaces_refresh {
                    Some(refresh) => {
                        reader.refresh_owner(refresh)?.map(|(_, _, access)| (refresh.clone(), access))
                    }
                    None => None,
                };
                Ok(reader.account(&owner.user)?.map(|account| (owner, account, predecessor)))
            })
            .await?;
        let Some((owner, account, predecessor)) = found.filter(|(_, account, _)| !account.deactivated) else {
            return Err(Refusal::new(ErrorCode::UnknownToken, "the access token is not known")
                .with("soft_logout", false));
        };
        if account.locked {
            return Err(
                Refusal::new(ErrorCode::UserLocked, "this account is locked").with("soft_logout", true)
            );
        }
        let user = UserId::parse(&owner.user).map_err(|_| Refusal::internal())?;
        let mut remember = true;
        if let Some((refresh, access)) = predecessor {
            let fact = Fact::Account(AccountFact::TokensRevoked { hashes: vec![refresh, access] });
            // While nothing can be written the session is good for reading, and its predecessors end later.
            if let Err(error) = self.note(Aggregate::User(owner.user.clone()), vec![fact]).await {
                tracing::debug!(%error, "the tokens before this one stay valid for now");
                remember = false;
            }
        }
        let requester = Requester {
            user,
            device: owner.device,
            guest: account.guest,
            admin: account.admin,
            suspended: account.suspended,
            token_hash: hash.clone(),
            appservice: None,
            expires_at: owner.expires_at,
        };
        // A record applied since the look may have ended this session: then it is not remembered.
        let mut cache = self.0.sessions.0.lock();
        if remember && self.wake().applied() == seen {
            cache.put(hash, requester.clone());
        }
        drop(cache);
        Ok(requester)
    }

    /// The requester that an application service acts as. It must have an account.
    /// Specification: Application Service API, "Identity assertion".
    ///
    /// # Errors
    /// `M_FORBIDDEN` when there is no such account.
    pub async fn appservice_requester(
        &self,
        user: OwnedUserId,
        device: Option<String>,
        service: String,
    ) -> Result<Requester, Refusal> {
        let (name, wanted) = (user.to_string(), device.clone());
        let account = self
            .read(move |reader| {
                let known = match &wanted {
                    Some(device) => reader.device(&name, device)?.is_some(),
                    None => true,
                };
                Ok(reader
                    .account(&name)?
                    .filter(|account| !account.deactivated)
                    .map(|account| (account, known)))
            })
            .await?;
        let Some((account, known)) = account else {
            return Err(Refusal::forbidden("the application service has not registered this user"));
        };
        if !known {
            return Err(Refusal::forbidden("this user has no such device"));
        }
        Ok(Requester {
            user,
            device: device.unwrap_or_default(),
            guest: account.guest,
            admin: account.admin,
            suspended: account.suspended,
            token_hash: String::new(),
            appservice: Some(service),
            expires_at: None,
        })
    }
}
