//! A person with matrix-rust-sdk and its UI crate, as Element X is built on them, led line by line: for tests in which
//! somebody else's client is on the other side.
//!
//! Standard input has one JSON object a line, `{"id": 1, "do": "say", …}` (see [`orders::Order`]); standard output
//! answers `{"id": 1, "ok": …}` or `{"id": 1, "error": "…"}`, and tells by itself `{"tell": "ready"}`, `pictures`,
//! `code`, `scanned`, `verified`, `ended`.
#![recursion_limit = "512"]
mod keys;
mod orders;
mod place;
mod seen;
mod verify;
mod write;

use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use matrix_sdk::{
    Client, Room, ThreadingSupport,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
    ruma::events::room::member::StrippedRoomMemberEvent,
    sliding_sync::VersionBuilder,
};
use matrix_sdk_base::crypto::{CollectStrategy, DecryptionSettings, TrustRequirement};
use matrix_sdk_ui::sync_service::SyncService;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{orders::Person, place::Places, verify::Verifying};

#[derive(Debug, Parser)]
struct Options {
    /// Base URL of the server.
    #[arg(long)]
    url: String,
    #[arg(long)]
    user: String,
    #[arg(long)]
    password: String,
    /// Takes and gives keys only from and to devices that their owners have confirmed.
    #[arg(long)]
    strict: bool,
    /// Syncs as older clients do. With sliding sync, the SDK answers a verification in a room only when the next sync for
    /// encryption begins, half a minute later.
    #[arg(long)]
    classic: bool,
}

/// One line on standard output.
fn tell(line: &Value) {
    println!("{line}");
}

async fn client(options: &Options, store: &std::path::Path) -> Result<Client> {
    let mut builder = Client::builder()
        .homeserver_url(&options.url)
        .sliding_sync_version_builder(VersionBuilder::DiscoverNative)
        .sqlite_store(store, None)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: false,
        })
        .with_enable_share_history_on_invite(true)
        .with_threading_support(ThreadingSupport::Enabled { with_subscriptions: false });
    if options.strict {
        let sender_device_trust_requirement = TrustRequirement::CrossSignedOrLegacy;
        builder = builder
            .with_room_key_recipient_strategy(CollectStrategy::IdentityBasedStrategy)
            .with_decryption_settings(DecryptionSettings { sender_device_trust_requirement });
    }
    let client = builder.build().await?;
    let login = client.matrix_auth().login_username(&options.user, &options.password);
    login.initial_device_display_name("Companion").send().await.context("signing in")?;
    client.encryption().wait_for_e2ee_initialization_tasks().await;
    Ok(client)
}

async fn sliding(client: &Client) -> Result<Arc<SyncService>> {
    let sync = Arc::new(SyncService::builder(client.clone()).with_offline_mode().build().await?);
    sync.start().await;
    Ok(sync)
}

/// Accepts every invitation.
fn join_all(client: &Client) {
    client.add_event_handler(|event: StrippedRoomMemberEvent, room: Room, client: Client| async move {
        if client.user_id().is_some_and(|me| event.state_key == me) {
            tokio::spawn(async move {
                if let Err(error) = room.join().await {
                    tell(&json!({ "tell": "not joined", "why": error.to_string() }));
                }
            });
        }
    });
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off")),
        )
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    let store = tempfile::tempdir()?;
    let client = client(&options, store.path()).await?;
    join_all(&client);
    let verifying = Verifying::follow(&client);
    let sync = if options.classic { None } else { Some(sliding(&client).await?) };
    let person = Person { places: Places::new(client.clone(), sync), client, verifying };
    person.places.synced().await?;
    tell(&json!({ "tell": "ready", "device": person.client.device_id(), "user": person.client.user_id() }));
    listen(Arc::new(person)).await;
    // The SDK's background tasks panic when the runtime is dropped under them; leave without doing so.
    std::process::exit(0);
}

/// Follows orders until standard input ends: beside each other, as some wait for what others bring about.
async fn listen(person: Arc<Person>) {
    let (sender, mut lines) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let person = Arc::clone(&person);
        tokio::spawn(async move {
            let (id, done) = orders::follow(&person, &line).await;
            tell(&match done {
                Ok(value) => json!({ "id": id, "ok": value }),
                Err(error) => json!({ "id": id, "error": format!("{error:#}") }),
            });
        });
    }
}
