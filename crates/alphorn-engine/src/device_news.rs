//! Telling those who share rooms with a user that the user's devices or keys changed: their long polls wait for
//! themselves, not for that user. Specification: Client-Server API, "Tracking the device list for a user".

use std::collections::BTreeSet;

use alphorn_model::{
    Aggregate, Fact,
    fact::{AccountFact, KeysFact},
};
use alphorn_store::{Membership, Reader, StoreError};
use tokio::sync::mpsc;

use crate::{Engine, Key};

/// Members of one room woken at most: the others hear of it with whatever wakes them next.
const WOKEN_MAX: usize = 1_000;

/// Changes whose room mates wait to be woken at most; those of further ones hear of it with whatever wakes them next.
const WAITING_MAX: usize = 10_000;

impl Engine {
    /// Wakes room mates for every record that changes somebody's devices or keys, whichever node wrote it.
    pub(crate) async fn follow_device_news(&self) {
        let (sender, mut changed) = mpsc::channel(WAITING_MAX);
        self.wake().on_record(move |record| {
            if let Aggregate::User(user) = &record.aggregate
                && record.facts.iter().any(changes_device_list)
            {
                let _full = sender.try_send(user.clone());
            }
        });
        while let Some(user) = changed.recv().await {
            self.wake_room_mates(user).await;
        }
    }

    /// Wakes those who share rooms with a user. They are woken one by one, because a client may wait for nothing but
    /// its keys and messages.
    async fn wake_room_mates(&self, user: String) {
        match self.read(move |reader| Ok(room_mates(reader, &user)?)).await {
            Ok(users) => users.iter().for_each(|user| self.wake().wake(&Key::user(user))),
            // They hear of it with whatever wakes them next.
            Err(error) => tracing::warn!(%error, "could not wake those who share rooms with a user"),
        }
    }
}

fn room_mates(reader: &Reader<'_>, user: &str) -> Result<BTreeSet<String>, StoreError> {
    let mut users = BTreeSet::new();
    for mine in reader.rooms_of_as(user, Membership::Join)? {
        let members = reader.members_as(mine.room, Membership::Join, WOKEN_MAX)?;
        users.extend(members.into_iter().map(|member| member.user));
    }
    Ok(users)
}

fn changes_device_list(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Keys(
            KeysFact::DeviceKeysUploaded { .. }
                | KeysFact::CrossSigningUploaded { .. }
                | KeysFact::SignatureUploaded { .. }
                | KeysFact::DeviceListChanged {}
                | KeysFact::DehydratedDeviceSet { .. }
        ) | Fact::Account(AccountFact::DeviceRenamed { .. } | AccountFact::DeviceDeleted { .. })
    )
}
