//! Filters. Specification: Client-Server API, "Filtering", "Lazy-loading room members".

use std::collections::BTreeMap;

use alphorn_engine::{
    model::{RawJson, Refusal, RoomId, UserId},
    view::EventHead,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Names in one list of a filter at most.
const NAMES_MAX: usize = 1_000;

/// Events that a client gets at once at most, whatever its filter asks for.
pub const LIMIT_MAX: u64 = 1_000;

/// A sync filter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Which fields of events to include. Taken and ignored: clients get whole events.
    pub event_fields: Option<Vec<String>>,
    /// `client` or `federation`.
    pub event_format: Option<String>,
    /// Presence.
    pub presence: EventFilter,
    /// Global account data.
    pub account_data: EventFilter,
    /// Everything in rooms.
    pub room: RoomFilter,
}

/// A filter on events outside rooms.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EventFilter {
    /// Events at most.
    pub limit: Option<u64>,
    /// Only these senders.
    pub senders: Option<Vec<String>>,
    /// None of these senders.
    pub not_senders: Vec<String>,
    /// Only these types; `*` stands for anything.
    pub types: Option<Vec<String>>,
    /// None of these types.
    pub not_types: Vec<String>,
}

/// The part of a filter for rooms.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoomFilter {
    /// Only these rooms.
    pub rooms: Option<Vec<String>>,
    /// None of these rooms.
    pub not_rooms: Vec<String>,
    /// Whether an initial sync has rooms that the user left.
    pub include_leave: bool,
    /// Typing and receipts.
    pub ephemeral: RoomEventFilter,
    /// State.
    pub state: RoomEventFilter,
    /// Timelines.
    pub timeline: RoomEventFilter,
    /// Account data of rooms.
    pub account_data: RoomEventFilter,
}

/// A filter on events of rooms.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RoomEventFilter {
    /// Senders, types, limit.
    #[serde(flatten)]
    pub event: EventFilter,
    /// Only these rooms.
    pub rooms: Option<Vec<String>>,
    /// None of these rooms.
    pub not_rooms: Vec<String>,
    /// Only with, or only without, a `url` in the content.
    pub contains_url: Option<bool>,
    /// Only the memberships of those who sent something that is sent along.
    pub lazy_load_members: bool,
    /// Also memberships that the client was sent before.
    pub include_redundant_members: bool,
    /// Unread counts by thread.
    pub unread_thread_notifications: bool,
    /// Only events to which one of these users relates.
    pub related_by_senders: Option<Vec<String>>,
    /// Only events to which something relates in one of these ways.
    pub related_by_rel_types: Option<Vec<String>>,
    /// Whatever else a client wrote.
    #[serde(flatten)]
    pub further: BTreeMap<String, Value>,
}

impl Filter {
    /// Reads a filter and checks its bounds.
    ///
    /// # Errors
    /// `M_BAD_JSON` for a wrong shape, `M_INVALID_PARAM` for too long lists.
    pub fn read(json: &str) -> Result<Self, Refusal> {
        check_objects(json)?;
        let filter: Self =
            serde_json::from_str(json).map_err(|error| Refusal::bad_json(error.to_string()))?;
        let room = &filter.room;
        let parts = [&room.ephemeral, &room.state, &room.timeline, &room.account_data];
        let lists =
            [&filter.presence, &filter.account_data].into_iter().chain(parts.iter().map(|part| &part.event));
        let too_long = lists.into_iter().any(EventFilter::is_too_long)
            || room.rooms.as_ref().is_some_and(|rooms| rooms.len() > NAMES_MAX)
            || room.not_rooms.len() > NAMES_MAX;
        if too_long {
            return Err(Refusal::invalid_param(format!(
                "a list in a filter has at most {NAMES_MAX} entries"
            )));
        }
        let rooms = parts.iter().flat_map(|part| part.rooms.iter().flatten().chain(&part.not_rooms));
        let rooms = rooms.chain(room.rooms.iter().flatten()).chain(&room.not_rooms);
        if let Some(bad) = rooms.into_iter().find(|id| RoomId::parse(id.as_str()).is_err()) {
            return Err(Refusal::bad_json(format!("'{bad}' in a filter is not a room id")));
        }
        let lists = [&filter.presence, &filter.account_data].into_iter();
        for list in lists.chain(parts.iter().map(|part| &part.event)) {
            list.check_senders()?;
        }
        if filter.event_format.as_deref().is_some_and(|format| format != "client" && format != "federation") {
            return Err(Refusal::bad_json("event_format is `client` or `federation`"));
        }
        Ok(filter)
    }
}

impl Filter {
    /// Whether events of rooms are wanted as servers exchange them.
    #[must_use]
    pub fn wants_federation_format(&self) -> bool {
        self.event_format.as_deref() == Some("federation")
    }
}

impl RoomEventFilter {
    /// Reads a filter from a query parameter and checks its bounds.
    ///
    /// # Errors
    /// `M_BAD_JSON` for a wrong shape, `M_INVALID_PARAM` for too long lists.
    pub fn read(json: &str) -> Result<Self, Refusal> {
        let filter: Self =
            serde_json::from_str(json).map_err(|error| Refusal::bad_json(error.to_string()))?;
        if filter.event.is_too_long() {
            return Err(Refusal::invalid_param(format!(
                "a list in a filter has at most {NAMES_MAX} entries"
            )));
        }
        Ok(filter)
    }

    /// Whether a room passes.
    #[must_use]
    pub fn takes_room(&self, room: &str) -> bool {
        self.rooms.as_ref().is_none_or(|rooms| rooms.iter().any(|name| name == room))
            && !self.not_rooms.iter().any(|name| name == room)
    }

    /// Whether an event passes, relations aside.
    #[must_use]
    pub fn takes(&self, head: &EventHead<'_>) -> bool {
        self.event.takes(&head.kind, &head.sender)
            && self.contains_url.is_none_or(|wanted| {
                #[derive(Deserialize)]
                struct WithUrl {
                    url: Option<RawJson>,
                }
                let url = serde_json::from_str::<WithUrl>(head.content.get())
                    .is_ok_and(|content| content.url.is_some_and(|url| url.get().starts_with('"')));
                url == wanted
            })
    }

    /// Whether nothing is filtered out.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        self.event.senders.is_none()
            && self.event.types.is_none()
            && self.event.not_senders.is_empty()
            && self.event.not_types.is_empty()
            && self.contains_url.is_none()
    }

    /// The number of events to send, with a default and within the bound.
    #[must_use]
    pub fn limit(&self, default: u64) -> usize {
        usize::try_from(self.event.limit.unwrap_or(default).min(LIMIT_MAX)).unwrap_or(1_000)
    }
}

impl EventFilter {
    fn is_too_long(&self) -> bool {
        [self.senders.as_ref(), self.types.as_ref(), Some(&self.not_senders), Some(&self.not_types)]
            .into_iter()
            .flatten()
            .any(|list| list.len() > NAMES_MAX)
    }

    fn check_senders(&self) -> Result<(), Refusal> {
        let mut senders = self.senders.iter().flatten().chain(&self.not_senders);
        match senders.find(|id| UserId::parse(id.as_str()).is_err()) {
            Some(bad) => Err(Refusal::bad_json(format!("'{bad}' in a filter is not a user id"))),
            None => Ok(()),
        }
    }

    /// Whether an event of this type and sender passes.
    #[must_use]
    pub fn takes(&self, kind: &str, sender: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name == sender);
        let typed = |list: &[String]| list.iter().any(|pattern| matches(pattern, kind));
        self.senders.as_deref().is_none_or(named)
            && !named(&self.not_senders)
            && self.types.as_deref().is_none_or(typed)
            && !typed(&self.not_types)
    }
}

/// Where objects belong there are objects: serde would take an empty list for one without fields.
fn check_objects(json: &str) -> Result<(), Refusal> {
    let value: Value = serde_json::from_str(json).map_err(|error| Refusal::bad_json(error.to_string()))?;
    let paths = ["", "/presence", "/account_data", "/room"].into_iter();
    let paths = paths.chain(["/room/ephemeral", "/room/state", "/room/timeline", "/room/account_data"]);
    for path in paths {
        if value.pointer(path).is_some_and(|part| !part.is_object()) {
            return Err(Refusal::bad_json(format!("'{path}' of a filter is an object")));
        }
    }
    Ok(())
}

/// Whether a name fits a pattern in which `*` stands for any text, also none.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return name.ends_with(piece);
        }
        match name.find(piece) {
            Some(at) => name = name.get(at + piece.len()..).unwrap_or(""),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_the_specification_says() {
        for (pattern, name, fits) in [
            ("m.room.*", "m.room.member", true),
            ("m.room.*", "m.rooms", false),
            ("*", "", true),
            ("m.*.x", "m.a.b.x", true),
            ("m.*.x", "m.x", false),
            ("m.room.name", "m.room.name", true),
            ("m.room.name", "m.room.names", false),
            ("*a*b", "xxaxxb", true),
            ("*a*b", "xxbxxa", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn wrong_shapes_are_refused() {
        for bad in
            [r#"{"room":[]}"#, r#"{"room":{"timeline":{"limit":"x"}}}"#, r#"{"presence":{"types":1}}"#, "[]"]
        {
            assert!(Filter::read(bad).is_err(), "{bad}");
        }
        assert!(Filter::read(r#"{"room":{"timeline":{"limit":3,"io.x":{"y":1}}}}"#).is_ok());
    }
}
