//! Which aliases a room may call its own. Specification: Client-Server API, `m.room.canonical_alias`,
//! "Room aliases".

use alphorn_http::engine::ReadError;
use alphorn_http::model::{ErrorCode, Refusal, RoomAliasId};
use alphorn_http::store::{Reader, RoomRow};
use serde::Deserialize;

/// Aliases in one event.
const ALIASES_MAX: usize = 500;

#[derive(Deserialize, Default)]
struct Aliases {
    #[serde(default)]
    alias: Option<String>,
    #[serde(default)]
    alt_aliases: Vec<String>,
}

impl Aliases {
    fn all(&self) -> impl Iterator<Item = &String> {
        self.alias.iter().filter(|alias| !alias.is_empty()).chain(&self.alt_aliases)
    }
}

/// Every alias that is new in the event must point to the room. Whether it is of the right form is
/// checked when the event is decided.
pub(super) fn check(reader: &Reader<'_>, room: &RoomRow, content: &str) -> Result<(), ReadError> {
    #[derive(Deserialize)]
    struct Event {
        content: Aliases,
    }
    let Ok(wanted) = serde_json::from_str::<Aliases>(content) else { return Ok(()) };
    let current = reader.state_event(room.nid, "m.room.canonical_alias", "")?;
    let current: Option<Event> = current.and_then(|event| serde_json::from_str(event.pdu.get()).ok());
    let current = current.map(|event| event.content).unwrap_or_default();
    if wanted.alt_aliases.len() > ALIASES_MAX {
        return Err(Refusal::invalid_param(format!("a room lists at most {ALIASES_MAX} aliases")).into());
    }
    for alias in wanted.all() {
        if RoomAliasId::parse(alias).is_err() {
            return Err(Refusal::invalid_param(format!("'{alias}' is not a room alias")).into());
        }
        if current.all().any(|known| known == alias) {
            continue;
        }
        let points_here = reader.alias(alias)?.is_some_and(|(target, _)| target == room.room_id);
        if !points_here {
            let words = format!("the alias {alias} does not point to this room");
            return Err(Refusal::new(ErrorCode::BadAlias, words).into());
        }
    }
    Ok(())
}
