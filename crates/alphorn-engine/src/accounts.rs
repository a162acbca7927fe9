//! Accounts: making them, and giving out sessions. Used by registration, login, the command line and
//! the administrator's interfaces alike.

use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedUserId, Refusal, TimestampMs,
    fact::{AccountFact, DirectoryFact, KeysFact},
    secret,
};

use crate::{Engine, ReadError, token_hash};

/// An account to be made.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// The password, if one can be used.
    pub password: Option<String>,
    /// Administers the server.
    pub admin: bool,
    /// A guest's.
    pub guest: bool,
    /// The application service that owns it.
    pub appservice: Option<String>,
    /// The display name to begin with.
    pub display_name: Option<String>,
}

/// A session to be begun.
#[derive(Debug, Clone, Default)]
pub struct NewSession {
    /// The device to use; absent: a new one.
    pub device: Option<String>,
    /// What to call a new device.
    pub display_name: Option<String>,
    /// Give a refresh token, and an access token that ends.
    pub refreshable: bool,
}

/// A session that was begun: the secrets are here and nowhere else.
#[derive(Debug, Clone)]
pub struct Session {
    /// The device.
    pub device: String,
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: Option<String>,
    /// When the access token ends, in milliseconds from now.
    pub expires_in_ms: Option<u64>,
}

/// How long a refreshable access token lives.
const ACCESS_TOKEN_MS: TimestampMs = 5 * 60 * 1_000;

/// Longest device id in bytes.
const DEVICE_ID_BYTES_MAX: usize = 255;

impl Engine {
    /// Makes an account. Refuses a name that was ever used.
    ///
    /// # Errors
    /// `M_USER_IN_USE`, or that nothing can be written now.
    pub async fn register(&self, user: &OwnedUserId, account: NewAccount) -> Result<(), Refusal> {
        let facts = self.registration_facts(user, account).await?;
        let name = user.to_string();
        self.decide(Aggregate::User(name.clone()), move |reader| {
            Ok((registration(reader, &name, &facts)?, ()))
        })
        .await
    }

    /// What making an account comes to.
    pub(crate) async fn registration_facts(
        &self,
        user: &OwnedUserId,
        account: NewAccount,
    ) -> Result<Vec<Fact>, Refusal> {
        let password_hash = match account.password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        let mut facts = vec![Fact::Account(AccountFact::Registered {
            password_hash,
            admin: account.admin,
            guest: account.guest,
            appservice: account.appservice,
        })];
        let display_name = account.display_name.unwrap_or_else(|| user.localpart().to_owned());
        let value = serde_json::value::to_raw_value(&display_name).map_err(|_| Refusal::internal())?;
        if !account.guest {
            facts.push(Fact::Account(AccountFact::ProfileChanged {
                key: "displayname".to_owned(),
                value: Some(value),
            }));
        }
        Ok(facts)
    }

    /// Makes a guest an ordinary user with a password. Specification: "Guest Access".
    ///
    /// # Errors
    /// `M_USER_IN_USE` when the account is no guest's (any more), or that nothing can be written now.
    pub async fn upgrade_guest(&self, user: &OwnedUserId, password: String) -> Result<(), Refusal> {
        let password_hash = self.hash_password(password).await?;
        let name = user.to_string();
        self.decide(Aggregate::User(name.clone()), move |reader| {
            if !reader.account(&name)?.is_some_and(|account| account.guest && !account.deactivated) {
                let refusal = Refusal::new(ErrorCode::UserInUse, "this account is no guest's");
                return Err(ReadError::Refused(refusal));
            }
            let upgraded = AccountFact::GuestUpgraded { password_hash: password_hash.clone() };
            Ok((vec![Fact::Account(upgraded)], ()))
        })
        .await
    }

    /// Takes one use of a registration token.
    ///
    /// # Errors
    /// `M_UNAUTHORIZED` when it is not valid (any more).
    pub async fn use_registration_token(&self, token: &str) -> Result<(), Refusal> {
        let (token, now) = (token.to_owned(), self.now_ms());
        self.decide(Aggregate::Server, move |reader| {
            let valid = reader.registration_token(&token)?.is_some_and(|found| {
                found.uses_allowed.is_none_or(|allowed| found.used < allowed)
                    && found.expires_at.is_none_or(|end| end > now)
            });
            if !valid {
                return Err(
                    Refusal::new(ErrorCode::Unauthorized, "the registration token is not valid").into()
                );
            }
            Ok((vec![Fact::Directory(DirectoryFact::RegistrationTokenUsed { token: token.clone() })], ()))
        })
        .await
    }

    /// Begins a session: makes the device if there is none, and gives an access token. The tokens
    /// that a device of the same name had end.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` for an unusable device id, or that nothing can be written now.
    pub async fn begin_session(&self, user: &OwnedUserId, new: NewSession) -> Result<Session, Refusal> {
        let device = match new.device {
            Some(device) if device.is_empty() || device.len() > DEVICE_ID_BYTES_MAX => {
                return Err(Refusal::invalid_param("a device id has 1 to 255 bytes"));
            }
            Some(device) => device,
            None => secret::uppercase(self.entropy(), 10),
        };
        let access_token = format!("alp_{}", secret::alphanumeric(self.entropy(), 40));
        let refresh_token =
            new.refreshable.then(|| format!("alr_{}", secret::alphanumeric(self.entropy(), 40)));
        let expires_at = new.refreshable.then(|| self.now_ms() + ACCESS_TOKEN_MS);
        let issued = Fact::Account(AccountFact::TokenIssued {
            device: device.clone(),
            token_hash: token_hash(&access_token),
            expires_at,
            refresh_hash: refresh_token.as_deref().map(token_hash),
            replaces_refresh: None,
        });
        let (name, wanted, display_name) = (user.to_string(), device.clone(), new.display_name);
        self.decide(Aggregate::User(name.clone()), move |reader| {
            let mut facts = Vec::new();
            if reader.account(&name)?.is_none_or(|account| account.deactivated) {
                return Err(Refusal::new(ErrorCode::UserDeactivated, "this account is deactivated").into());
            }
            match reader.device(&name, &wanted)? {
                Some(_) => {
                    let hashes = reader.token_hashes(&name, &wanted)?;
                    facts.push(Fact::Account(AccountFact::TokensRevoked { hashes }));
                }
                None => {
                    facts.push(Fact::Account(AccountFact::DeviceCreated {
                        device: wanted.clone(),
                        display_name: display_name.clone(),
                    }));
                    facts.push(Fact::Keys(KeysFact::DeviceListChanged {}));
                }
            }
            facts.push(issued.clone());
            Ok((facts, ()))
        })
        .await?;
        Ok(Session {
            device,
            access_token,
            refresh_token,
            expires_in_ms: new.refreshable.then_some(ACCESS_TOKEN_MS),
        })
    }

    /// Exchanges a refresh token. The old pair stays valid until the new access token is used, so
    /// that a lost answer locks nobody out. Specification: "Refreshing access tokens".
    ///
    /// # Errors
    /// `M_UNKNOWN_TOKEN` when the refresh token is not known.
    pub async fn refresh_session(&self, refresh_token: &str) -> Result<Session, Refusal> {
        let old = token_hash(refresh_token);
        let wanted = old.clone();
        let unknown = || {
            Refusal::new(ErrorCode::UnknownToken, "the refresh token is not known").with("soft_logout", false)
        };
        let (user, device, _) =
            self.read(move |reader| Ok(reader.refresh_owner(&wanted)?)).await?.ok_or_else(unknown)?;
        let access_token = format!("alp_{}", secret::alphanumeric(self.entropy(), 40));
        let refresh = format!("alr_{}", secret::alphanumeric(self.entropy(), 40));
        let fact = Fact::Account(AccountFact::TokenIssued {
            device: device.clone(),
            token_hash: token_hash(&access_token),
            expires_at: Some(self.now_ms() + ACCESS_TOKEN_MS),
            refresh_hash: Some(token_hash(&refresh)),
            replaces_refresh: Some(old.clone()),
        });
        self.decide(Aggregate::User(user), move |reader| {
            if reader.refresh_owner(&old)?.is_none() {
                return Err(Refusal::new(ErrorCode::UnknownToken, "the refresh token is not known").into());
            }
            Ok((vec![fact.clone()], ()))
        })
        .await?;
        Ok(Session {
            device,
            access_token,
            refresh_token: Some(refresh),
            expires_in_ms: Some(ACCESS_TOKEN_MS),
        })
    }

    /// Deletes devices with everything that is theirs.
    ///
    /// # Errors
    /// That nothing can be written now.
    pub async fn delete_devices(&self, user: &OwnedUserId, devices: Vec<String>) -> Result<(), Refusal> {
        let name = user.to_string();
        self.decide(Aggregate::User(name.clone()), move |reader| {
            let mut facts = Vec::new();
            for device in &devices {
                if reader.device(&name, device)?.is_some() {
                    facts.push(Fact::Account(AccountFact::DeviceDeleted { device: device.clone() }));
                }
            }
            Ok((facts, ()))
        })
        .await
    }
}

/// The facts that make an account, if its name was never used.
pub(crate) fn registration(
    reader: &alphorn_store::Reader<'_>,
    user: &str,
    facts: &[Fact],
) -> Result<Vec<Fact>, ReadError> {
    if reader.account(user)?.is_some() {
        return Err(Refusal::new(ErrorCode::UserInUse, "this user name is taken").into());
    }
    Ok(facts.to_vec())
}
