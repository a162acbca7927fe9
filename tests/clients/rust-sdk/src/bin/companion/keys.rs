//! Recovery key, backup and trust of this person.
use anyhow::{Context, Result};
use matrix_sdk::{
    Client,
    encryption::{backups::BackupState, recovery::RecoveryState},
    ruma::UserId,
};
use serde_json::{Value, json};

use crate::place::wait;

/// Secret storage and a backup; waits until the keys that are here lie in it.
pub async fn make(client: &Client) -> Result<Value> {
    let recovery = client.encryption().recovery();
    let key = recovery.enable().wait_for_backups_to_upload().await.context("enabling recovery")?;
    wait("recovery to be enabled", || async { (recovery.state() == RecoveryState::Enabled).then_some(()) })
        .await?;
    Ok(json!({ "key": key }))
}

/// Opens secret storage with a key or a passphrase, and takes everything out of it.
pub async fn recover(client: &Client, key: &str) -> Result<Value> {
    let encryption = client.encryption();
    encryption.recovery().recover(key).await.context("recovering")?;
    wait("the backup to be in use", || async {
        (encryption.backups().state() == BackupState::Enabled).then_some(())
    })
    .await?;
    state(client).await
}

/// What this device has.
pub async fn state(client: &Client) -> Result<Value> {
    let encryption = client.encryption();
    let device = encryption.get_own_device().await?;
    let signing = encryption.cross_signing_status().await;
    Ok(json!({
        "confirmed": device.is_some_and(|one| one.is_cross_signed_by_owner()),
        "identity": signing.is_some_and(|status| status.is_complete()),
        "recovery": format!("{:?}", encryption.recovery().state()),
        "backup": format!("{:?}", encryption.backups().state()),
    }))
}

/// Whether a person's identity was compared.
pub async fn trusts(client: &Client, user: &UserId) -> Result<Value> {
    let identity = client.encryption().get_user_identity(user).await?;
    Ok(json!(identity.is_some_and(|one| one.is_verified())))
}
