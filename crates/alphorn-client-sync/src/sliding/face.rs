//! How a room presents itself: its name, its avatar, or those who are in it.
//! MSC4186, "Currently or previously joined rooms"; Client-Server API, "Calculating the display name for a room".

use std::collections::HashSet;

use alphorn_http::store::{ListedRoom, Membership, StoredEvent};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Built,
    answer::Builder,
    required_state::MEMBER,
    room::{Hero, Progress, RoomBody},
    state::StateNews,
};

/// Members named for a room without a name.
const HEROES_MAX: usize = 5;

#[derive(Default, Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Default, Deserialize)]
struct Pictured {
    url: Option<String>,
}

#[derive(Default, Deserialize)]
struct Profile {
    displayname: Option<String>,
    avatar_url: Option<String>,
}

impl Builder<'_> {
    /// Name, avatar, heroes, and whether it is a direct chat: all of them, or what changed.
    pub(super) fn put_face(
        &self,
        body: &mut RoomBody,
        room: &ListedRoom,
        state: &StateNews,
        progress: Progress<'_>,
    ) -> Built<()> {
        let whole = progress.whole;
        let heroes_due = whole || state.members_changed || state.name_changed;
        let name = if heroes_due { self.name(room.nid)? } else { None };
        if heroes_due && name.is_none() {
            body.heroes = Some(self.heroes(room.nid)?);
        }
        if state.name_changed || (whole && name.is_some()) {
            body.name = Some(name);
        }
        if whole || state.avatar_changed {
            let avatar = self.content::<Pictured>(room.nid, "m.room.avatar", "")?.url;
            if state.avatar_changed || avatar.is_some() {
                body.avatar = Some(avatar);
            }
        }
        let is_dm = self.is_direct(&room.room_id)?;
        if (whole && is_dm) || (!whole && self.directs()?.seq > progress.after.seq()) {
            body.is_dm = Some(is_dm);
        }
        Ok(())
    }

    fn name(&self, room: i64) -> Built<Option<String>> {
        let name = self.content::<Named>(room, "m.room.name", "")?.name;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// The content of a state event, if it has the right shape.
    fn content<T: DeserializeOwned + Default>(&self, room: i64, kind: &str, key: &str) -> Built<T> {
        match self.reader.state_event(room, kind, key)? {
            Some(event) => self.content_of(&event),
            None => Ok(T::default()),
        }
    }

    fn content_of<T: DeserializeOwned + Default>(&self, event: &StoredEvent) -> Built<T> {
        Ok(serde_json::from_str(self.view.content(event)?.get()).unwrap_or_default())
    }

    fn heroes(&self, room: i64) -> Built<Vec<Hero>> {
        for group in [&[Membership::Join, Membership::Invite][..], &[Membership::Leave, Membership::Ban]] {
            let mut members = Vec::new();
            for membership in group {
                members.extend(self.reader.members_as(room, *membership, HEROES_MAX + 1)?);
            }
            members.retain(|member| member.user != self.user());
            if members.is_empty() {
                continue;
            }
            members.sort_by_key(|member| member.position);
            members.truncate(HEROES_MAX);
            let hero = |user: String| {
                let profile: Profile = self.content(room, MEMBER, &user)?;
                let Profile { displayname, avatar_url } = profile;
                Ok(Hero { user_id: user, displayname, avatar_url })
            };
            return members.into_iter().map(|member| hero(member.user)).collect();
        }
        Ok(Vec::new())
    }

    /// Whether the user says that a room is a direct chat. Client-Server API, "Direct Messaging".
    pub(super) fn is_direct(&self, room_id: &str) -> Built<bool> {
        Ok(self.directs()?.rooms.contains(room_id))
    }

    fn directs(&self) -> Built<&Directs> {
        if let Some(directs) = self.directs.get() {
            return Ok(directs);
        }
        let stored = self.reader.account_datum(self.user(), "", "m.direct")?;
        let seq = self.reader.account_datum_seq(self.user(), "", "m.direct")?;
        let rooms = stored.map(|content| direct_rooms(content.get())).unwrap_or_default();
        Ok(self.directs.get_or_init(|| Directs { seq, rooms }))
    }
}

/// The rooms that the user's account data names as direct chats.
pub(super) struct Directs {
    seq: u64,
    rooms: HashSet<String>,
}

fn direct_rooms(content: &str) -> HashSet<String> {
    use std::collections::HashMap;
    let by_user: HashMap<String, serde_json::Value> = serde_json::from_str(content).unwrap_or_default();
    let rooms = by_user.into_values().filter_map(|rooms| serde_json::from_value::<Vec<String>>(rooms).ok());
    rooms.flatten().collect()
}
