//! Extensions: messages to the device, keys, account data, receipts, typing.
//! MSC3884, MSC3885, MSC3959, MSC3960, MSC3961.

use std::collections::{BTreeMap, HashMap, HashSet};

use alphorn_http::{
    model::{Refusal, Seq, SyncToken},
    store::{AccountDatum, Membership},
};
use serde_json::{Map, Value, json};

use super::{
    Built,
    answer::Builder,
    connection::{Changes, Covered},
    lists::Shown,
    request::{Scoped, ToDevice},
};
use crate::{ephemeral, to_device};

/// Messages to a device in one answer.
const MESSAGES_MAX: u64 = 100;

/// Receipts looked at in a room that is new to the client.
const RECEIPTS_LOOKED_AT_MAX: usize = 100;

/// A room in a window, as this answer tells of it.
pub(super) struct Told<'a> {
    pub(super) shown: &'a Shown,
    /// Everything is told.
    pub(super) whole: bool,
    /// The events in its timeline.
    pub(super) event_ids: Vec<String>,
}

/// From when on an extension tells of a room.
enum From {
    /// Everything.
    Start,
    /// What came after the last answer.
    LastAnswer,
    /// What came after this record, when the room was in a window for the last time.
    Since(Seq),
}

impl Builder<'_> {
    /// All extensions that are on, and whether they say anything new.
    pub(super) fn extensions(
        &self,
        told: &[Told<'_>],
        changes: &mut Changes,
    ) -> Built<(Map<String, Value>, bool)> {
        let wanted = &self.wanted.extensions;
        let mut out = Map::new();
        let mut news = false;
        if let Some(extension) = &wanted.to_device {
            news |= self.put_to_device(&mut out, extension)?;
        }
        if wanted.e2ee.is_some() {
            news |= self.put_e2ee(&mut out)?;
        }
        if let Some(scope) = &wanted.account_data {
            let told = self.in_scope(told, scope);
            news |= self.put_account_data(&mut out, &told)?;
            changes.account_data = self.cover(&self.known.account_data, scope, &told);
        }
        if let Some(scope) = &wanted.receipts {
            let told = self.in_scope(told, scope);
            let rooms = self.receipts(&told)?;
            news |= !rooms.is_empty();
            out.insert("receipts".to_owned(), json!({ "rooms": rooms }));
            changes.receipts = self.cover(&self.known.receipts, scope, &told);
        }
        if let Some(scope) = &wanted.typing {
            let told = self.in_scope(told, scope);
            let rooms = self.typing(&told);
            news |= !rooms.is_empty();
            out.insert("typing".to_owned(), json!({ "rooms": rooms }));
            changes.typing = self.cover(&self.known.typing, scope, &told);
        }
        Ok((out, news))
    }

    fn put_to_device(&self, out: &mut Map<String, Value>, extension: &ToDevice) -> Built<bool> {
        let limit = extension.limit.unwrap_or(MESSAGES_MAX).clamp(1, MESSAGES_MAX);
        let limit = usize::try_from(limit).unwrap_or(1);
        // A token of another epoch, or from the future (the store was restored from a backup), says
        // nothing of what waits here: better twice than never.
        let known = |token: &SyncToken| token.epoch == self.engine.epoch() && token.seq <= self.upto;
        let since = extension.since()?.map(|since| self.engine.translate(since)).filter(known);
        let waiting =
            to_device::waiting(self.reader, self.user(), &self.wanted.device, since, self.upto, limit)?;
        // It names a record only: it outlives connections and restarts.
        let token = SyncToken { epoch: self.engine.epoch(), seq: waiting.upto, node: 0, ephemeral: 0 };
        let news = !waiting.events.is_empty();
        let answer = json!({ "next_batch": token.to_string(), "events": waiting.events });
        out.insert("to_device".to_owned(), answer);
        Ok(news)
    }

    fn put_e2ee(&self, out: &mut Map<String, Value>) -> Built<bool> {
        let (counts, fallback) = to_device::key_counts(self.reader, self.user(), &self.wanted.device)?;
        let mut e2ee =
            json!({ "device_one_time_keys_count": counts, "device_unused_fallback_key_types": fallback });
        let mut news = false;
        if !self.first {
            let (changed, left) =
                crate::classic::device_changes(self.reader, self.user(), self.known.seq, self.upto)?;
            if !changed.is_empty() || !left.is_empty() {
                e2ee["device_lists"] = json!({ "changed": changed, "left": left });
                news = true;
            }
        }
        out.insert("e2ee".to_owned(), e2ee);
        Ok(news)
    }

    fn put_account_data(&self, out: &mut Map<String, Value>, told: &[&Told<'_>]) -> Built<bool> {
        let begins = self.known.account_data == Covered::Nothing;
        let changes = if self.first {
            Vec::new()
        } else {
            self.reader.account_data_changes(self.user(), self.known.seq, self.upto)?
        };
        let (global, changes): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|datum| datum.room.is_empty());
        let global = if begins { self.all_global_account_data()? } else { events(global) };
        let mut changed: HashMap<String, Vec<AccountDatum>> = HashMap::new();
        for datum in changes {
            changed.entry(datum.room.clone()).or_default().push(datum);
        }
        let mut rooms = BTreeMap::new();
        for told in told {
            let id = &told.shown.room.room_id;
            let data = match self.from(&self.known.account_data, told) {
                From::LastAnswer => changed.remove(id).unwrap_or_default(),
                From::Start => self.reader.account_data_of_room(self.user(), id)?,
                From::Since(seq) => {
                    let mut data = self.reader.account_data_of_room(self.user(), id)?;
                    data.retain(|datum| datum.seq > seq);
                    data
                }
            };
            if !data.is_empty() {
                rooms.insert(id.clone(), events(data));
            }
        }
        // A connection that begins is answered anyway.
        let news = !global.is_empty() || !rooms.is_empty();
        out.insert("account_data".to_owned(), json!({ "global": global, "rooms": rooms }));
        Ok(news)
    }

    /// Push rules are there from the beginning, although nothing was stored yet.
    fn all_global_account_data(&self) -> Built<Vec<Value>> {
        let data = self.reader.account_data_of_room(self.user(), "")?;
        let has_rules = data.iter().any(|datum| datum.kind == "m.push_rules");
        let mut events = events(data);
        if !has_rules {
            let (_, rules) = self.engine.unread().rules(self.reader, &self.wanted.user)?;
            events.push(json!({ "type": "m.push_rules", "content": { "global": &*rules } }));
        }
        Ok(events)
    }

    fn receipts(&self, told: &[&Told<'_>]) -> Built<BTreeMap<String, Value>> {
        let mut rooms = BTreeMap::new();
        for told in told.iter().filter(|told| told.shown.room.membership == Membership::Join) {
            let room = &told.shown.room;
            let content = match self.from(&self.known.receipts, told) {
                From::Start => self.first_receipts(told)?,
                From::LastAnswer => {
                    let quiet = self.moved.as_ref().is_some_and(|moved| !moved.rooms.contains(&room.room_id));
                    if quiet {
                        continue;
                    }
                    ephemeral::receipts(self.reader, room.nid, self.user(), self.known.seq, self.upto)?
                }
                From::Since(seq) => ephemeral::receipts(self.reader, room.nid, self.user(), seq, self.upto)?,
            };
            if let Some(content) = content {
                rooms.insert(room.room_id.clone(), json!({ "type": "m.receipt", "content": content }));
            }
        }
        Ok(rooms)
    }

    /// Receipts of a room that is new to the client: those of the events it sees, and the user's own.
    fn first_receipts(&self, told: &Told<'_>) -> Built<Option<Value>> {
        let room = told.shown.room.nid;
        let mut receipts = self.reader.receipt_changes(room, 0, self.upto, RECEIPTS_LOOKED_AT_MAX)?;
        receipts.retain(|receipt| receipt.user != self.user() && told.event_ids.contains(&receipt.event_id));
        receipts.extend(self.reader.receipts_of(room, self.user())?);
        Ok(ephemeral::receipt_content(receipts, self.user()))
    }

    fn typing(&self, told: &[&Told<'_>]) -> BTreeMap<String, Value> {
        let mut rooms = BTreeMap::new();
        for told in told.iter().filter(|told| told.shown.room.membership == Membership::Join) {
            let since = match self.from(&self.known.typing, told) {
                From::Start => None,
                From::LastAnswer => Some(self.known.ephemeral),
                // Nobody knows who was typing then: say who is now.
                From::Since(_) => Some(0),
            };
            if let Some(content) = ephemeral::typing(self.engine, &told.shown.room.room_id, since) {
                let event = json!({ "type": "m.typing", "content": content });
                rooms.insert(told.shown.room.room_id.clone(), event);
            }
        }
        rooms
    }

    /// The rooms that an extension is to tell of.
    fn in_scope<'a, 'b>(&self, told: &'a [Told<'b>], scope: &Scoped) -> Vec<&'a Told<'b>> {
        let all = scope.takes_all();
        let listed =
            |index: &usize| self.wanted.lists.get(*index).is_some_and(|list| scope.takes_list(&list.name));
        let takes = |shown: &Shown| {
            shown.lists.iter().any(listed) || (shown.subscribed && scope.takes_room(&shown.room.room_id))
        };
        told.iter().filter(|told| all || takes(told.shown)).collect()
    }

    fn from(&self, covered: &Covered, told: &Told<'_>) -> From {
        let room = told.shown.room.nid;
        let Some(sent) = self.known.rooms.get(&room).filter(|_| !told.whole && covered.has(room)) else {
            return From::Start;
        };
        sent.upto.map_or(From::LastAnswer, From::Since)
    }

    /// What an extension has covered with this answer.
    fn cover(&self, before: &Covered, scope: &Scoped, told: &[&Told<'_>]) -> Covered {
        let begins = *before == Covered::Nothing && self.known.rooms.is_empty();
        if scope.takes_all() && (begins || *before == Covered::Everything) {
            return Covered::Everything;
        }
        // Rooms outside all windows stay as they were; of those inside, what is in scope is covered.
        let mut rooms: HashSet<i64> = match before {
            Covered::Nothing => HashSet::new(),
            Covered::Everything => self.known.rooms.keys().copied().collect(),
            Covered::Rooms(rooms) => rooms.clone(),
        };
        rooms.retain(|room| self.known.rooms.get(room).is_some_and(|sent| sent.upto.is_some()));
        rooms.extend(told.iter().map(|told| told.shown.room.nid));
        Covered::Rooms(rooms)
    }
}

fn events(data: Vec<AccountDatum>) -> Vec<Value> {
    data.into_iter().map(|datum| json!({ "type": datum.kind, "content": datum.content })).collect()
}

impl ToDevice {
    /// Up to where the device has its messages.
    pub(super) fn since(&self) -> Result<Option<SyncToken>, Refusal> {
        self.since
            .as_deref()
            .map(|token| {
                SyncToken::parse(token)
                    .ok_or_else(|| Refusal::invalid_param("to_device.since is not a token of this server"))
            })
            .transpose()
    }
}
