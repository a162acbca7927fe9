//! Waking whoever waits for news: long polls and streams wait for a user and for rooms, and nobody
//! polls the store.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use alphorn_model::{
    Aggregate, Fact, Record, Seq,
    fact::{AccountFact, KeysFact, LogFact, RoomFact},
};
use alphorn_store::Observer;
use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;

use crate::epochs::Epochs;

/// What one can wait for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Something in a room.
    Room(Arc<str>),
    /// Something of a user: account data, messages to devices, memberships.
    User(Arc<str>),
    /// The bytes of a piece of media, by its id.
    Media(Arc<str>),
}

impl Key {
    /// A room's key.
    #[must_use]
    pub fn room(id: &str) -> Self {
        Self::Room(id.into())
    }

    /// A user's key.
    #[must_use]
    pub fn user(id: &str) -> Self {
        Self::User(id.into())
    }

    /// The key of a piece of media.
    #[must_use]
    pub fn media(id: &str) -> Self {
        Self::Media(id.into())
    }
}

type Listeners = HashMap<Key, HashMap<u64, Arc<Notify>>>;
type Hook = Box<dyn Fn(&Record) + Send + Sync>;

/// The waiting list, and how far the store has applied the log.
#[derive(Default)]
pub struct Wake {
    applied: AtomicU64,
    next: AtomicU64,
    listeners: Mutex<Listeners>,
    hooks: RwLock<Vec<Hook>>,
    epochs: Epochs,
    followers: Notify,
}

/// A place on the waiting list; dropping it gives it up.
pub struct Waiting {
    wake: Arc<Wake>,
    id: u64,
    keys: Vec<Key>,
    notify: Arc<Notify>,
}

impl Waiting {
    /// Waits until something happened since the place was taken or this was last awaited.
    pub async fn news(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut listeners = self.wake.listeners.lock();
        for key in &self.keys {
            if let Some(places) = listeners.get_mut(key) {
                places.remove(&self.id);
                if places.is_empty() {
                    listeners.remove(key);
                }
            }
        }
    }
}

impl Wake {
    /// The last record that the store has applied.
    #[must_use]
    pub fn applied(&self) -> Seq {
        self.applied.load(Ordering::Acquire)
    }

    /// Tells how far the store is when it is opened.
    pub fn set_applied(&self, seq: Seq) {
        self.applied.store(seq, Ordering::Release);
    }

    /// The log's epochs.
    #[must_use]
    pub const fn epochs(&self) -> &Epochs {
        &self.epochs
    }

    /// Takes a place on the waiting list. Take it BEFORE looking at the store: then nothing is missed.
    #[must_use]
    pub fn wait_for(self: &Arc<Self>, keys: Vec<Key>) -> Waiting {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let notify = Arc::new(Notify::new());
        let mut listeners = self.listeners.lock();
        let keys = keys.into_iter().map(|key| {
            // Those who wait for the same share its name: many wait for many rooms each.
            let key = listeners.get_key_value(&key).map_or(key, |(known, _)| known.clone());
            listeners.entry(key.clone()).or_default().insert(id, Arc::clone(&notify));
            key
        });
        let keys = keys.collect();
        drop(listeners);
        Waiting { wake: Arc::clone(self), id, keys, notify }
    }

    /// Wakes everyone who waits for `key`.
    pub fn wake(&self, key: &Key) {
        if let Some(places) = self.listeners.lock().get(key) {
            places.values().for_each(|notify| notify.notify_one());
        }
    }

    /// Runs `hook` for every applied record, in the writer's thread: it must be quick.
    pub fn on_record(&self, hook: impl Fn(&Record) + Send + Sync + 'static) {
        self.hooks.write().push(Box::new(hook));
    }

    /// Waits until records after `seq` are applied: for followers of the log.
    pub async fn past(&self, seq: Seq) {
        loop {
            let notified = self.followers.notified();
            if self.applied() > seq {
                return;
            }
            notified.await;
        }
    }

    /// How many places are taken.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.listeners.lock().values().map(HashMap::len).sum()
    }

    fn wake_for(&self, record: &Record) {
        match &record.aggregate {
            // What is taken out of a room is no news in it.
            Aggregate::Room(_) if record.facts.iter().all(is_removal) => {}
            Aggregate::Room(id) => self.wake(&Key::room(id)),
            Aggregate::User(id) => self.wake(&Key::user(id)),
            Aggregate::Media(id) => self.wake(&Key::media(id)),
            _ => {}
        }
        for fact in &record.facts {
            match fact {
                Fact::Room(RoomFact::Event(event)) => {
                    // Only memberships name somebody who may not be waiting for the room yet.
                    if event.pdu.get().contains("\"m.room.member\"")
                        && let Some(target) = state_key(event.pdu.get())
                    {
                        self.wake(&Key::user(&target));
                    }
                }
                Fact::Account(AccountFact::ReceiptMoved { room, .. }) => self.wake(&Key::room(room.as_str())),
                Fact::Keys(KeysFact::ToDeviceSent { messages, .. }) => {
                    for message in messages {
                        self.wake(&Key::user(message.user.as_str()));
                    }
                }
                _ => {}
            }
        }
    }
}

const fn is_removal(fact: &Fact) -> bool {
    matches!(fact, Fact::Room(RoomFact::Expired { .. } | RoomFact::PurgeEnded {}))
}

fn state_key(pdu: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(default)]
        state_key: Option<String>,
    }
    serde_json::from_str::<Head>(pdu).ok()?.state_key
}

impl Observer for Wake {
    fn applied(&self, records: &[(Seq, Arc<Record>)], upto: Seq) {
        // First: with the number, whoever sees the first record of an epoch knows of it.
        for (seq, record) in records {
            for fact in &record.facts {
                if let Fact::Log(LogFact::EpochBegan { epoch, .. }) = fact {
                    self.epochs.began(*epoch, *seq);
                }
            }
        }
        self.applied.store(upto, Ordering::Release);
        for (_, record) in records {
            self.hooks.read().iter().for_each(|hook| hook(record));
            self.wake_for(record);
        }
        self.followers.notify_waiters();
    }
}
