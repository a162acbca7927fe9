//! Telling those who share rooms with a user that the user's devices or keys changed: their long polls wait for
//! their rooms, and the change happened to a user. Specification: Client-Server API, "Tracking the device list for
//! a user".

use alphorn_model::{
    Aggregate, Fact, Record,
    fact::{AccountFact, KeysFact},
};
use alphorn_store::Membership;

use crate::{Engine, Key};

impl Engine {
    /// Wakes the rooms of a user whose devices or keys this record changed.
    pub(crate) async fn wake_room_mates(&self, record: &Record) {
        let Aggregate::User(user) = &record.aggregate else { return };
        if !record.facts.iter().any(changes_device_list) {
            return;
        }
        let user = user.clone();
        match self.read(move |reader| Ok(reader.room_ids_of(&user, Membership::Join)?)).await {
            Ok(rooms) => rooms.iter().for_each(|room| self.wake().wake(&Key::room(room))),
            // They hear of it with whatever wakes them next.
            Err(error) => tracing::warn!(%error, "could not wake those who share rooms with a user"),
        }
    }
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
