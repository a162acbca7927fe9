//! Rooms and threads as they stand on the screen: one timeline each, held while the program runs.
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use matrix_sdk::{
    Client, Room,
    config::SyncSettings,
    ruma::{OwnedEventId, OwnedRoomId, OwnedUserId, RoomId},
};
use matrix_sdk_ui::{
    room_list_service::RoomListLoadingState,
    sync_service::SyncService,
    timeline::{RoomExt, Timeline, TimelineFocus, TimelineReadReceiptTracking},
};
use tokio::sync::Mutex;

const PATIENCE: Duration = Duration::from_secs(45);
const LOOK: Duration = Duration::from_millis(100);

/// Where in a room: its main timeline, or the thread that begins with this event.
pub type Thread = Option<OwnedEventId>;

/// All rooms and threads that were looked at.
pub struct Places {
    client: Client,
    /// Sliding sync; the classic one without.
    sync: Option<Arc<SyncService>>,
    open: Mutex<HashMap<(OwnedRoomId, Thread), Arc<Timeline>>>,
    typing: Arc<Mutex<HashMap<OwnedRoomId, Vec<OwnedUserId>>>>,
}

impl Places {
    pub fn new(client: Client, sync: Option<Arc<SyncService>>) -> Self {
        Self { client, sync, open: Mutex::default(), typing: Arc::default() }
    }

    /// Waits until the list of rooms has come.
    pub async fn synced(&self) -> Result<()> {
        let Some(sync) = &self.sync else {
            self.client.sync_once(SyncSettings::default()).await?;
            let syncing = self.client.clone();
            tokio::spawn(async move { syncing.sync(SyncSettings::default()).await });
            return Ok(());
        };
        let rooms = sync.room_list_service().all_rooms().await?;
        wait("the list of rooms", || async {
            matches!(rooms.loading_state().get(), RoomListLoadingState::Loaded { .. }).then_some(())
        })
        .await
    }

    /// The room with this id, else the first one that the person is in; waits for it.
    pub async fn room(&self, id: Option<&RoomId>) -> Result<Room> {
        wait("a room", || async {
            let mut joined = self.client.joined_rooms().into_iter();
            joined.find(|room| id.is_none_or(|id| room.room_id() == id))
        })
        .await
    }

    /// The timeline of a room or of a thread in it.
    pub async fn timeline(&self, id: Option<&RoomId>, thread: Thread) -> Result<Arc<Timeline>> {
        let room = self.room(id).await?;
        let mut open = self.open.lock().await;
        let key = (room.room_id().to_owned(), thread.clone());
        if let Some(known) = open.get(&key)
            && !shows_twice(known).await
        {
            return Ok(Arc::clone(known));
        }
        if !open.keys().any(|(known, _)| *known == key.0) {
            if let Some(sync) = &self.sync {
                // These are then the only ones: who was left out would get one message at a time, and a gap before it.
                let rooms: BTreeSet<_> = open.keys().map(|(room, _)| room).chain([&key.0]).collect();
                let rooms: Vec<&RoomId> = rooms.into_iter().map(|room| &**room).collect();
                sync.room_list_service().subscribe_to_rooms(&rooms).await;
            }
            self.watch_typing(&room);
        }
        let focus = match thread {
            Some(root_event_id) => TimelineFocus::Thread { root_event_id },
            None => TimelineFocus::Live { hide_threaded_events: true },
        };
        let builder = room.timeline_builder().with_focus(focus);
        let tracked = builder.track_read_marker_and_receipts(TimelineReadReceiptTracking::AllEvents);
        let timeline = Arc::new(tracked.build().await.context("building the timeline")?);
        open.insert(key, Arc::clone(&timeline));
        Ok(timeline)
    }

    /// Who writes at the moment, as the server said last.
    pub async fn typing(&self, room: &RoomId) -> Vec<OwnedUserId> {
        self.typing.lock().await.get(room).cloned().unwrap_or_default()
    }

    fn watch_typing(&self, room: &Room) {
        let (guard, mut changes) = room.subscribe_to_typing_notifications();
        let (all, room) = (Arc::clone(&self.typing), room.room_id().to_owned());
        tokio::spawn(async move {
            let _guard = guard;
            while let Ok(people) = changes.recv().await {
                all.lock().await.insert(room.clone(), people);
            }
        });
    }
}

/// Whether an event stands in a timeline twice, whatever the server sent: the SDK's cache has each once. Its builder of
/// timelines listens for changes first and reads what is there afterwards (matrix-sdk-ui 0.18), so that what comes in between
/// is put in twice, and later changes go to wrong places.
async fn shows_twice(timeline: &Timeline) -> bool {
    let items = timeline.items().await;
    let events = items.iter().filter_map(|item| item.as_event()?.event_id());
    let mut seen = BTreeSet::new();
    events.into_iter().any(|event| !seen.insert(event))
}

/// Asks until there is an answer.
pub async fn wait<T, F: Future<Output = Option<T>>>(what: &str, mut probe: impl FnMut() -> F) -> Result<T> {
    let end = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe().await {
            return Ok(found);
        }
        if tokio::time::Instant::now() > end {
            bail!("waited in vain for {what}");
        }
        tokio::time::sleep(LOOK).await;
    }
}
