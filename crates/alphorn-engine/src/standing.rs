//! What becomes of an account after it was made: its password, its rights, its end.

use alphorn_domain::{MemberDetails, MembershipChange};
use alphorn_model::{
    Aggregate, ErrorCode, Fact, OwnedRoomId, OwnedUserId, Refusal,
    fact::{AccountFact, KeysFact},
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
    ) -> Result<(), Refusal> {
        let password_hash = Some(self.hash_password(password).await?);
        let name = user.to_string();
        self.decide(Aggregate::User(name.clone()), move |reader| {
            active(reader, &name)?;
            let mut facts =
                vec![Fact::Account(AccountFact::PasswordChanged { password_hash: password_hash.clone() })];
            let devices = if log_out { reader.devices(&name)? } else { Vec::new() };
            if !devices.is_empty() {
                facts.push(Fact::Keys(KeysFact::DeviceListChanged {}));
            }
            let deleted =
                |device: alphorn_store::Device| AccountFact::DeviceDeleted { device: device.device };
            facts.extend(devices.into_iter().map(deleted).map(Fact::Account));
            Ok((facts, ()))
        })
        .await
    }

    /// Gives or takes an administrator's rights.
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, `M_USER_DEACTIVATED`, or that nothing can be written now.
    pub async fn set_admin(&self, user: &OwnedUserId, admin: bool) -> Result<(), Refusal> {
        let name = user.to_string();
        self.decide(Aggregate::User(name.clone()), move |reader| {
            let changes = active(reader, &name)?.admin != admin;
            let fact = Fact::Account(AccountFact::AdminChanged { admin });
            Ok((changes.then_some(fact).into_iter().collect(), ()))
        })
        .await
    }

    /// Closes an account for good: nobody can log in any more, and its user leaves all rooms. When it is
    /// interrupted while leaving, doing it again goes on where it stopped.
    /// Specification: Client-Server API, "Account deactivation".
    ///
    /// # Errors
    /// `M_NOT_FOUND` for an unknown account, or that nothing can be written now.
    pub async fn deactivate(&self, user: &OwnedUserId, erase: bool) -> Result<(), Refusal> {
        let name = user.to_string();
        self.decide(Aggregate::User(name.clone()), move |reader| {
            let account = known(reader, &name)?;
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

fn known(reader: &Reader<'_>, user: &str) -> Result<Account, ReadError> {
    let unknown = || Refusal::new(ErrorCode::NotFound, "there is no such account");
    Ok(reader.account(user)?.ok_or_else(unknown)?)
}

fn active(reader: &Reader<'_>, user: &str) -> Result<Account, ReadError> {
    let account = known(reader, user)?;
    if account.deactivated {
        return Err(Refusal::new(ErrorCode::UserDeactivated, "this account is deactivated").into());
    }
    Ok(account)
}
