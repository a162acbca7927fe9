//! One logged-in device as Element X builds it: SQLite stores, discovered sliding sync, `SyncService`.
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use eyeball::Subscriber;
use matrix_sdk::{
    Client, Room, RoomState, ThreadingSupport,
    authentication::matrix::MatrixSession,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
    ruma::{OwnedUserId, RoomId},
    sliding_sync::VersionBuilder,
};
use matrix_sdk_ui::{
    room_list_service::RoomListLoadingState,
    sync_service::{State, SyncService},
    timeline::{RoomExt, Timeline, TimelineReadReceiptTracking},
};

use crate::wait::until;

/// Where the server is and where devices keep their stores.
#[derive(Debug, Clone)]
pub struct Site {
    /// Base URL of the server under test.
    pub url: String,
    /// Folder for the stores of all devices of this run.
    pub stores: PathBuf,
}

/// A registered user, as far as a login form needs it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Local part of the user id.
    pub name: String,
    /// Password in clear.
    pub password: String,
    /// Full user id as the server named it.
    pub user_id: OwnedUserId,
}

/// A client that is logged in and syncing.
pub struct Device {
    /// The SDK's client.
    pub client: Client,
    /// Room list and encryption sync, both by sliding sync.
    pub sync: SyncService,
    store: PathBuf,
    troubles: Arc<Mutex<Vec<String>>>,
}

/// Builds a client that has to find out by itself that the server speaks sliding sync.
///
/// # Errors
/// When the server is not reachable or does not advertise native sliding sync.
pub async fn build_client(site: &Site, store: &Path) -> Result<Client> {
    Client::builder()
        .server_name_or_homeserver_url(&site.url)
        .sliding_sync_version_builder(VersionBuilder::DiscoverNative)
        .sqlite_store(store, None)
        .handle_refresh_tokens()
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: false,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: false,
        })
        .with_threading_support(ThreadingSupport::Enabled { with_subscriptions: true })
        .build()
        .await
        .with_context(|| format!("building a client for {}", site.url))
}

impl Device {
    /// Logs in by password on a new device and starts syncing.
    ///
    /// # Errors
    /// When the login is refused or the first sync does not finish.
    pub async fn login(site: &Site, account: &Account, device: &str) -> Result<Self> {
        let store = site.stores.join(format!("{}-{device}", account.name));
        let client = build_client(site, &store).await?;
        client
            .matrix_auth()
            .login_username(&account.name, &account.password)
            .initial_device_display_name(device)
            .request_refresh_token()
            .send()
            .await
            .context("POST /login")?;
        client.encryption().wait_for_e2ee_initialization_tasks().await;
        Self::start(client, store).await
    }

    /// Stops this device and opens it again from its store, as after closing and opening the app.
    ///
    /// # Errors
    /// When the stored session cannot be used again.
    pub async fn reopen(site: &Site, store: &Path, session: MatrixSession) -> Result<Self> {
        let client = build_client(site, store).await?;
        client.restore_session(session).await.context("restoring the session")?;
        Self::start(client, store.to_owned()).await
    }

    async fn start(client: Client, store: PathBuf) -> Result<Self> {
        let sync = SyncService::builder(client.clone())
            .with_share_pos(true)
            .with_offline_mode()
            .build()
            .await
            .context("building the sync service")?;
        sync.start().await;
        let troubles = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(note_troubles(sync.state(), Arc::clone(&troubles)));
        let device = Self { client, sync, store, troubles };
        device.room_list_loaded().await?;
        Ok(device)
    }

    async fn room_list_loaded(&self) -> Result<()> {
        let rooms = self.sync.room_list_service().all_rooms().await?;
        until("the room list to be loaded by sliding sync", || async {
            match (self.sync.state().get(), rooms.loading_state().get()) {
                (State::Running, RoomListLoadingState::Loaded { .. }) => Ok(()),
                (state, loading) => Err(format!("sync service {state:?}, room list {loading:?}")),
            }
        })
        .await
    }

    /// Ends syncing and hands back what is needed to open the device again.
    ///
    /// # Errors
    /// When there is no session.
    pub async fn close(self) -> Result<(PathBuf, MatrixSession)> {
        self.sync.stop().await;
        let session = self.client.matrix_auth().session().ok_or_else(|| anyhow!("no session"))?;
        Ok((self.store, session))
    }

    /// A room once sliding sync has brought it with the wanted membership.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn room(&self, room_id: &RoomId, wanted: RoomState) -> Result<Room> {
        until(&format!("{room_id} to be {wanted:?} by sliding sync"), || async {
            match self.client.get_room(room_id) {
                Some(room) if room.state() == wanted => Ok(room),
                Some(room) => Err(format!("membership {:?}", room.state())),
                None => Err("the room is unknown".to_owned()),
            }
        })
        .await
    }

    /// Opens a room on the screen: subscribes to it and builds its timeline.
    ///
    /// # Errors
    /// When the room is not joined or the timeline cannot be built.
    pub async fn open(&self, room_id: &RoomId) -> Result<Timeline> {
        let room = self.room(room_id, RoomState::Joined).await?;
        self.sync.room_list_service().subscribe_to_rooms(&[room_id]).await;
        room.timeline_builder()
            .track_read_marker_and_receipts(TimelineReadReceiptTracking::AllEvents)
            .build()
            .await
            .context("building the timeline")
    }

    /// Fails unless the sync service runs and has run all the time: a refused request would have stopped it.
    ///
    /// # Errors
    /// With the states it was in instead.
    pub fn still_syncing(&self) -> Result<()> {
        let troubles = self.troubles.lock().map_err(|_| anyhow!("poisoned"))?;
        ensure!(troubles.is_empty(), "the sync service was in other states: {troubles:?}");
        match self.sync.state().get() {
            State::Running => Ok(()),
            other => bail!("the sync service is {other:?}"),
        }
    }

    /// Forgets an interruption that was made on purpose.
    ///
    /// # Errors
    /// When the list of troubles cannot be had.
    pub fn forgive(&self) -> Result<()> {
        self.troubles.lock().map_err(|_| anyhow!("poisoned"))?.clear();
        Ok(())
    }
}

async fn note_troubles(mut states: Subscriber<State>, troubles: Arc<Mutex<Vec<String>>>) {
    while let Some(state) = states.next().await {
        if !matches!(state, State::Running)
            && let Ok(mut troubles) = troubles.lock()
        {
            troubles.push(format!("{state:?}"));
        }
    }
}
