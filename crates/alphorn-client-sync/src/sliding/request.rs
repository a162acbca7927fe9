//! What a sliding sync request asks for: its shape, checked against bounds.
//! MSC4186 in the form that clients use today: positions in the query, ranges and pairs in lists.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alphorn_http::model::{OwnedUserId, Refusal};
use serde::Deserialize;

use super::required_state::RequiredState;

/// Lists in one request at most, and subscriptions too. MSC4186, "Request Body".
const RULES_MAX: usize = 100;

/// Bytes of a list's name.
const LIST_NAME_BYTES_MAX: usize = 64;

/// Bytes of a connection's name.
const CONN_ID_BYTES_MAX: usize = 255;

/// Ranges of one list.
const RANGES_MAX: usize = 100;

/// Elements of one rule's required state.
const REQUIRED_STATE_MAX: usize = 200;

/// Entries of one filter's lists of types, spaces and tags.
const FILTER_ENTRIES_MAX: usize = 200;

/// Timelines are cut to this many events, whatever was asked for.
const TIMELINE_MAX: u64 = 100;

/// The body.
#[derive(Debug, Deserialize)]
pub(super) struct Body {
    conn_id: Option<String>,
    txn_id: Option<String>,
    lists: Option<BTreeMap<String, ListBody>>,
    room_subscriptions: Option<BTreeMap<String, RuleBody>>,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Debug, Deserialize)]
struct ListBody {
    ranges: Option<Vec<(u64, u64)>>,
    filters: Option<Filters>,
    #[serde(flatten)]
    rule: RuleBody,
}

#[derive(Debug, Deserialize)]
struct RuleBody {
    timeline_limit: u64,
    #[serde(default)]
    required_state: Vec<(String, String)>,
}

/// Which rooms a list takes; all conditions have to hold. MSC4186, "`SlidingRoomFilter`".
#[derive(Debug, Default, Deserialize)]
pub(super) struct Filters {
    pub(super) is_dm: Option<bool>,
    pub(super) is_encrypted: Option<bool>,
    #[serde(alias = "is_invited")]
    pub(super) is_invite: Option<bool>,
    pub(super) room_types: Option<Vec<Option<String>>>,
    pub(super) not_room_types: Option<Vec<Option<String>>>,
    pub(super) spaces: Option<Vec<String>>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) not_tags: Option<Vec<String>>,
}

/// The extensions that this server has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Extensions {
    pub(super) to_device: Option<ToDevice>,
    pub(super) e2ee: Option<Switch>,
    pub(super) account_data: Option<Scoped>,
    pub(super) receipts: Option<Scoped>,
    pub(super) typing: Option<Scoped>,
}

/// MSC3885.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ToDevice {
    enabled: Option<bool>,
    pub(super) limit: Option<u64>,
    pub(super) since: Option<String>,
}

/// An extension that is on or off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Switch {
    enabled: Option<bool>,
}

/// An extension that may be bound to some of the request's lists and subscriptions.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Scoped {
    enabled: Option<bool>,
    lists: Option<Vec<String>>,
    rooms: Option<Vec<String>>,
}

impl Extensions {
    /// Leaves only those that are switched on.
    fn enabled(self) -> Self {
        let on = |enabled: Option<bool>| enabled == Some(true);
        Self {
            to_device: self.to_device.filter(|extension| on(extension.enabled)),
            e2ee: self.e2ee.filter(|extension| on(extension.enabled)),
            account_data: self.account_data.filter(|extension| on(extension.enabled)),
            receipts: self.receipts.filter(|extension| on(extension.enabled)),
            typing: self.typing.filter(|extension| on(extension.enabled)),
        }
    }
}

impl Scoped {
    /// Whether it takes the rooms of all lists and all subscriptions.
    pub(super) fn takes_all(&self) -> bool {
        all(self.lists.as_deref()) && all(self.rooms.as_deref())
    }

    /// Whether it takes the rooms in the window of a list.
    pub(super) fn takes_list(&self, name: &str) -> bool {
        takes(self.lists.as_deref(), name)
    }

    /// Whether it takes a subscribed room.
    pub(super) fn takes_room(&self, id: &str) -> bool {
        takes(self.rooms.as_deref(), id)
    }
}

fn all(names: Option<&[String]>) -> bool {
    names.is_none_or(|names| names.iter().any(|name| name == "*"))
}

fn takes(names: Option<&[String]>, wanted: &str) -> bool {
    names.is_none_or(|names| names.iter().any(|name| name == "*" || name == wanted))
}

/// What to tell of a room.
#[derive(Debug)]
pub(super) struct RoomConfig {
    pub(super) timeline_limit: u16,
    pub(super) state: Arc<RequiredState>,
}

/// A list of rooms.
#[derive(Debug)]
pub(super) struct List {
    pub(super) name: String,
    /// Inclusive, from 0; absent: all.
    ranges: Option<Vec<(u64, u64)>>,
    pub(super) filters: Filters,
    pub(super) config: RoomConfig,
}

impl List {
    /// Whether a place in the filtered list is in the window.
    pub(super) fn shows(&self, place: usize) -> bool {
        let place = place as u64;
        self.ranges
            .as_ref()
            .is_none_or(|ranges| ranges.iter().any(|(from, to)| (*from..=*to).contains(&place)))
    }
}

/// One request, checked.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) user: OwnedUserId,
    pub(super) device: String,
    pub(super) conn_id: String,
    pub(super) txn_id: Option<String>,
    pub(super) lists: Vec<List>,
    /// By room id.
    pub(super) subscriptions: Vec<(String, RoomConfig)>,
    pub(super) extensions: Extensions,
}

impl Wanted {
    /// Checks the bounds of a request.
    pub(super) fn check(body: Body, user: OwnedUserId, device: String) -> Result<Self, Refusal> {
        let conn_id = body.conn_id.unwrap_or_default();
        if conn_id.len() > CONN_ID_BYTES_MAX {
            return Err(Refusal::invalid_param(format!("conn_id has at most {CONN_ID_BYTES_MAX} bytes")));
        }
        let lists = body.lists.unwrap_or_default();
        let subscriptions = body.room_subscriptions.unwrap_or_default();
        if lists.len() > RULES_MAX || subscriptions.len() > RULES_MAX {
            return Err(Refusal::invalid_param(format!(
                "a request has at most {RULES_MAX} lists and {RULES_MAX} subscriptions"
            )));
        }
        let lists = lists
            .into_iter()
            .map(|(name, list)| list.check(name, user.as_str()))
            .collect::<Result<Vec<_>, _>>()?;
        let subscriptions = subscriptions
            .into_iter()
            .map(|(room, rule)| Ok((room, rule.check(user.as_str())?)))
            .collect::<Result<Vec<_>, Refusal>>()?;
        let extensions = body.extensions.enabled();
        Ok(Self { user, device, conn_id, txn_id: body.txn_id, lists, subscriptions, extensions })
    }

    /// Whether it asks for rooms at all.
    pub(super) fn wants_rooms(&self) -> bool {
        !self.lists.is_empty() || !self.subscriptions.is_empty()
    }
}

impl ListBody {
    fn check(self, name: String, user: &str) -> Result<List, Refusal> {
        if name.len() > LIST_NAME_BYTES_MAX {
            return Err(Refusal::invalid_param(format!(
                "the name of a list has at most {LIST_NAME_BYTES_MAX} bytes"
            )));
        }
        if let Some(ranges) = &self.ranges {
            if ranges.len() > RANGES_MAX {
                return Err(Refusal::invalid_param(format!("a list has at most {RANGES_MAX} ranges")));
            }
            if ranges.iter().any(|(from, to)| from > to) {
                return Err(Refusal::invalid_param("a range ends before it begins"));
            }
        }
        let filters = self.filters.unwrap_or_default();
        filters.check()?;
        Ok(List { name, ranges: self.ranges, filters, config: self.rule.check(user)? })
    }
}

impl Filters {
    fn check(&self) -> Result<(), Refusal> {
        let lengths = [
            self.room_types.as_ref().map_or(0, Vec::len),
            self.not_room_types.as_ref().map_or(0, Vec::len),
            self.spaces.as_ref().map_or(0, Vec::len),
            self.tags.as_ref().map_or(0, Vec::len),
            self.not_tags.as_ref().map_or(0, Vec::len),
        ];
        if lengths.iter().any(|length| *length > FILTER_ENTRIES_MAX) {
            return Err(Refusal::invalid_param(format!(
                "a filter lists at most {FILTER_ENTRIES_MAX} values of a kind"
            )));
        }
        Ok(())
    }
}

impl RuleBody {
    fn check(self, user: &str) -> Result<RoomConfig, Refusal> {
        if self.required_state.len() > REQUIRED_STATE_MAX {
            return Err(Refusal::invalid_param(format!(
                "required_state has at most {REQUIRED_STATE_MAX} elements"
            )));
        }
        let pairs: BTreeSet<(String, String)> = self.required_state.into_iter().collect();
        let timeline_limit = u16::try_from(self.timeline_limit.min(TIMELINE_MAX)).unwrap_or(u16::MAX);
        Ok(RoomConfig { timeline_limit, state: Arc::new(RequiredState::new(pairs, user)) })
    }
}

#[cfg(test)]
mod tests;
