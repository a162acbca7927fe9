//! A person with matrix-rust-sdk, led line by line: for tests in which somebody else's client is on the other side.
//!
//! Says on standard output `ready`, `read TEXT`, `pictures A B C …`, `verified`, `sent`, `ended WHY`; listens on
//! standard input for `say TEXT`, `same` (the pictures are the same) and `verify USER`.
#![recursion_limit = "512"]
use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use clap::Parser;
use matrix_sdk::{
    Client, Room,
    config::SyncSettings,
    encryption::{
        EncryptionSettings,
        verification::{
            SasState, SasVerification, Verification, VerificationRequest, VerificationRequestState,
        },
    },
    ruma::{
        UserId,
        events::{
            key::verification::request::ToDeviceKeyVerificationRequestEvent,
            room::{
                member::StrippedRoomMemberEvent,
                message::{MessageType, OriginalSyncRoomMessageEvent, RoomMessageEventContent},
            },
        },
    },
};
use tokio::sync::{Notify, mpsc};

const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Parser)]
struct Options {
    /// Base URL of the server.
    #[arg(long)]
    url: String,
    #[arg(long)]
    user: String,
    #[arg(long)]
    password: String,
}

fn tell(line: impl std::fmt::Display) {
    println!("{line}");
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let store = tempfile::tempdir()?;
    let client = Client::builder()
        .homeserver_url(&options.url)
        .sqlite_store(store.path(), None)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            ..Default::default()
        })
        .build()
        .await?;
    let login = client.matrix_auth().login_username(&options.user, &options.password);
    login.initial_device_display_name("Companion").send().await.context("signing in")?;
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    let same = Arc::new(Notify::new());
    follow(&client, &same);
    client.sync_once(SyncSettings::default()).await?;
    tell("ready");
    let syncing = client.clone();
    tokio::spawn(async move { syncing.sync(SyncSettings::default()).await });
    listen(&client, &same).await?;
    // The SDK's background tasks panic when the runtime is dropped under them; leave without doing so.
    std::process::exit(0);
}

async fn listen(client: &Client, same: &Arc<Notify>) -> Result<()> {
    let (sender, mut lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        match line.split_once(' ').unwrap_or((line.as_str(), "")) {
            ("say", text) => {
                let rooms = client.joined_rooms();
                let room = rooms.first().context("in no room")?;
                room.send(RoomMessageEventContent::text_plain(text)).await?;
                tell("sent");
            }
            ("same", _) => same.notify_one(),
            ("verify", user) => {
                let user = UserId::parse(user)?;
                let identity =
                    client.encryption().request_user_identity(&user).await?.context("no identity")?;
                let request = identity.request_verification().await?;
                tokio::spawn(verify(request, Arc::clone(same)));
            }
            other => tell(format!("not understood: {other:?}")),
        }
    }
    Ok(())
}

fn follow(client: &Client, same: &Arc<Notify>) {
    client.add_event_handler(|event: StrippedRoomMemberEvent, room: Room, client: Client| async move {
        if client.user_id().is_some_and(|me| event.state_key == me) {
            tokio::spawn(async move { room.join().await });
        }
    });
    let for_rooms = Arc::clone(same);
    client.add_event_handler(move |event: OriginalSyncRoomMessageEvent, client: Client| {
        let same = Arc::clone(&for_rooms);
        async move {
            match &event.content.msgtype {
                MessageType::Text(text) if client.user_id() != Some(&event.sender) => {
                    tell(format!("read {}", text.body))
                }
                MessageType::VerificationRequest(_) => {
                    let found =
                        client.encryption().get_verification_request(&event.sender, &event.event_id).await;
                    if let Some(request) = found.filter(|one| !one.we_started()) {
                        tokio::spawn(verify(request, same));
                    }
                }
                _ => {}
            }
        }
    });
    let for_devices = Arc::clone(same);
    client.add_event_handler(move |event: ToDeviceKeyVerificationRequestEvent, client: Client| {
        let same = Arc::clone(&for_devices);
        async move {
            let id = event.content.transaction_id.as_str();
            if let Some(request) = client.encryption().get_verification_request(&event.sender, id).await {
                tokio::spawn(verify(request, same));
            }
        }
    });
}

async fn verify(request: VerificationRequest, same: Arc<Notify>) {
    if let Err(error) = verified(&request, &same).await {
        tell(format!("ended {error:#}"));
    }
}

async fn verified(request: &VerificationRequest, same: &Notify) -> Result<()> {
    if !request.we_started() {
        request.accept().await?;
    }
    let sas = loop {
        match request.state() {
            VerificationRequestState::Transitioned { verification: Verification::SasV1(sas) } => break sas,
            VerificationRequestState::Cancelled(why) => anyhow::bail!("{}", why.reason()),
            _ => tokio::time::sleep(LOOK).await,
        }
    };
    if !sas.we_started() {
        sas.accept().await?;
    }
    compare(&sas, same).await
}

async fn compare(sas: &SasVerification, same: &Notify) -> Result<()> {
    let mut shown = false;
    loop {
        match sas.state() {
            SasState::Done { .. } => {
                tell("verified");
                return Ok(());
            }
            SasState::Cancelled(why) => anyhow::bail!("{}", why.reason()),
            _ => {}
        }
        if let Some(emoji) = sas.emoji().filter(|_| !shown) {
            shown = true;
            tell(format!("pictures {}", emoji.map(|one| one.symbol).join(" ")));
            same.notified().await;
            sas.confirm().await?;
        }
        tokio::time::sleep(LOOK).await;
    }
}
