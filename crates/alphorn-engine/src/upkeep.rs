//! What has to be done without a request: ending typing, noticing who went away, telling rooms of
//! changed accounts.

use std::time::Duration;

use alphorn_store::Membership;

use crate::{Engine, Key};

/// How often typing is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How many of these pass between looks at presence.
const PRESENCE_EVERY: u32 = 10;

impl Engine {
    /// Does what has to be done from time to time, until it is dropped. The binary runs it once.
    pub async fn upkeep(self) {
        tokio::join!(self.tick(), self.follow_up(), self.follow_device_news(), self.empty_closed_rooms());
    }

    async fn tick(&self) {
        let mut ticks = 0_u32;
        let mut interval = tokio::time::interval(EVERY);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            let now = self.now_ms();
            self.ephemera().expire_typing(now);
            ticks = ticks.wrapping_add(1);
            if ticks.is_multiple_of(PRESENCE_EVERY) {
                for user in self.ephemera().settle_presence(now) {
                    self.wake_rooms_of(user).await;
                }
            }
        }
    }

    /// Wakes everybody who shares a room with a user: something of the user changed that is not in the log
    /// of those rooms.
    pub async fn wake_rooms_of(&self, user: String) {
        self.wake().wake(&Key::user(&user));
        match self.read(move |reader| Ok(reader.room_ids_of(&user, Membership::Join)?)).await {
            Ok(rooms) => rooms.iter().for_each(|room| self.wake().wake(&Key::room(room))),
            Err(error) => tracing::warn!(%error, "others are not told of a change"),
        }
    }
}
