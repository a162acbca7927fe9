//! An event of the federation format, parsed as far as the rules need it.
//! Specification: Server-Server API, "PDUs"; room versions, "Event format".

use std::borrow::Cow;
use std::fmt;

use alphorn_model::{EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RawJson, RoomId, UserId};
use js_int::UInt;
use ruma_common::MilliSecondsSinceUnixEpoch;
use ruma_common::room_version_rules::RoomVersionRules;
use ruma_events::TimelineEventType;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Why stored JSON is not an event.
#[derive(Debug, thiserror::Error)]
#[error("malformed event {event_id}: {source}")]
pub struct PduError {
    event_id: OwnedEventId,
    source: serde_json::Error,
}

/// An event of the federation format plus what we need often.
#[derive(Debug, Clone)]
pub struct Pdu {
    /// The event's id.
    pub event_id: OwnedEventId,
    /// The room it belongs to, also where the event itself does not say (creation events of version 12).
    pub room_id: OwnedRoomId,
    /// Who sent it.
    pub sender: OwnedUserId,
    /// Its type.
    pub kind: TimelineEventType,
    /// Its state key, if it is a state event.
    pub state_key: Option<String>,
    /// Its content.
    pub content: RawJson,
    /// When its sender's server made it.
    pub origin_server_ts: u64,
    /// The events before it.
    pub prev_events: Vec<OwnedEventId>,
    /// The events that authorise it.
    pub auth_events: Vec<OwnedEventId>,
    /// What it redacts: at the top level, or in the content from version 11 on.
    pub redacts: Option<OwnedEventId>,
    /// Its depth.
    pub depth: u64,
    /// Whether the authorisation rules refused it.
    pub rejected: bool,
    pub(crate) kind_text: Box<str>,
    pub(crate) membership: Option<Box<str>>,
    /// Room versions 1 and 2 refer to events by id and this hash.
    pub(crate) reference_hash: Option<Box<str>>,
    pub(crate) states_room_id: bool,
}

impl Pdu {
    /// Parses an event as it is stored.
    ///
    /// # Errors
    /// [`PduError`] where a field that every event has is missing or of the wrong type.
    pub fn parse(
        event_id: OwnedEventId,
        room_id: OwnedRoomId,
        pdu_json: &RawValue,
        rejected: bool,
    ) -> Result<Self, PduError> {
        let wire: Wire<'_> = match serde_json::from_str(pdu_json.get()) {
            Ok(wire) => wire,
            Err(source) => return Err(PduError { event_id, source }),
        };
        let reference_hash = wire.event_id.is_some().then(|| reference_hash_v1(pdu_json)).flatten();
        let redacts = match wire.redacts {
            Some(text) => EventId::parse(text.as_ref()).ok(),
            None if wire.kind == "m.room.redaction" => redacts_of_content(wire.content),
            None => None,
        };
        Ok(Self {
            event_id,
            room_id,
            sender: wire.sender,
            kind: TimelineEventType::from(wire.kind.as_ref()),
            membership: (wire.kind == "m.room.member").then(|| membership_of_content(wire.content)).flatten(),
            kind_text: wire.kind.into(),
            state_key: wire.state_key,
            content: wire.content.to_owned(),
            origin_server_ts: wire.origin_server_ts,
            prev_events: wire.prev_events.into_iter().map(|reference| reference.0).collect(),
            auth_events: wire.auth_events.into_iter().map(|reference| reference.0).collect(),
            redacts,
            depth: wire.depth,
            rejected,
            reference_hash,
            states_room_id: wire.room_id.is_some(),
        })
    }

    /// Its type as text.
    #[must_use]
    pub fn kind_str(&self) -> &str {
        &self.kind_text
    }

    /// `membership` of the content, if this is a membership event.
    #[must_use]
    pub fn membership(&self) -> Option<&str> {
        self.membership.as_deref()
    }

    /// Whether it is a state event with this type and key.
    #[must_use]
    pub fn is_state(&self, kind: &str, key: &str) -> bool {
        self.kind_str() == kind && self.state_key.as_deref() == Some(key)
    }
}

/// The fields of every version's format. Fields that only some versions have are optional.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    event_id: Option<&'a RawValue>,
    #[serde(default)]
    room_id: Option<IgnoredAny>,
    sender: OwnedUserId,
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    state_key: Option<String>,
    #[serde(borrow)]
    content: &'a RawValue,
    origin_server_ts: u64,
    prev_events: Vec<Reference>,
    auth_events: Vec<Reference>,
    #[serde(borrow, default)]
    redacts: Option<Cow<'a, str>>,
    depth: u64,
}

/// A reference to an event: its id, or in versions 1 and 2 a pair of id and hashes.
struct Reference(OwnedEventId);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Reference;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event id, or a pair of event id and hashes")
            }
            fn visit_str<E: serde::de::Error>(self, id: &str) -> Result<Reference, E> {
                EventId::parse(id).map(Reference).map_err(E::custom)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Reference, A::Error> {
                let id = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Reference(id))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

fn membership_of_content(content: &RawValue) -> Option<Box<str>> {
    #[derive(Deserialize)]
    struct Content {
        membership: Box<str>,
    }
    serde_json::from_str::<Content>(content.get()).ok().map(|content| content.membership)
}

fn redacts_of_content(content: &RawValue) -> Option<OwnedEventId> {
    #[derive(Deserialize)]
    struct Content {
        redacts: OwnedEventId,
    }
    serde_json::from_str::<Content>(content.get()).ok().map(|content| content.redacts)
}

/// Versions 1 and 2 (alike in format and redaction) are known by the `event_id` inside the event.
fn reference_hash_v1(pdu_json: &RawValue) -> Option<Box<str>> {
    let object = serde_json::from_str(pdu_json.get()).ok()?;
    ruma_signatures::reference_hash(&object, &RoomVersionRules::V1).ok().map(Into::into)
}

impl ruma_state_res::Event for Pdu {
    type Id = OwnedEventId;

    fn event_id(&self) -> &OwnedEventId {
        &self.event_id
    }

    fn room_id(&self) -> Option<&RoomId> {
        self.states_room_id.then_some(&*self.room_id)
    }

    fn sender(&self) -> &UserId {
        &self.sender
    }

    fn origin_server_ts(&self) -> MilliSecondsSinceUnixEpoch {
        MilliSecondsSinceUnixEpoch(UInt::new_saturating(self.origin_server_ts))
    }

    fn event_type(&self) -> &TimelineEventType {
        &self.kind
    }

    fn content(&self) -> &RawValue {
        &self.content
    }

    fn state_key(&self) -> Option<&str> {
        self.state_key.as_deref()
    }

    fn prev_events(&self) -> Box<dyn DoubleEndedIterator<Item = &OwnedEventId> + '_> {
        Box::new(self.prev_events.iter())
    }

    fn auth_events(&self) -> Box<dyn DoubleEndedIterator<Item = &OwnedEventId> + '_> {
        Box::new(self.auth_events.iter())
    }

    fn redacts(&self) -> Option<&OwnedEventId> {
        self.redacts.as_ref()
    }

    fn rejected(&self) -> bool {
        self.rejected
    }
}
