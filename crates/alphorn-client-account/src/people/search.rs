//! `POST /_matrix/client/v3/user_directory/search`. Candidates come from an index of the words in names;
//! how many are looked at for one search is bounded. Specification: "User Directory".

use alphorn_http::{
    App, JsonBody, RawAnswer, Registration, Regular, Result,
    engine::ReadError,
    store::{Reader, words},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// People found at most.
const FOUND_MAX: usize = 50;
const FOUND_DEFAULT: usize = 10;

/// Candidates looked at in one search.
const CANDIDATES_MAX: usize = 1_000;

#[derive(Deserialize)]
pub(super) struct Body {
    search_term: String,
    limit: Option<u64>,
}

#[derive(Serialize)]
struct Found {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avatar_url: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    results: Vec<Found>,
    limited: bool,
}

/// Finds people by the beginnings of the words in their names.
pub(super) async fn post(
    State(app): State<App>,
    Regular(client): Regular,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    let limit = body.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(FOUND_DEFAULT);
    let limit = limit.min(FOUND_MAX);
    // A whole user id is looked for by its first part.
    let term = body.search_term.trim();
    let term = term.strip_prefix('@').map_or(term, |id| id.split(':').next().unwrap_or_default());
    let wanted = words(term);
    let strangers = app.registration() == Registration::Open;
    let everybody = app.site().everybody_is_found.unwrap_or(!strangers);
    let user = client.user.to_string();
    let answer = app.engine().read(move |reader| search(reader, &user, &wanted, limit, everybody)).await?;
    RawAnswer::of(&answer)
}

fn search(
    reader: &Reader<'_>,
    user: &str,
    wanted: &[String],
    limit: usize,
    everybody: bool,
) -> std::result::Result<Answer, ReadError> {
    let mut answer = Answer { results: Vec::new(), limited: false };
    // The longest word leaves the fewest candidates.
    let Some(longest) = wanted.iter().max_by_key(|word| word.len()) else { return Ok(answer) };
    let candidates = reader.people(longest, CANDIDATES_MAX)?;
    answer.limited = candidates.len() == CANDIDATES_MAX;
    for candidate in candidates {
        let visible = everybody || is_visible(reader, user, &candidate)?;
        if !visible || !is_wanted(reader, &candidate, wanted)? {
            continue;
        }
        if answer.results.len() == limit {
            answer.limited = true;
            break;
        }
        answer.results.push(found(reader, candidate)?);
    }
    Ok(answer)
}

/// Whether each wanted word begins a word of the candidate's.
fn is_wanted(
    reader: &Reader<'_>,
    candidate: &str,
    wanted: &[String],
) -> std::result::Result<bool, ReadError> {
    if wanted.len() == 1 {
        return Ok(true);
    }
    let words = reader.words_of(candidate)?;
    Ok(wanted.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str()))))
}

/// People whom one shares a room with, or who are in a room that is open to everybody: these at least the specification
/// wants to be found.
fn is_visible(reader: &Reader<'_>, user: &str, candidate: &str) -> std::result::Result<bool, ReadError> {
    Ok((user != candidate && reader.share_room(user, candidate)?) || reader.in_open_room(candidate)?)
}

fn found(reader: &Reader<'_>, user_id: String) -> std::result::Result<Found, ReadError> {
    let text = |key: &str| -> std::result::Result<Option<String>, ReadError> {
        let value = reader.profile_field(&user_id, key)?;
        Ok(value.and_then(|value| serde_json::from_str(value.get()).ok()))
    };
    let (display_name, avatar_url) = (text("displayname")?, text("avatar_url")?);
    Ok(Found { user_id, display_name, avatar_url })
}
