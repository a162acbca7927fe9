//! One answer of classic sync, put together from one snapshot of the store.

use alphorn_http::{
    engine::{Engine, ignored_users, view::View},
    model::{Position, RawJson, Seq, SyncToken},
    store::{Member, Membership, Reader, StoreError},
};
use serde::Serialize;
use serde_json::{Value, json, value::to_raw_value};
use std::collections::{BTreeMap, HashSet};

use super::{Built, Wanted, clamp};
use crate::{ephemeral, presence, to_device};

/// A JSON object whose values are JSON text already: events are not parsed again on their way out.
pub(crate) type Body = BTreeMap<String, RawJson>;

/// An answer, and whether it says anything new.
pub(crate) struct Answer {
    pub(crate) json: String,
    pub(crate) empty: bool,
    pub(crate) seq: Seq,
    pub(crate) ephemeral: u64,
}

/// What all parts of an answer share.
pub(crate) struct Builder<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) reader: &'a Reader<'a>,
    pub(crate) wanted: &'a Wanted,
    pub(crate) view: View<'a>,
    /// The client's token; absent: an initial sync.
    pub(crate) since: Option<SyncToken>,
    /// The last record of this snapshot.
    pub(crate) upto: Seq,
    /// This node's ephemeral position as of the snapshot.
    pub(crate) ephemeral: u64,
    /// Whom the user ignores.
    pub(crate) ignored: HashSet<String>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(engine: &'a Engine, reader: &'a Reader<'a>, wanted: &'a Wanted) -> Built<Self> {
        let ephemeral = engine.ephemera().position();
        let upto = reader.applied()?;
        let since = clamp(wanted.since.map(|since| engine.translate(since)), engine.epoch(), upto);
        let view = View::new(reader, wanted.user.as_str(), &wanted.device, engine.now_ms());
        let ignored = ignored_users(reader, wanted.user.as_str())?;
        Ok(Self { engine, reader, wanted, view, since, upto, ephemeral, ignored })
    }

    /// The client has everything up to and including this position.
    pub(crate) fn after(&self) -> Position {
        self.since.map_or(Position::START, |token| Position::end_of(token.seq))
    }

    pub(crate) fn end(&self) -> Position {
        Position::end_of(self.upto)
    }

    pub(crate) fn user(&self) -> &str {
        self.wanted.user.as_str()
    }

    /// The ephemeral position that the client has, where it is one of this run of this node.
    pub(crate) fn ephemeral_since(&self) -> Option<u64> {
        self.since
            .filter(|token| token.node == self.engine.ephemera().node_run())
            .map(|token| token.ephemeral)
    }

    pub(crate) fn build(mut self) -> Built<Answer> {
        let mut body = Body::new();
        let applied = self.upto;
        // A client that begins has to be told where its rooms are now: it gets many more at once.
        let limit = to_device::MESSAGES_MAX * if self.since.is_some() { 1 } else { 100 };
        let (user, device) = (self.user(), &self.wanted.device);
        let to_device = to_device::waiting(self.reader, user, device, self.since, applied, limit)?;
        // Where only a part of the messages fits, the whole answer ends there: the rest comes next.
        self.upto = to_device.upto;
        let rooms = self.rooms()?;
        put(&mut body, "account_data", &self.account_data("", &self.wanted.filter.account_data)?)?;
        put(&mut body, "to_device", &to_device.events)?;
        if self.wanted.presence {
            put(&mut body, "presence", &presence::changes(&self)?)?;
        }
        let devices = self.device_lists()?;
        let empty = body.is_empty() && rooms.is_empty() && devices.is_none();
        if let Some(devices) = devices {
            body.insert("device_lists".to_owned(), raw(&devices)?);
        }
        self.key_counts(&mut body)?;
        if !rooms.is_empty() {
            body.insert("rooms".to_owned(), raw(&rooms)?);
        }
        let token = SyncToken {
            epoch: self.engine.epoch(),
            seq: self.upto,
            node: self.engine.ephemera().node_run(),
            ephemeral: self.ephemeral,
        };
        body.insert("next_batch".to_owned(), raw(&token.to_string())?);
        Ok(Answer { json: raw(&body)?.get().to_owned(), empty, seq: applied, ephemeral: self.ephemeral })
    }

    fn rooms(&self) -> Built<BTreeMap<&'static str, Body>> {
        let mut sections: [(&str, Body); 4] =
            ["join", "invite", "knock", "leave"].map(|name| (name, Body::new()));
        for member in self.reader.rooms_of(self.user())? {
            let Some((section, id, content)) = self.room(&member)? else { continue };
            if let Some((_, rooms)) = sections.iter_mut().find(|(name, _)| *name == section) {
                rooms.insert(id, content);
            }
        }
        Ok(sections.into_iter().filter(|(_, rooms)| !rooms.is_empty()).collect())
    }

    /// The section a room belongs to, its id, and what there is to say about it.
    fn room(&self, member: &Member) -> Built<Option<(&'static str, String, RawJson)>> {
        let new = member.position > self.after();
        if member.membership != Membership::Join && !new && !self.wanted.full_state {
            return Ok(None);
        }
        let Some(row) = self.reader.room_by_nid(member.room)? else { return Ok(None) };
        let filter = &self.wanted.filter.room;
        let named = filter.rooms.as_ref().is_none_or(|rooms| rooms.contains(&row.room_id));
        if !named || filter.not_rooms.contains(&row.room_id) {
            return Ok(None);
        }
        let content = match member.membership {
            Membership::Join => self.joined(&row, member)?.map(|content| ("join", content)),
            Membership::Invite => self.invited(&row, member)?.map(|content| ("invite", content)),
            Membership::Knock => self.knocked(&row, member)?.map(|content| ("knock", content)),
            Membership::Leave | Membership::Ban => self.left(&row, member)?.map(|content| ("leave", content)),
        };
        Ok(content.map(|(section, content)| (section, row.room_id, content)))
    }

    /// Account data, global or of a room, that the client does not have.
    pub(crate) fn account_data(
        &self,
        room: &str,
        filter: &alphorn_http::filter::EventFilter,
    ) -> Built<Vec<Value>> {
        let after = self.since.map_or(0, |token| token.seq);
        let data = if self.since.is_some() && room.is_empty() {
            self.reader.account_data_changes(self.user(), after, self.upto)?
        } else {
            self.reader.account_data_of_room(self.user(), room)?
        };
        let mut events: Vec<Value> = data
            .into_iter()
            .filter(|datum| datum.room == room && datum.seq > after && filter.takes(&datum.kind, self.user()))
            .map(|datum| json!({ "type": datum.kind, "content": datum.content }))
            .collect();
        if room.is_empty() && self.since.is_none() && filter.takes("m.push_rules", self.user()) {
            self.add_default_push_rules(&mut events)?;
        }
        Ok(events)
    }

    /// Push rules are there from the beginning, although nothing was stored yet.
    fn add_default_push_rules(&self, events: &mut Vec<Value>) -> Built<()> {
        if self.reader.account_datum_seq(self.user(), "", "m.push_rules")? == 0 {
            let (_, rules) = self.engine.unread().rules(self.reader, &self.wanted.user)?;
            events.push(json!({ "type": "m.push_rules", "content": { "global": &*rules } }));
        }
        Ok(())
    }

    /// Typing and receipts of a room.
    pub(crate) fn ephemeral_events(
        &self,
        room: &alphorn_http::store::RoomRow,
        whole: bool,
    ) -> Built<Vec<Value>> {
        let filter = &self.wanted.filter.room.ephemeral;
        if !filter.takes_room(&room.room_id) {
            return Ok(Vec::new());
        }
        let after = if whole { 0 } else { self.since.map_or(0, |token| token.seq) };
        let mut events = Vec::new();
        let receipts = ephemeral::receipts(self.reader, room.nid, self.user(), after, self.upto)?;
        events.extend(receipts.map(|content| json!({ "type": "m.receipt", "content": content })));
        let since = if whole { None } else { self.ephemeral_since() };
        let typing = ephemeral::typing(self.engine, &room.room_id, since);
        events.extend(typing.map(|content| json!({ "type": "m.typing", "content": content })));
        events.retain(|event| {
            event.get("type").and_then(Value::as_str).is_some_and(|kind| filter.event.takes(kind, ""))
        });
        Ok(events)
    }
}

/// Puts a list of events under a name, unless it is empty.
pub(crate) fn put(body: &mut Body, name: &str, events: &[impl Serialize]) -> Built<()> {
    if !events.is_empty() {
        body.insert(name.to_owned(), list(events)?);
    }
    Ok(())
}

/// `{"events": [...]}`.
pub(crate) fn list(events: &[impl Serialize]) -> Built<RawJson> {
    #[derive(Serialize)]
    struct Events<'a, T> {
        events: &'a [T],
    }
    raw(&Events { events })
}

/// JSON text of a value.
pub(crate) fn raw(value: &impl Serialize) -> Built<RawJson> {
    to_raw_value(value).map_err(|error| StoreError::Inconsistent(error.to_string()).into())
}
