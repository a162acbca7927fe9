//! `GET /rooms`.

use alphorn_http::{
    Json, Result,
    engine::ReadError,
    store::{Reader, RoomMark, RoomRow, words},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::show::{RoomState, state_of};
use crate::{
    api::Call,
    page::{self, LOOK_MAX, Page, bad_cursor},
};

/// Which rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum RoomKind {
    /// All.
    #[default]
    Any,
    /// Those that the public directory lists.
    Public,
    /// Those that are closed.
    Closed,
}

/// Which rooms, and which page of them.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct Wanted {
    /// A room id, an alias, or the beginning of words of the name or main alias.
    search: Option<String>,
    /// Which rooms.
    #[serde(default)]
    kind: RoomKind,
    /// `next` of the page before this one.
    from: Option<String>,
    /// How many at most: 1 to 200, 50 unless given.
    limit: Option<usize>,
}

type Read<T> = std::result::Result<T, ReadError>;

pub(super) async fn list(call: Call<(), Wanted>) -> Result<Json<Page<RoomState>>> {
    let Wanted { search, kind, from, limit } = call.query;
    let limit = page::limit(limit);
    // Ids and aliases are taken as they are: they may have upper-case letters.
    let exact =
        search.as_deref().map(str::trim).filter(|text| text.starts_with(['!', '#'])).map(str::to_owned);
    let page = match (exact, page::search(search.as_deref())?) {
        (Some(name), _) => call.app.engine().read(move |reader| one(reader, &name)).await?,
        (None, Some(search)) => {
            let from = from.as_deref().map(|from| cursor(from).ok_or_else(bad_cursor)).transpose()?;
            let from = from.unwrap_or_default();
            call.app
                .engine()
                .read(move |reader| named(reader, &search, kind, (&from.0, from.1), limit))
                .await?
        }
        (None, None) => {
            let after = from.map_or(Ok(0), |from| from.parse::<i64>().map_err(|_| bad_cursor()))?;
            call.app.engine().read(move |reader| all(reader, kind, after, limit)).await?
        }
    };
    Ok(Json(page))
}

fn cursor(from: &str) -> Option<(String, i64)> {
    let (word, room) = from.split_once(' ')?;
    Some((word.to_owned(), room.parse().ok()?))
}

fn all(reader: &Reader<'_>, kind: RoomKind, after: i64, limit: usize) -> Read<Page<RoomState>> {
    let rows = match kind {
        RoomKind::Any => reader.rooms_after(after, limit + 1)?,
        RoomKind::Public => reader.rooms_marked(RoomMark::Public, after, limit + 1)?,
        RoomKind::Closed => reader.rooms_marked(RoomMark::Closed, after, limit + 1)?,
    };
    let page = Page::cut(rows, limit, |row| row.nid.to_string());
    let entries = page.entries.into_iter().map(|row| state_of(reader, row));
    Ok(Page { entries: entries.collect::<Read<_>>()?, next: page.next })
}

fn one(reader: &Reader<'_>, name: &str) -> Read<Page<RoomState>> {
    let id = match name.strip_prefix('#') {
        Some(_) => reader.alias(name)?.map(|(room, _)| room),
        None => Some(name.to_owned()),
    };
    let row = id.map(|id| reader.room(&id)).transpose()?.flatten();
    let entries = row.into_iter().map(|row| state_of(reader, row));
    Ok(Page { entries: entries.collect::<Read<_>>()?, next: None })
}

fn named(
    reader: &Reader<'_>,
    search: &str,
    kind: RoomKind,
    after: (&str, i64),
    limit: usize,
) -> Read<Page<RoomState>> {
    let mut page = Page { entries: Vec::new(), next: None };
    let wanted = words(search);
    // The longest word leaves the fewest rooms.
    let Some(longest) = wanted.iter().max_by_key(|word| word.len()) else { return Ok(page) };
    let found = reader.rooms_named(longest, after, LOOK_MAX)?;
    let (seen, mut last) = (found.len(), None);
    for (word, nid) in found {
        if page.entries.len() == limit {
            page.next = last;
            return Ok(page);
        }
        last = Some(format!("{word} {nid}"));
        let Some(row) = reader.room_by_nid(nid)?.filter(|row| fits(row, kind)) else { continue };
        if wanted.len() > 1 {
            let words = reader.words_of_room(nid)?;
            if !wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str()))) {
                continue;
            }
        }
        page.entries.push(state_of(reader, row)?);
    }
    page.next = last.filter(|_| seen == LOOK_MAX);
    Ok(page)
}

const fn fits(row: &RoomRow, kind: RoomKind) -> bool {
    match kind {
        RoomKind::Any => true,
        RoomKind::Public => row.public,
        RoomKind::Closed => row.closed,
    }
}
