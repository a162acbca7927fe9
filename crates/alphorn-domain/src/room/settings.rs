//! What the state of a room says about who gets in and who sees it.
//! Specification: Client-Server API, "Restricted rooms", "Guest Access", "Room History Visibility".

use std::borrow::Cow;

use alphorn_model::{OwnedRoomId, RoomId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::RoomState;
use crate::read::HistoryVisibility;

/// Most rooms of a restricted join rule that are looked at.
const ALLOW_ROOMS_MAX: usize = 100;

impl RoomState {
    /// The join rule's name; `invite` where none is set.
    #[must_use]
    pub fn join_rule(&self) -> Cow<'_, str> {
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow)]
            join_rule: Cow<'a, str>,
        }
        self.content::<Content<'_>>("m.room.join_rules").map_or("invite".into(), |content| content.join_rule)
    }

    /// Whether the members of some other rooms may join: the rule is restricted and the version knows it.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        let rules = &self.rules().authorization;
        match &*self.join_rule() {
            "restricted" => rules.restricted_join_rule,
            "knock_restricted" => rules.knock_restricted_join_rule,
            _ => false,
        }
    }

    /// The rooms whose members may join, where the join rule is a restricted one.
    #[must_use]
    pub fn allowed_rooms(&self) -> Vec<OwnedRoomId> {
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow, default)]
            allow: Vec<&'a RawValue>,
        }
        #[derive(Deserialize)]
        struct Allow<'a> {
            #[serde(rename = "type", borrow)]
            kind: Cow<'a, str>,
            #[serde(borrow)]
            room_id: Cow<'a, str>,
        }
        if !self.is_restricted() {
            return Vec::new();
        }
        let Some(content) = self.content::<Content<'_>>("m.room.join_rules") else { return Vec::new() };
        content
            .allow
            .iter()
            .filter_map(|allow| serde_json::from_str::<Allow<'_>>(allow.get()).ok())
            .filter(|allow| allow.kind == "m.room_membership")
            .filter_map(|allow| RoomId::parse(&*allow.room_id).ok())
            .take(ALLOW_ROOMS_MAX)
            .collect()
    }

    /// How much of its history the room shows now.
    #[must_use]
    pub fn history_visibility(&self) -> HistoryVisibility {
        let event = self.state("m.room.history_visibility", "");
        HistoryVisibility::from_content(event.map(|event| &*event.content))
    }

    /// Whether guests may join.
    #[must_use]
    pub fn guests_may_join(&self) -> bool {
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow)]
            guest_access: Cow<'a, str>,
        }
        self.content::<Content<'_>>("m.room.guest_access")
            .is_some_and(|content| content.guest_access == "can_join")
    }

    /// Whether messages are meant to be encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.state("m.room.encryption", "").is_some()
    }

    fn content<'a, T: Deserialize<'a>>(&'a self, kind: &str) -> Option<T> {
        serde_json::from_str(self.state(kind, "")?.content.get()).ok()
    }
}
