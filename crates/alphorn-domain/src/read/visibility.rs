//! Who may see which event. Specification: Client-Server API, "Room History Visibility".

use serde::Deserialize;
use serde_json::value::RawValue;

/// How much of its history a room shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HistoryVisibility {
    /// To everyone.
    WorldReadable,
    /// All of it, to who joins.
    #[default]
    Shared,
    /// To members, from their invite on.
    Invited,
    /// To members, from their join on.
    Joined,
}

impl HistoryVisibility {
    /// The name's meaning; unknown names mean `shared`.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "world_readable" => Self::WorldReadable,
            "invited" => Self::Invited,
            "joined" => Self::Joined,
            _ => Self::Shared,
        }
    }

    /// The meaning of an `m.room.history_visibility` event's content; `shared` where there is no such
    /// event or it makes no sense.
    #[must_use]
    pub fn from_content(content: Option<&RawValue>) -> Self {
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow)]
            history_visibility: std::borrow::Cow<'a, str>,
        }
        content
            .and_then(|content| serde_json::from_str::<Content<'_>>(content.get()).ok())
            .map_or(Self::Shared, |content| Self::from_name(&content.history_visibility))
    }
}

/// What counts for whether one user may see one event.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sight<'a> {
    /// The room's setting at the event: the new one for an event that sets it.
    pub visibility: HistoryVisibility,
    /// For an event that sets it: the setting before.
    pub visibility_before: Option<HistoryVisibility>,
    /// The user's membership at the event: the new one for the user's own membership event.
    pub membership: Option<&'a str>,
    /// For the user's own membership event: the membership before.
    pub membership_before: Option<&'a str>,
    /// Whether the user was joined at any time after the event.
    pub joined_later: bool,
}

/// Whether the user may see the event.
#[must_use]
pub fn may_see(sight: Sight<'_>) -> bool {
    let settings = [Some(sight.visibility), sight.visibility_before];
    let memberships = [sight.membership, sight.membership_before];
    settings.into_iter().flatten().any(|visibility| match visibility {
        HistoryVisibility::WorldReadable => true,
        HistoryVisibility::Shared => sight.joined_later || memberships.contains(&Some("join")),
        HistoryVisibility::Invited => {
            memberships.contains(&Some("join")) || memberships.contains(&Some("invite"))
        }
        HistoryVisibility::Joined => memberships.contains(&Some("join")),
    })
}
