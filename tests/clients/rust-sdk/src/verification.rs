//! Emoji verification between two devices: request, accept, compare, confirm.
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use matrix_sdk::{
    Client,
    encryption::verification::{
        SasState, SasVerification, Verification, VerificationRequest, VerificationRequestState,
    },
    ruma::events::key::verification::request::ToDeviceKeyVerificationRequestEvent,
};
use tokio::sync::mpsc;

use crate::{device::Device, wait::until};

/// From pressing a button on one device to pressing it on the other.
const BETWEEN_SCREENS: Duration = Duration::from_millis(1500);

/// Reports the verification requests that reach this device by to-device messages.
pub fn incoming_requests(client: &Client) -> mpsc::Receiver<VerificationRequest> {
    let (sender, receiver) = mpsc::channel(4);
    client.add_event_handler(move |event: ToDeviceKeyVerificationRequestEvent, client: Client| {
        let sender = sender.clone();
        async move {
            let id = event.content.transaction_id.as_str();
            if let Some(request) = client.encryption().get_verification_request(&event.sender, id).await {
                // The receiver is gone when the test is over; then nobody wants the request.
                drop(sender.send(request).await);
            }
        }
    });
    receiver
}

/// The new device asks the old one of the same user; both compare emojis and confirm.
///
/// # Errors
/// With the step of the protocol that failed.
pub async fn verify_own_device(new: &Device, old: &Device) -> Result<()> {
    let mut requests = incoming_requests(&old.client);
    let user = new.client.user_id().context("not logged in")?;
    let identity = until("the own identity on the new device", || async {
        match new.client.encryption().request_user_identity(user).await {
            Ok(Some(identity)) => Ok(identity),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    // A request from a device whose keys are not known yet is ignored by the SDK.
    let id = new.client.device_id().context("not logged in")?;
    until("the new device in the old one's device list", || async {
        match old.client.encryption().get_device(user, id).await {
            Ok(Some(_)) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await?;
    let asked = identity.request_verification().await.context("sending the request")?;
    let received = tokio::time::timeout(crate::wait::ARRIVAL, requests.recv())
        .await
        .context("the request did not reach the old device")?
        .context("the old device stopped")?;
    received.accept().await.context("accepting the request")?;
    until("the request to be ready", || async {
        if asked.is_ready() { Ok(()) } else { Err(format!("{:?}", asked.state())) }
    })
    .await?;
    let ours = asked.start_sas().await?.context("no SAS could be started")?;
    let theirs = started_sas(&received).await?;
    theirs.accept().await.context("accepting the SAS")?;
    compare_and_confirm(&ours, &theirs).await?;
    cross_signed(new).await
}

async fn started_sas(request: &VerificationRequest) -> Result<SasVerification> {
    until("the SAS start", || async {
        match request.state() {
            VerificationRequestState::Transitioned { verification: Verification::SasV1(sas) } => Ok(sas),
            other => Err(format!("{other:?}")),
        }
    })
    .await
}

async fn compare_and_confirm(ours: &SasVerification, theirs: &SasVerification) -> Result<()> {
    let (left, right) = until("both sides to show emojis", || async {
        match (ours.emoji(), theirs.emoji()) {
            (Some(left), Some(right)) => Ok((left, right)),
            _ => Err(format!("{:?} / {:?}", ours.state(), theirs.state())),
        }
    })
    .await?;
    let left = left.map(|emoji| emoji.symbol);
    ensure!(left == right.map(|emoji| emoji.symbol), "the emojis differ");
    // First one screen, then the other, as a person does. At the very same moment the new device may ask
    // for the secrets before the old one has finished trusting it, and the SDK does not ask again.
    theirs.confirm().await.context("confirming on the old device")?;
    tokio::time::sleep(BETWEEN_SCREENS).await;
    ours.confirm().await.context("confirming on the new device")?;
    let ended = until("both sides to be done", || async {
        match (ours.state(), theirs.state()) {
            (SasState::Done { .. }, SasState::Done { .. }) => Ok(None),
            (SasState::Cancelled(why), _) | (_, SasState::Cancelled(why)) => Ok(Some(why)),
            (a, b) => Err(format!("{a:?} / {b:?}")),
        }
    });
    match ended.await? {
        None => Ok(()),
        Some(why) => bail!("cancelled: {}", why.reason()),
    }
}

/// The device is signed by its owner's self-signing key, as the server tells it to everybody.
///
/// # Errors
/// When the signature does not come.
pub async fn cross_signed(device: &Device) -> Result<()> {
    until("the device to be signed by its owner", || async {
        match device.client.encryption().get_own_device().await {
            Ok(Some(own)) if own.is_cross_signed_by_owner() => Ok(()),
            Ok(Some(_)) => Err("not signed".to_owned()),
            other => Err(format!("{other:?}")),
        }
    })
    .await
}

/// The verified device receives the private cross-signing keys from the old one.
///
/// # Errors
/// When they do not come.
pub async fn secrets_arrive(device: &Device) -> Result<()> {
    until("the private cross-signing keys by secret sharing", || async {
        match device.client.encryption().cross_signing_status().await {
            Some(status) if status.is_complete() => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await
}
