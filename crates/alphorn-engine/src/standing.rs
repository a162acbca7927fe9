//! What becomes of an account after it was made: its password, its rights, its end. All of it is done by
//! administrators, and stands in the audit log.

use alphorn_domain::{MemberDetails, MembershipChange};
use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedRoomId, OwnedUserId, Refusal,
    fact::{AccountFact, Act, KeysFact},
};
use alphorn_store::{Account, Membership, Reader};

use crate::{Engine, ReadError, RoomWish};

impl Engine {
    /// Gives an account a new password; its devices are logged out on request.
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_USER_DEACTIVATED`, or that nothing can be written now.
    pub async fn set_password(
        &self,
        user: &OwnedUserId,
        password: String,
        log_out: bool,
        act: Act,
    ) -> Result<(), Refusal> {
        let password_hash = Some(self.hash_password(password).await?);
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            active(reader, &name)?;
            let mut facts =
                vec![Fact::Account(AccountFact::PasswordChanged { password_hash: password_hash.clone() })];
            // Whoever still has the code of an invitation shall not set another one.
            if reader.invitation(&name)?.is_some() {
                facts.push(Fact::Account(AccountFact::InvitationEnded {}));
            }
            if log_out {
                facts.extend(log_out_facts(reader, &name, None)?);
            }
            Ok((facts, ()))
        })
        .await
    }

    /// Logs out one device of an account, or all; tells how many.
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account or device, or that nothing can be written now.
    pub async fn log_out(
        &self,
        user: &OwnedUserId,
        device: Option<String>,
        act: Act,
    ) -> Result<usize, Refusal> {
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            known(reader, &name)?;
            if let Some(device) = &device
                && reader.device(&name, device)?.is_none()
            {
                return Err(Refusal::not_found("this account has no such device").into());
            }
            let facts = log_out_facts(reader, &name, device.as_deref())?;
            let count = facts.len().saturating_sub(1);
            Ok((facts, count))
        })
        .await
    }

    /// Gives or takes an administrator's rights. Where `keep_one`, the last administrator keeps them.
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_USER_DEACTIVATED`, `M_FORBIDDEN` for guests and the last
    /// administrator, or that nothing can be written now.
    pub async fn set_admin(
        &self,
        user: &OwnedUserId,
        admin: bool,
        keep_one: bool,
        act: Act,
    ) -> Result<(), Refusal> {
        let name = user.to_string();
        let given_back = act.clone().with("admin", true).because(Some(LAST.to_owned()));
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            let account = active(reader, &name)?;
            if admin && account.guest {
                return Err(Refusal::forbidden("this is a guest's account").into());
            }
            if keep_one && !admin && account.admin && !reader.has_other_admin(&name)? {
                return Err(Refusal::forbidden(LAST).into());
            }
            let fact = Fact::Account(AccountFact::AdminChanged { admin });
            Ok(((account.admin != admin).then_some(fact).into_iter().collect(), ()))
        })
        .await?;
        if admin || !keep_one {
            return Ok(());
        }
        // Two administrators may have taken each other's rights at the same moment: whoever came second gives back.
        let name = user.to_string();
        let kept = self.administer(Aggregate::User(name.clone()), given_back, move |reader| {
            let alone = !reader.has_admin()?;
            let fact = Fact::Account(AccountFact::AdminChanged { admin: true });
            Ok((alone.then_some(fact).into_iter().collect(), alone))
        });
        if kept.await? { Err(Refusal::forbidden(LAST)) } else { Ok(()) }
    }

    /// Locks or unlocks an account; administrators cannot be locked. Specification: "Account locking".
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_FORBIDDEN`, or that nothing can be written now.
    pub async fn set_locked(&self, user: &OwnedUserId, locked: bool, act: Act) -> Result<(), Refusal> {
        let fact = AccountFact::LockChanged { locked };
        self.set_standing(user, act, fact, move |account| account.locked != locked).await
    }

    /// Suspends an account or ends that; administrators cannot be suspended. Specification: "Account suspension".
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_FORBIDDEN`, or that nothing can be written now.
    pub async fn set_suspended(&self, user: &OwnedUserId, suspended: bool, act: Act) -> Result<(), Refusal> {
        let fact = AccountFact::SuspensionChanged { suspended };
        self.set_standing(user, act, fact, move |account| account.suspended != suspended).await
    }

    async fn set_standing(
        &self,
        user: &OwnedUserId,
        act: Act,
        fact: AccountFact,
        changes: impl Fn(&Account) -> bool + Send + Sync + 'static,
    ) -> Result<(), Refusal> {
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            let account = no_admin(reader, &name)?;
            let fact = changes(&account).then(|| Fact::Account(fact.clone()));
            Ok((fact.into_iter().collect(), ()))
        })
        .await
    }

    /// Closes an account for good: nobody can log in any more, and its user leaves all rooms. When it is
    /// interrupted while leaving, doing it again goes on where it stopped. Where `keep_admins`, an administrator's
    /// rights must have been taken before.
    /// Specification: Client-Server API, "Account deactivation".
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_FORBIDDEN` for an administrator, or that nothing can be written now.
    pub async fn deactivate(
        &self,
        user: &OwnedUserId,
        erase: bool,
        keep_admins: bool,
        act: Act,
    ) -> Result<(), Refusal> {
        let name = user.to_string();
        self.administer(Aggregate::User(name.clone()), act, move |reader| {
            let account = known(reader, &name)?;
            if keep_admins && account.admin {
                return Err(Refusal::forbidden(ADMINISTRATOR).into());
            }
            if account.deactivated && (account.erased || !erase) {
                return Ok((Vec::new(), ()));
            }
            let facts = vec![
                Fact::Account(AccountFact::Deactivated { erase }),
                Fact::Keys(KeysFact::DeviceListChanged {}),
            ];
            Ok((facts, ()))
        })
        .await?;
        for room in self.rooms_to_leave(user).await? {
            let (user, details) = (user.clone(), MemberDetails::default());
            let leave = RoomWish::Membership(MembershipChange::Leave { user, details });
            // A room that does not let go (somebody banned the user a moment ago) is no reason to stay in others.
            match self.in_room(&room, leave).await {
                Err(refusal) if refusal.code == ErrorCode::WritesUnavailable => return Err(refusal),
                Err(refusal) => tracing::warn!(%room, %refusal, "a deactivated user stays in a room"),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    async fn rooms_to_leave(&self, user: &OwnedUserId) -> Result<Vec<OwnedRoomId>, Refusal> {
        let name = user.to_string();
        self.read(move |reader| {
            let mut rooms = Vec::new();
            for standing in [Membership::Join, Membership::Invite, Membership::Knock] {
                rooms.extend(reader.room_ids_of(&name, standing)?);
            }
            Ok(rooms.into_iter().filter_map(|room| OwnedRoomId::try_from(room).ok()).collect())
        })
        .await
    }
}

const LAST: &str = "this is the last administrator";
const ADMINISTRATOR: &str = "this is an administrator";

/// What logs out one device of an account, or all: nothing where there is none.
pub(crate) fn log_out_facts(
    reader: &Reader<'_>,
    user: &str,
    device: Option<&str>,
) -> Result<Vec<Fact>, ReadError> {
    let devices = reader.devices(user)?;
    let devices = devices.into_iter().filter(|held| device.is_none_or(|device| device == held.device));
    let mut facts: Vec<_> =
        devices.map(|device| Fact::Account(AccountFact::DeviceDeleted { device: device.device })).collect();
    if !facts.is_empty() {
        facts.push(Fact::Keys(KeysFact::DeviceListChanged {}));
    }
    Ok(facts)
}

/// An account that is there, and is no administrator's.
fn no_admin(reader: &Reader<'_>, user: &str) -> Result<Account, ReadError> {
    let account = reader.account(user)?.filter(|account| !account.deactivated);
    let account = account.ok_or_else(|| Refusal::not_found("there is no such user here"))?;
    if account.admin {
        return Err(Refusal::forbidden(ADMINISTRATOR).into());
    }
    Ok(account)
}

pub(crate) fn known(reader: &Reader<'_>, user: &str) -> Result<Account, ReadError> {
    let unknown = || Refusal::new(ErrorCode::NotFound, "there is no such account");
    Ok(reader.account(user)?.ok_or_else(unknown)?)
}

pub(crate) fn active(reader: &Reader<'_>, user: &str) -> Result<Account, ReadError> {
    let account = known(reader, user)?;
    if account.deactivated {
        return Err(Refusal::new(ErrorCode::UserDeactivated, "this account is deactivated").into());
    }
    Ok(account)
}
