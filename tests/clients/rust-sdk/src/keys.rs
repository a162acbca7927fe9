//! Cross-signing, key backup and secret storage of one user over several devices.
use anyhow::{Context, Result, bail, ensure};
use matrix_sdk::{
    encryption::{backups::BackupState, recovery::RecoveryState},
    ruma::{
        OwnedRoomId,
        api::client::uiaa::{AuthData, MatrixUserIdentifier, Password, UserIdentifier},
    },
};

use crate::{
    device::{Account, Device},
    verification::cross_signed,
    view::View,
    wait::until,
};

/// Creates and uploads the cross-signing keys, by password if the server asks for it.
///
/// # Errors
/// When the upload is refused or the device does not end up signed.
pub async fn bootstrap_cross_signing(device: &Device, account: &Account) -> Result<()> {
    let encryption = device.client.encryption();
    if let Err(error) = encryption.bootstrap_cross_signing(None).await {
        let info = error.as_uiaa_response().with_context(|| format!("{error}"))?;
        let id = UserIdentifier::Matrix(MatrixUserIdentifier::new(account.name.clone()));
        let mut password = Password::new(id, account.password.clone());
        password.session = info.session.clone();
        encryption.bootstrap_cross_signing(Some(AuthData::Password(password))).await?;
    }
    cross_signed(device).await?;
    let status = encryption.cross_signing_status().await.context("no status")?;
    ensure!(status.is_complete(), "incomplete: {status:?}");
    Ok(())
}

/// Replacing existing cross-signing keys must ask for the password.
///
/// # Errors
/// When it is allowed without, or the asking has no password stage.
pub async fn replacing_needs_password(device: &Device) -> Result<()> {
    let handle = device.client.encryption().reset_cross_signing().await?;
    let handle = handle.context("the cross-signing keys were replaced without asking for the password")?;
    let asked = format!("{:?}", handle.auth_type());
    handle.cancel().await;
    ensure!(asked.contains("Uiaa"), "expected user-interactive authentication, got {asked}");
    Ok(())
}

/// Creates key backup and secret storage on this device; the result is the recovery key.
///
/// # Errors
/// When an upload fails or the room keys are not backed up.
pub async fn enable_recovery(device: &Device) -> Result<String> {
    let recovery = device.client.encryption().recovery();
    let key = recovery.enable().wait_for_backups_to_upload().await.context("enabling recovery")?;
    until("recovery to be enabled", || async {
        match recovery.state() {
            RecoveryState::Enabled => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    let backups = device.client.encryption().backups();
    ensure!(backups.state() == BackupState::Enabled, "the backup is {:?}", backups.state());
    ensure!(backups.fetch_exists_on_server().await?, "no backup on the server");
    Ok(key)
}

/// A wrong recovery key is refused and changes nothing.
///
/// # Errors
/// When it is accepted.
pub async fn wrong_recovery_key(device: &Device) -> Result<()> {
    let wrong = "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd";
    if device.client.encryption().recovery().recover(wrong).await.is_ok() {
        bail!("a wrong recovery key was accepted");
    }
    Ok(())
}

/// A later device restores everything from secret storage and reads the messages from before its time.
///
/// # Errors
/// When the secrets, the backup or one of the old messages cannot be had.
pub async fn restore(device: &Device, room_id: &OwnedRoomId, key: &str, old: &[&str]) -> Result<()> {
    let encryption = device.client.encryption();
    encryption.recovery().recover(key).await.context("recovering with the recovery key")?;
    until("recovery to be enabled on the new device", || async {
        match (encryption.recovery().state(), encryption.backups().state()) {
            (RecoveryState::Enabled, BackupState::Enabled) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    cross_signed(device).await?;
    let view = View { who: "the restored device", timeline: device.open(room_id).await? };
    while !view.timeline.paginate_backwards(50).await? {}
    for text in old {
        view.message(text).await?;
    }
    Ok(())
}

/// Without the keys the old messages must stay unreadable: otherwise restoring proves nothing.
///
/// # Errors
/// When one of them can be read.
pub async fn history_is_unreadable(device: &Device, room_id: &OwnedRoomId, old: &str) -> Result<()> {
    let view = View { who: "the new device", timeline: device.open(room_id).await? };
    while !view.timeline.paginate_backwards(50).await? {}
    let items = view.timeline.items().await;
    let mut unreadable = 0;
    for item in items.iter().filter_map(|item| item.as_event()) {
        let content = item.content();
        ensure!(content.as_message().is_none_or(|message| message.body() != old), "\"{old}\" is readable");
        unreadable += usize::from(content.is_unable_to_decrypt());
    }
    ensure!(unreadable > 0, "no encrypted history was found: {}", view.newest().await);
    Ok(())
}
