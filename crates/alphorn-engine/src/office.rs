//! What administrators do: each act stands in the audit log, in the same record as what it changes, so that neither
//! is there without the other. The command line and the administrator's API come here alike.

use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedUserId, Refusal, TimestampMs,
    fact::{AccountFact, Act, AdministrationFact, DirectoryFact},
    secret,
};
use alphorn_store::{Account, Reader};

use crate::{
    Engine, NewAccount, ReadError,
    accounts::registration,
    standing::{active, known, log_out_facts},
    token_hash,
};

/// Letters of an invitation's code: more than anybody can guess.
const CODE_LETTERS: usize = 32;

/// Letters of a registration token that is made up.
const TOKEN_LETTERS: usize = 16;

/// Longest registration token. Specification: Client-Server API, "Token-authenticated registration".
const TOKEN_LETTERS_MAX: usize = 64;

/// An invitation that was made: the code is here and nowhere else.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Whoever knows it sets the account's password, once.
    pub code: String,
    /// When it ends, in milliseconds since the epoch.
    pub expires_at: TimestampMs,
}

/// The entry of an act in the audit log.
pub(crate) const fn entry(act: Act) -> Fact {
    Fact::Administration(AdministrationFact::Acted(act))
}

impl Engine {
    /// Decides what an administrator wants of one aggregate, like [`Engine::decide`]. What changes something stands
    /// in the audit log with the change; what is refused stands there, too. What changes nothing does not.
    ///
    /// # Errors
    /// The decision's refusal, or that nothing can be written now.
    pub async fn administer<T: Send + 'static>(
        &self,
        aggregate: Aggregate,
        act: Act,
        decide: impl Fn(&Reader<'_>) -> Result<(Vec<Fact>, T), ReadError> + Send + Sync + 'static,
    ) -> Result<T, Refusal> {
        let done = act.clone();
        let outcome = self.decide(aggregate, move |reader| {
            let (mut facts, value) = decide(reader)?;
            if !facts.is_empty() {
                facts.push(entry(done.clone()));
            }
            Ok((facts, value))
        });
        match outcome.await {
            Err(refusal) => Err(self.refused(act, refusal).await),
            done => done,
        }
    }

    /// Notes that an act was refused; gives the refusal back. Failures of our own are none.
    pub async fn refused(&self, mut act: Act, refusal: Refusal) -> Refusal {
        let failed =
            matches!(refusal.code, ErrorCode::WritesUnavailable | ErrorCode::NodeBehind | ErrorCode::Unknown);
        if !failed {
            act.refused = Some(refusal.code.as_str().to_owned());
            if let Err(error) = self.note(Aggregate::Server, vec![entry(act)]).await {
                tracing::warn!(%error, "a refused act is missing in the audit log");
            }
        }
        refusal
    }

    /// Makes an account on an administrator's behalf.
    ///
    /// # Errors
    /// `M_USER_IN_USE`, or that nothing can be written now.
    pub async fn add_account(
        &self,
        user: &OwnedUserId,
        account: NewAccount,
        act: Act,
    ) -> Result<(), Refusal> {
        let facts = self.registration_facts(user, account).await?;
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            Ok((registration(reader, &name, &facts)?, ()))
        })
        .await
    }

    /// Makes an account without a password, and an invitation with which its owner sets one.
    ///
    /// # Errors
    /// `M_USER_IN_USE`, or that nothing can be written now.
    pub async fn invite(
        &self,
        user: &OwnedUserId,
        account: NewAccount,
        life_ms: TimestampMs,
        act: Act,
    ) -> Result<Invited, Refusal> {
        let (invited, fact) = self.new_invitation(life_ms, false);
        let mut facts = self.registration_facts(user, account).await?;
        facts.push(fact);
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            Ok((registration(reader, &name, &facts)?, ()))
        })
        .await?;
        Ok(invited)
    }

    /// Makes an invitation for an account that is there: for somebody who forgot the password, or lost the first
    /// invitation, which ends.
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_USER_DEACTIVATED`, `M_FORBIDDEN` for guests and users of application
    /// services, or that nothing can be written now.
    pub async fn renew_invitation(
        &self,
        user: &OwnedUserId,
        life_ms: TimestampMs,
        log_out: bool,
        act: Act,
    ) -> Result<Invited, Refusal> {
        let (invited, fact) = self.new_invitation(life_ms, log_out);
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            of_a_person(&active(reader, &name)?)?;
            Ok((vec![fact.clone()], ()))
        })
        .await?;
        Ok(invited)
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// `M_NOT_FOUND` when there is none, or that nothing can be written now.
    pub async fn withdraw_invitation(&self, user: &OwnedUserId, act: Act) -> Result<(), Refusal> {
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            known(reader, &name)?;
            if reader.invitation(&name)?.is_none() {
                return Err(Refusal::not_found("this account has no open invitation").into());
            }
            Ok((vec![Fact::Account(AccountFact::InvitationEnded {})], ()))
        })
        .await
    }

    fn new_invitation(&self, life_ms: TimestampMs, log_out: bool) -> (Invited, Fact) {
        let code = secret::alphanumeric(self.entropy(), CODE_LETTERS);
        let expires_at = self.now_ms().saturating_add(life_ms);
        let fact = AccountFact::InvitationSet { code_hash: token_hash(&code), expires_at, log_out };
        (Invited { code, expires_at }, Fact::Account(fact))
    }

    /// The account that an invitation's code opens.
    ///
    /// # Errors
    /// `M_FORBIDDEN` when the code is not valid (any more).
    pub async fn invited(&self, code: &str) -> Result<Account, Refusal> {
        let (hash, now) = (token_hash(code), self.now_ms());
        self.read(move |reader| Ok(invited(reader, &hash, now)?.0)).await
    }

    /// Uses an invitation: its account gets this password.
    ///
    /// # Errors
    /// `M_FORBIDDEN` when the code is not valid (any more), `M_USER_LOCKED`, or that nothing can be written now.
    pub async fn accept_invitation(&self, code: &str, password: String) -> Result<OwnedUserId, Refusal> {
        let user = self.invited(code).await?.user;
        let password_hash = Some(self.hash_password(password).await?);
        let (hash, now) = (token_hash(code), self.now_ms());
        let id = OwnedUserId::try_from(user.as_str()).map_err(|_| Refusal::internal())?;
        self.decide(Aggregate::User(user.clone()), move |reader| {
            let (account, log_out) = invited(reader, &hash, now)?;
            if account.user != user {
                return Err(not_valid().into());
            }
            let password_hash = password_hash.clone();
            let mut facts = vec![
                Fact::Account(AccountFact::PasswordChanged { password_hash }),
                Fact::Account(AccountFact::InvitationEnded {}),
            ];
            if log_out {
                facts.extend(log_out_facts(reader, &user, None)?);
            }
            Ok((facts, ()))
        })
        .await?;
        Ok(id)
    }

    /// Makes a registration token, made up where none is given; gives it.
    ///
    /// # Errors
    /// `M_INVALID_PARAM` for one that cannot be or is there already, or that nothing can be written now.
    pub async fn add_registration_token(
        &self,
        token: Option<String>,
        uses_allowed: Option<u64>,
        expires_at: Option<TimestampMs>,
        act: Act,
    ) -> Result<String, Refusal> {
        let token = token.unwrap_or_else(|| secret::alphanumeric(self.entropy(), TOKEN_LETTERS));
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        if token.is_empty() || token.len() > TOKEN_LETTERS_MAX || !token.bytes().all(good) {
            return Err(Refusal::invalid_param("a token has 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -"));
        }
        let made = token.clone();
        let act =
            act.on(shown_token(&token)).with("uses_allowed", uses_allowed).with("expires_at_ms", expires_at);
        self.administer(Aggregate::Server, act, move |reader| {
            if reader.registration_token(&made)?.is_some() {
                return Err(Refusal::invalid_param("this token is there already").into());
            }
            let fact = DirectoryFact::RegistrationTokenSet { token: made.clone(), uses_allowed, expires_at };
            Ok((vec![Fact::Directory(fact)], ()))
        })
        .await?;
        Ok(token)
    }

    /// Changes how often and how long a registration token is good.
    ///
    /// # Errors
    /// `M_NOT_FOUND`, or that nothing can be written now.
    pub async fn change_registration_token(
        &self,
        token: &str,
        uses_allowed: Option<Option<u64>>,
        expires_at: Option<Option<TimestampMs>>,
        act: Act,
    ) -> Result<(), Refusal> {
        let token = token.to_owned();
        let mut act = act.on(shown_token(&token));
        if let Some(uses) = uses_allowed {
            act = act.with("uses_allowed", uses);
        }
        if let Some(end) = expires_at {
            act = act.with("expires_at_ms", end);
        }
        self.administer(Aggregate::Server, act, move |reader| {
            let found = reader.registration_token(&token)?.ok_or_else(no_such_token)?;
            let (uses, end) =
                (uses_allowed.unwrap_or(found.uses_allowed), expires_at.unwrap_or(found.expires_at));
            let changes = (uses, end) != (found.uses_allowed, found.expires_at);
            let fact = DirectoryFact::RegistrationTokenSet {
                token: token.clone(),
                uses_allowed: uses,
                expires_at: end,
            };
            Ok((changes.then_some(Fact::Directory(fact)).into_iter().collect(), ()))
        })
        .await
    }

    /// Makes a registration token invalid.
    ///
    /// # Errors
    /// `M_NOT_FOUND`, or that nothing can be written now.
    pub async fn remove_registration_token(&self, token: &str, act: Act) -> Result<(), Refusal> {
        let token = token.to_owned();
        let act = act.on(shown_token(&token));
        self.administer(Aggregate::Server, act, move |reader| {
            reader.registration_token(&token)?.ok_or_else(no_such_token)?;
            let fact = DirectoryFact::RegistrationTokenRemoved { token: token.clone() };
            Ok((vec![Fact::Directory(fact)], ()))
        })
        .await
    }
}

fn no_such_token() -> Refusal {
    Refusal::not_found("there is no such token")
}

/// A token as the audit log shows it: whoever reads that shall not be able to use it.
fn shown_token(token: &str) -> String {
    let shown: String = token.chars().take(token.chars().count().div_ceil(4).min(4)).collect();
    format!("{shown}…")
}

/// Guests have no password, and application services look after their own users.
fn of_a_person(account: &Account) -> Result<(), Refusal> {
    if account.guest || account.appservice.is_some() {
        return Err(Refusal::forbidden("this account has no password of its own"));
    }
    Ok(())
}

fn not_valid() -> Refusal {
    Refusal::forbidden("this invitation is not valid any more")
}

/// The account that a code opens, and whether its use signs out devices.
fn invited(reader: &Reader<'_>, hash: &str, now: TimestampMs) -> Result<(Account, bool), ReadError> {
    let invitation = reader.invitation_by_code(hash)?.filter(|found| found.expires_at > now);
    let invitation = invitation.ok_or_else(not_valid)?;
    let account = active(reader, &invitation.user)?;
    if account.locked {
        return Err(Refusal::new(ErrorCode::UserLocked, "this account is locked").into());
    }
    Ok((account, invitation.log_out))
}
