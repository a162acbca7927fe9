//! `GET` and `POST /_matrix/client/v3/publicRooms`. Specification: Client-Server API, "Published room
//! directory".

use alphorn_http::engine::ReadError;
use alphorn_http::model::{ErrorCode, Refusal};
use alphorn_http::store::{Reader, RoomRow};
use alphorn_http::{App, Client, MaybeClient, OptionalJsonBody, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{content, face::face};

/// Rooms in one answer, unless the client asks for less, and at most.
const LIMIT: usize = 100;

/// Rooms that one search looks at before it answers with what it found and where to go on.
const LOOKED_AT_MAX: usize = 500;

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    since: Option<String>,
    server: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Server {
    server: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    since: Option<String>,
    #[serde(default)]
    filter: Option<Filter>,
}

#[derive(Deserialize, Default)]
struct Filter {
    #[serde(default)]
    generic_search_term: Option<String>,
    #[serde(default)]
    room_types: Option<Vec<Option<String>>>,
}

pub(super) async fn list(
    State(app): State<App>,
    MaybeClient(client): MaybeClient,
    Query(page): Query<Page>,
) -> Result {
    if client.is_none() && !app.site().public_directory_open {
        return Err(Refusal::new(ErrorCode::MissingToken, "an access token is needed").into());
    }
    answer(&app, page, Filter::default()).await
}

pub(super) async fn search(
    State(app): State<App>,
    _: Client,
    Query(Server { server }): Query<Server>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let page = Page { limit: body.limit, since: body.since, server };
    answer(&app, page, body.filter.unwrap_or_default()).await
}

async fn answer(app: &App, page: Page, filter: Filter) -> Result {
    if page.server.is_some_and(|server| server != app.engine().server_name().as_str()) {
        return Err(Refusal::not_found("the directory of that server cannot be reached").into());
    }
    let limit = page.limit.unwrap_or(LIMIT).clamp(1, LIMIT);
    let start = page.since.as_deref().filter(|since| !since.is_empty()).map(Start::parse).transpose()?;
    let answer = app.engine().read(move |reader| collect(reader, start, limit, &filter)).await?;
    RawAnswer::of(&answer)
}

/// Where a page begins: after or before the room with so many members and this number.
#[derive(Clone, Copy)]
struct Start {
    backwards: bool,
    joined: u64,
    nid: i64,
}

impl Start {
    fn parse(token: &str) -> Result<Self, Refusal> {
        let read = || {
            let backwards = token.starts_with('b');
            let (joined, nid) = token.strip_prefix(['b', 'f'])?.split_once('.')?;
            let joined: u32 = joined.parse().ok()?;
            Some(Self { backwards, joined: joined.into(), nid: nid.parse().ok()? })
        };
        read().ok_or_else(|| Refusal::invalid_param("'since' is not a token of this directory"))
    }
}

fn collect(
    reader: &Reader<'_>,
    start: Option<Start>,
    limit: usize,
    filter: &Filter,
) -> Result<Value, ReadError> {
    let backwards = start.is_some_and(|start| start.backwards);
    let mut place = start.map(|start| (start.joined, start.nid));
    let mut first = None;
    let mut found = Vec::new();
    let (mut looked_at, mut more) = (0, true);
    while more && found.len() < limit && looked_at < LOOKED_AT_MAX {
        let page = if backwards {
            reader.public_rooms_before(place, LIMIT)?
        } else {
            reader.public_rooms(place, LIMIT)?
        };
        more = page.len() == LIMIT;
        looked_at += page.len();
        let mut rest = page.into_iter();
        for room in rest.by_ref() {
            place = Some((room.joined, room.nid));
            first = first.or(place);
            if filter.takes(reader, &room)? {
                found.push(face(reader, &room)?);
                if found.len() == limit {
                    break;
                }
            }
        }
        more |= rest.next().is_some();
    }
    let (ahead, behind) = (place.filter(|_| more), first.filter(|_| start.is_some()));
    let (next, previous) = if backwards { (behind, ahead) } else { (ahead, behind) };
    if backwards {
        found.reverse();
    }
    let mut answer = Map::new();
    for (field, direction, place) in [("next_batch", 'f', next), ("prev_batch", 'b', previous)] {
        if let Some((joined, nid)) = place {
            answer.insert(field.to_owned(), Value::String(format!("{direction}{joined}.{nid}")));
        }
    }
    answer.insert("chunk".to_owned(), json!(found));
    answer.insert("total_room_count_estimate".to_owned(), json!(reader.public_rooms_count()?));
    Ok(Value::Object(answer))
}

impl Filter {
    /// Whether a room passes. Reads no more of it than the filter asks about.
    fn takes(&self, reader: &Reader<'_>, room: &RoomRow) -> Result<bool, ReadError> {
        if let Some(types) = &self.room_types {
            let own = content::text(reader, room, "m.room.create", "type")?;
            if !types.contains(&own) {
                return Ok(false);
            }
        }
        let Some(term) = self.generic_search_term.as_deref().filter(|term| !term.is_empty()) else {
            return Ok(true);
        };
        let term = term.to_lowercase();
        for (kind, field) in
            [("m.room.name", "name"), ("m.room.topic", "topic"), ("m.room.canonical_alias", "alias")]
        {
            let text = content::text(reader, room, kind, field)?;
            if text.is_some_and(|text| text.to_lowercase().contains(&term)) {
                return Ok(true);
            }
        }
        Ok(room.room_id.to_lowercase() == term)
    }
}
