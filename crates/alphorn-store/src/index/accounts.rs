//! Accounts and profiles, and the entry point of facts of an account.

use alphorn_model::{
    RawJson,
    fact::{AccountFact, FollowUp},
};

use super::{
    Write, account_data, devices, filters, follow_ups, invitations, keys, members, people, pushers, raw,
    receipts,
};
use crate::{Reader, Result};

/// Which accounts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// All.
    Any,
    /// Those that administer the server.
    Administrator,
    /// Those that are locked or suspended.
    KeptOut,
    /// Those that are deactivated.
    Deactivated,
    /// Guests.
    Guest,
}

impl AccountKind {
    /// Whether an account is one of these.
    #[must_use]
    pub const fn has(self, account: &Account) -> bool {
        match self {
            Self::Any => true,
            Self::Administrator => account.admin,
            Self::KeptOut => account.locked || account.suspended,
            Self::Deactivated => account.deactivated,
            Self::Guest => account.guest,
        }
    }

    /// The index that has them, and what it has.
    const fn source(self) -> &'static str {
        match self {
            Self::Any => "accounts WHERE 1",
            Self::Administrator => "accounts INDEXED BY accounts_admin WHERE admin = 1",
            Self::KeptOut => "accounts INDEXED BY accounts_kept_out WHERE (locked = 1 OR suspended = 1)",
            Self::Deactivated => "accounts INDEXED BY accounts_deactivated WHERE deactivated = 1",
            Self::Guest => "accounts INDEXED BY accounts_guests WHERE guest = 1",
        }
    }
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user id.
    pub user: String,
    /// Argon2id hash in PHC form.
    pub password_hash: Option<String>,
    /// Administers the server.
    pub admin: bool,
    /// A guest.
    pub guest: bool,
    /// Closed for good, unless an administrator opens it again.
    pub deactivated: bool,
    /// Locked by an administrator.
    pub locked: bool,
    /// Suspended by an administrator.
    pub suspended: bool,
    /// Its owner asked for erasure.
    pub erased: bool,
    /// The application service that owns it.
    pub appservice: Option<String>,
    /// When it was made, in milliseconds since the epoch.
    pub created_at: u64,
}

const COLUMNS: &str =
    "user, password_hash, admin, guest, deactivated, locked, suspended, erased, appservice, created_at";

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        user: row.get(0)?,
        password_hash: row.get(1)?,
        admin: row.get(2)?,
        guest: row.get(3)?,
        deactivated: row.get(4)?,
        locked: row.get(5)?,
        suspended: row.get(6)?,
        erased: row.get(7)?,
        appservice: row.get(8)?,
        created_at: row.get(9)?,
    })
}

impl Reader<'_> {
    /// An account by its user id.
    pub fn account(&self, user: &str) -> Result<Option<Account>> {
        self.one(&format!("SELECT {COLUMNS} FROM accounts WHERE user = ?1"), [user], row)
    }

    /// Accounts after `user` in alphabetical order, at most `limit`.
    pub fn accounts_after(&self, user: &str, limit: usize) -> Result<Vec<Account>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM accounts WHERE user > ?1 ORDER BY user LIMIT ?2"),
            (user, limit),
            row,
        )
    }

    /// Accounts of a kind after `user` in alphabetical order, at most `limit`.
    pub fn accounts_of_kind(&self, kind: AccountKind, user: &str, limit: usize) -> Result<Vec<Account>> {
        self.all(
            &format!("SELECT {COLUMNS} FROM {} AND user > ?1 ORDER BY user LIMIT ?2", kind.source()),
            (user, limit),
            row,
        )
    }

    /// Accounts whose id begins with `prefix`, after `user` in alphabetical order, at most `limit`.
    pub fn accounts_named(&self, prefix: &str, user: &str, limit: usize) -> Result<Vec<Account>> {
        self.all(
            &format!(
                "SELECT {COLUMNS} FROM accounts WHERE user >= ?1 AND user < ?2 AND user > ?3 ORDER BY user LIMIT ?4"
            ),
            (prefix, format!("{prefix}\u{10FFFF}"), user, limit),
            row,
        )
    }

    /// Whether another account than `user` administers the server and can sign in.
    pub fn has_other_admin(&self, user: &str) -> Result<bool> {
        self.one(
            "SELECT 1 FROM accounts INDEXED BY accounts_admin WHERE admin = 1 AND deactivated = 0 AND locked = 0 \
             AND user != ?1 LIMIT 1",
            [user],
            |_| Ok(()),
        )
        .map(|found| found.is_some())
    }

    /// Whether the server has an administrator who can sign in.
    pub fn has_admin(&self) -> Result<bool> {
        self.one("SELECT 1 FROM accounts WHERE admin = 1 AND deactivated = 0 LIMIT 1", [], |_| Ok(()))
            .map(|found| found.is_some())
    }

    /// Whether anybody asked to be erased.
    pub fn has_erased(&self) -> Result<bool> {
        self.one("SELECT 1 FROM accounts INDEXED BY accounts_erased WHERE erased = 1 LIMIT 1", [], |_| Ok(()))
            .map(|found| found.is_some())
    }

    /// One profile field.
    pub fn profile_field(&self, user: &str, key: &str) -> Result<Option<RawJson>> {
        self.one("SELECT value FROM profiles WHERE user = ?1 AND key = ?2", (user, key), |row| row.get(0))?
            .map(raw)
            .transpose()
    }

    /// A whole profile.
    pub fn profile(&self, user: &str) -> Result<Vec<(String, RawJson)>> {
        let rows =
            self.all("SELECT key, value FROM profiles WHERE user = ?1 ORDER BY key", [user], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?;
        rows.into_iter().map(|(key, value)| Ok((key, raw(value)?))).collect()
    }

    /// Third-party identifiers of an account: `(medium, address, validated at, added at)`.
    pub fn threepids(&self, user: &str) -> Result<Vec<(String, String, u64, u64)>> {
        self.all(
            "SELECT medium, address, validated_at, added_at FROM threepids WHERE user = ?1 ORDER BY medium, address",
            [user],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
    }

    /// Whose third-party identifier it is.
    pub fn threepid_owner(&self, medium: &str, address: &str) -> Result<Option<String>> {
        self.one("SELECT user FROM threepids WHERE medium = ?1 AND address = ?2", (medium, address), |row| {
            row.get(0)
        })
    }
}

pub(super) fn apply(write: &Write<'_>, fact: &AccountFact) -> Result<()> {
    match fact {
        AccountFact::Registered { password_hash, admin, guest, appservice } => {
            write.run(
                "INSERT INTO accounts (user, password_hash, admin, guest, appservice, created_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                (write.subject, password_hash, admin, guest, appservice, write.time),
            )?;
            people::refresh(write)?;
        }
        AccountFact::PasswordChanged { password_hash } => {
            write.run(
                "UPDATE accounts SET password_hash = ?2 WHERE user = ?1",
                (write.subject, password_hash),
            )?;
        }
        AccountFact::GuestUpgraded { password_hash } => {
            write.run(
                "UPDATE accounts SET guest = 0, password_hash = ?2 WHERE user = ?1",
                (write.subject, password_hash),
            )?;
            people::refresh(write)?;
        }
        AccountFact::Deactivated { erase } => deactivate(write, *erase)?,
        AccountFact::Reactivated { password_hash } => {
            write.run(
                "UPDATE accounts SET deactivated = 0, erased = 0, password_hash = ?2 WHERE user = ?1",
                (write.subject, password_hash),
            )?;
            people::refresh(write)?;
        }
        AccountFact::AdminChanged { admin } => flag(write, "admin", *admin)?,
        AccountFact::LockChanged { locked } => flag(write, "locked", *locked)?,
        AccountFact::SuspensionChanged { suspended } => flag(write, "suspended", *suspended)?,
        AccountFact::ProfileChanged { key, value } => change_profile(write, key, value.as_deref())?,
        AccountFact::FollowedUp { what, upto } => follow_ups::done(write, *what, *upto)?,
        AccountFact::ThreepidChanged { medium, address, validated_at } => {
            set_threepid(write, medium, address, *validated_at)?;
        }
        AccountFact::InvitationSet { code_hash, expires_at, log_out } => {
            invitations::set(write, code_hash, *expires_at, *log_out)?;
        }
        AccountFact::InvitationEnded {} => invitations::end(write)?,
        AccountFact::RoomForgotten { room } => members::forget(write, room.as_str())?,
        other => apply_possession(write, other)?,
    }
    Ok(())
}

/// Facts about what belongs to an account.
fn apply_possession(write: &Write<'_>, fact: &AccountFact) -> Result<()> {
    match fact {
        AccountFact::AccountDataSet { room, kind, content } => {
            account_data::set(write, room.as_deref().map(|room| room.as_str()), kind, content)
        }
        AccountFact::FilterStored { filter, definition } => filters::store(write, filter, definition),
        AccountFact::ReceiptMoved { room, kind, thread, event, ts } => {
            receipts::set(write, room, kind, thread.as_deref(), event, *ts)
        }
        AccountFact::PusherSet { app_id, pushkey, pusher, device } => {
            pushers::set(write, app_id, pushkey, pusher, device)
        }
        AccountFact::PusherRemoved { app_id, pushkey } => pushers::remove(write, app_id, pushkey),
        AccountFact::OpenIdIssued { token_hash, expires_at } => {
            devices::issue_openid(write, token_hash, *expires_at)
        }
        other => devices::apply(write, other),
    }
}

fn flag(write: &Write<'_>, column: &str, value: bool) -> Result<()> {
    write.run(&format!("UPDATE accounts SET {column} = ?2 WHERE user = ?1"), (write.subject, value))?;
    Ok(())
}

fn change_profile(write: &Write<'_>, key: &str, value: Option<&serde_json::value::RawValue>) -> Result<()> {
    set_profile(write, key, value)?;
    if key == "displayname" {
        people::refresh(write)?;
    }
    if key == "displayname" || key == "avatar_url" {
        follow_ups::due(write, FollowUp::ShowProfile)?;
    }
    Ok(())
}

fn set_profile(write: &Write<'_>, key: &str, value: Option<&serde_json::value::RawValue>) -> Result<()> {
    match value {
        Some(value) => write
            .run("INSERT OR REPLACE INTO profiles VALUES (?1, ?2, ?3)", (write.subject, key, value.get()))?,
        None => write.run("DELETE FROM profiles WHERE user = ?1 AND key = ?2", (write.subject, key))?,
    };
    Ok(())
}

fn set_threepid(write: &Write<'_>, medium: &str, address: &str, validated_at: Option<u64>) -> Result<()> {
    match validated_at {
        Some(at) => write.run(
            "INSERT OR REPLACE INTO threepids VALUES (?1, ?2, ?3, ?4, ?5)",
            (medium, address, write.subject, at, write.time),
        )?,
        None => write.run(
            "DELETE FROM threepids WHERE medium = ?1 AND address = ?2 AND user = ?3",
            (medium, address, write.subject),
        )?,
    };
    Ok(())
}

/// Everything that lets the owner in, or that others see of the account, goes with it.
fn deactivate(write: &Write<'_>, erase: bool) -> Result<()> {
    write.run(
        "UPDATE accounts SET deactivated = 1, password_hash = NULL, admin = 0, erased = ?2 WHERE user = ?1",
        (write.subject, erase),
    )?;
    for device in write.reader().devices(write.subject)? {
        devices::apply(write, &AccountFact::DeviceDeleted { device: device.device })?;
    }
    for table in
        ["profiles", "pushers", "threepids", "cross_signing", "filters", "openid_tokens", "account_data"]
    {
        write.run(&format!("DELETE FROM {table} WHERE user = ?1"), [write.subject])?;
    }
    invitations::end(write)?;
    keys::forget_user(write)?;
    people::refresh(write)?;
    follow_ups::due(write, FollowUp::LeaveRooms)
}
