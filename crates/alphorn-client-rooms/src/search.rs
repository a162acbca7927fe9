//! `POST /_matrix/client/v3/search`. Specification: Client-Server API, "Server Side Search".

mod answer;
mod find;

use alphorn_http::filter::RoomEventFilter;
use alphorn_http::model::Refusal;
use alphorn_http::store::SearchKey;
use alphorn_http::{App, Client, JsonBody, Query, RawAnswer, Result, Subject};
use axum::{Router, extract::State, routing::post};
use serde::Deserialize;
use serde_json::json;

use crate::look;
use find::Start;

/// Results in one answer, where the filter does not say, and at most.
const LIMIT: u64 = 10;
const LIMIT_MAX: u64 = 50;

/// Events before and after a result, where the request does not say, and at most.
const CONTEXT: usize = 5;
const CONTEXT_MAX: usize = 20;

/// Longest search term in bytes.
const TERM_BYTES_MAX: usize = 1_024;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/search", post(search))
}

#[derive(Deserialize)]
struct Params {
    next_batch: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    search_categories: Categories,
}

#[derive(Deserialize)]
struct Categories {
    #[serde(default)]
    room_events: Option<Criteria>,
}

#[derive(Deserialize)]
struct Criteria {
    search_term: String,
    #[serde(default)]
    keys: Option<Vec<String>>,
    #[serde(default)]
    filter: RoomEventFilter,
    #[serde(default)]
    order_by: Option<String>,
    #[serde(default)]
    event_context: Option<Context>,
    #[serde(default)]
    include_state: bool,
    #[serde(default)]
    groupings: Groupings,
}

#[derive(Deserialize)]
struct Context {
    #[serde(default)]
    before_limit: Option<usize>,
    #[serde(default)]
    after_limit: Option<usize>,
    #[serde(default)]
    include_profile: bool,
}

#[derive(Deserialize, Default)]
struct Groupings {
    #[serde(default)]
    group_by: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    key: String,
}

/// What is searched for, checked.
struct Wanted {
    term: String,
    keys: Vec<SearchKey>,
    filter: RoomEventFilter,
    recent: bool,
    context: Option<Context>,
    include_state: bool,
    groups: Vec<String>,
    start: Option<Start>,
    limit: usize,
}

impl Wanted {
    fn check(criteria: Criteria, next_batch: Option<&str>) -> Result<Self, Refusal> {
        if criteria.search_term.len() > TERM_BYTES_MAX {
            return Err(Refusal::invalid_param(format!("'search_term' has at most {TERM_BYTES_MAX} bytes")));
        }
        let recent = match criteria.order_by.as_deref() {
            Some("recent") => true,
            None | Some("rank") => false,
            Some(other) => return Err(Refusal::invalid_param(format!("'{other}' is no order of results"))),
        };
        let keys = match criteria.keys {
            None => SearchKey::ALL.to_vec(),
            Some(names) => names.iter().map(|name| key(name)).collect::<Result<_, _>>()?,
        };
        let groups: Vec<_> = criteria.groupings.group_by.into_iter().map(|group| group.key).collect();
        if let Some(other) = groups.iter().find(|group| !matches!(group.as_str(), "room_id" | "sender")) {
            return Err(Refusal::invalid_param(format!("results cannot be grouped by '{other}'")));
        }
        let limit = criteria.filter.event.limit.unwrap_or(LIMIT).clamp(1, LIMIT_MAX);
        Ok(Self {
            term: criteria.search_term,
            keys,
            filter: criteria.filter,
            recent,
            context: criteria.event_context,
            include_state: criteria.include_state,
            groups,
            start: next_batch
                .filter(|token| !token.is_empty())
                .map(|token| Start::parse(token, recent))
                .transpose()?,
            limit: usize::try_from(limit).unwrap_or(1),
        })
    }
}

fn key(name: &str) -> Result<SearchKey, Refusal> {
    match name {
        "content.body" => Ok(SearchKey::Body),
        "content.name" => Ok(SearchKey::Name),
        "content.topic" => Ok(SearchKey::Topic),
        other => Err(Refusal::invalid_param(format!("'{other}' is not searched"))),
    }
}

async fn search(
    State(app): State<App>,
    client: Client,
    Query(params): Query<Params>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    client.no_guest()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    let Some(criteria) = body.search_categories.room_events else {
        return RawAnswer::of(&json!({ "search_categories": {} }));
    };
    let wanted = Wanted::check(criteria, params.next_batch.as_deref())?;
    let answer = look::look(&app, &client, move |view| {
        let found = find::find(view, &wanted)?;
        answer::answer(view, &wanted, found)
    })
    .await?;
    RawAnswer::of(&json!({ "search_categories": { "room_events": answer } }))
}
