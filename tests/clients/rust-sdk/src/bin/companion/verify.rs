//! Verifications: asked for here or by the other side, by pictures or by a code. One at a time.
use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use matrix_sdk::{
    Client,
    encryption::verification::{
        QrVerificationData, QrVerificationState, SasState, Verification, VerificationRequest,
        VerificationRequestState,
    },
    ruma::{
        UserId,
        events::{
            key::verification::{VerificationMethod, request::ToDeviceKeyVerificationRequestEvent},
            room::message::{MessageType, OriginalSyncRoomMessageEvent},
        },
    },
};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{place::wait, tell};

const LOOK: Duration = Duration::from_millis(100);

/// The verification that is under way.
#[derive(Clone)]
pub struct Verifying(Arc<Mutex<Option<VerificationRequest>>>);

fn methods() -> Vec<VerificationMethod> {
    vec![
        VerificationMethod::SasV1,
        VerificationMethod::QrCodeShowV1,
        VerificationMethod::QrCodeScanV1,
        VerificationMethod::ReciprocateV1,
    ]
}

impl Verifying {
    /// Accepts whatever is asked for, by other devices or in a room.
    pub fn follow(client: &Client) -> Self {
        let this = Self(Arc::default());
        let for_devices = this.clone();
        client.add_event_handler(move |event: ToDeviceKeyVerificationRequestEvent, client: Client| {
            let this = for_devices.clone();
            async move { this.came(&client, &event.sender, event.content.transaction_id.as_str()).await }
        });
        let for_rooms = this.clone();
        client.add_event_handler(move |event: OriginalSyncRoomMessageEvent, client: Client| {
            let this = for_rooms.clone();
            async move {
                if matches!(event.content.msgtype, MessageType::VerificationRequest(_)) {
                    this.came(&client, &event.sender, event.event_id.as_str()).await;
                }
            }
        });
        this
    }

    async fn came(&self, client: &Client, sender: &UserId, flow: &str) {
        let Some(request) = client.encryption().get_verification_request(sender, flow).await else { return };
        if request.we_started() || request.is_done() || request.is_cancelled() {
            return;
        }
        tell(&json!({ "tell": "asked", "by": sender }));
        if let Err(error) = request.accept_with_methods(methods()).await {
            tell(&json!({ "tell": "ended", "why": error.to_string() }));
        }
        self.take(request).await;
    }

    async fn take(&self, request: VerificationRequest) {
        *self.0.lock().await = Some(request.clone());
        tokio::spawn(watch(request));
    }

    async fn request(&self) -> Result<VerificationRequest> {
        self.0.lock().await.clone().context("no verification is under way")
    }

    /// Asks a person, or the person's own other devices.
    pub async fn ask(&self, client: &Client, user: &UserId) -> Result<Value> {
        let identity = client.encryption().request_user_identity(user).await?.context("no identity")?;
        self.take(identity.request_verification_with_methods(methods()).await?).await;
        Ok(Value::Null)
    }

    /// Begins to compare pictures.
    pub async fn compare(&self) -> Result<Value> {
        self.request().await?.start_sas().await?.context("not ready")?;
        Ok(Value::Null)
    }

    /// The bytes of the code that this device shows.
    pub async fn show_code(&self) -> Result<Value> {
        let request = self.request().await?;
        wait("the other side to be ready", || async { request.is_ready().then_some(()) }).await?;
        let code = request.generate_qr_code().await?.context("the other side cannot scan")?;
        Ok(json!({ "code": BASE64_STANDARD.encode(code.to_bytes()?) }))
    }

    /// What the camera saw.
    pub async fn scan(&self, code: &str) -> Result<Value> {
        let data = QrVerificationData::from_bytes(BASE64_STANDARD.decode(code)?)?;
        self.request().await?.scan_qr_code(data).await?.context("not ready")?;
        Ok(Value::Null)
    }

    /// The pictures are the same; the other side has scanned.
    pub async fn same(&self) -> Result<Value> {
        match self.request().await?.state() {
            VerificationRequestState::Transitioned { verification: Verification::SasV1(sas) } => {
                sas.confirm().await?;
            }
            VerificationRequestState::Transitioned { verification: Verification::QrV1(code) } => {
                code.confirm().await?;
            }
            other => bail!("nothing to compare: {other:?}"),
        }
        Ok(Value::Null)
    }
}

/// Tells how a verification goes on, until it ends.
async fn watch(request: VerificationRequest) {
    let mut told = "";
    loop {
        let (now, line) = look(&request).await;
        if now != told && !now.is_empty() {
            told = now;
            tell(&line);
        }
        if matches!(now, "verified" | "ended") {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look(request: &VerificationRequest) -> (&'static str, Value) {
    match request.state() {
        VerificationRequestState::Ready { .. } => ("together", json!({ "tell": "together" })),
        VerificationRequestState::Done => ("verified", json!({ "tell": "verified" })),
        VerificationRequestState::Cancelled(why) => {
            ("ended", json!({ "tell": "ended", "why": why.reason() }))
        }
        VerificationRequestState::Transitioned { verification: Verification::SasV1(sas) } => {
            match sas.state() {
                SasState::Started { .. } if !sas.we_started() => {
                    // Accepting twice does nothing.
                    drop(sas.accept().await);
                    ("", Value::Null)
                }
                SasState::KeysExchanged { emojis: Some(emojis), .. } => {
                    let symbols = emojis.emojis.iter().map(|one| one.symbol).collect::<Vec<_>>();
                    ("pictures", json!({ "tell": "pictures", "symbols": symbols }))
                }
                SasState::Done { .. } => ("verified", json!({ "tell": "verified" })),
                SasState::Cancelled(why) => ("ended", json!({ "tell": "ended", "why": why.reason() })),
                _ => ("", Value::Null),
            }
        }
        VerificationRequestState::Transitioned { verification: Verification::QrV1(code) } => {
            match code.state() {
                QrVerificationState::Scanned => ("scanned", json!({ "tell": "scanned" })),
                QrVerificationState::Done { .. } => ("verified", json!({ "tell": "verified" })),
                QrVerificationState::Cancelled(why) => {
                    ("ended", json!({ "tell": "ended", "why": why.reason() }))
                }
                _ => ("", Value::Null),
            }
        }
        _ => ("", Value::Null),
    }
}
