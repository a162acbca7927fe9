//! `POST /_matrix/client/v3/user/{userId}/filter` and `GET .../filter/{filterId}`.
//! Specification: "Filtering".

use alphorn_http::{
    App, Client, JsonBody, Path, RawAnswer, Result,
    engine::token_hash,
    filter::Filter,
    model::{Aggregate, ErrorCode, Fact, RawJson, Refusal, fact::AccountFact},
};
use axum::extract::State;
use serde_json::{Value, json};

/// Filters of one user at most.
const FILTERS_MAX: u64 = 1_000;

/// Largest filter in bytes.
const FILTER_BYTES_MAX: usize = 65_536;

/// Letters of a filter's id.
const ID_LETTERS: usize = 22;

/// Stores a filter. Its id comes from its content, so the same filter is stored once.
pub(super) async fn post(
    State(app): State<App>,
    client: Client,
    Path(user): Path<String>,
    JsonBody(definition): JsonBody<RawJson>,
) -> Result {
    client.is(&user)?;
    if definition.get().len() > FILTER_BYTES_MAX {
        let words = format!("a filter has at most {FILTER_BYTES_MAX} bytes");
        return Err(Refusal::new(ErrorCode::TooLarge, words).into());
    }
    let object = serde_json::from_str::<Value>(definition.get()).is_ok_and(|value| value.is_object());
    if !object {
        return Err(Refusal::bad_json("a filter must be an object").into());
    }
    Filter::read(definition.get())?;
    let filter: String = token_hash(definition.get()).chars().take(ID_LETTERS).collect();
    let stored = filter.clone();
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            if reader.filter(&user, &stored)?.is_some() {
                return Ok((Vec::new(), ()));
            }
            if reader.filters_count(&user, FILTERS_MAX)? >= FILTERS_MAX {
                let words = "this account has too many filters";
                return Err(Refusal::new(ErrorCode::ResourceLimitExceeded, words).into());
            }
            let fact = AccountFact::FilterStored { filter: stored.clone(), definition: definition.clone() };
            Ok((vec![Fact::Account(fact)], ()))
        })
        .await?;
    RawAnswer::of(&json!({ "filter_id": filter }))
}

/// A stored filter.
pub(super) async fn get(
    State(app): State<App>,
    client: Client,
    Path((user, filter)): Path<(String, String)>,
) -> Result {
    client.is(&user)?;
    let found = app.engine().read(move |reader| Ok(reader.filter(&user, &filter)?)).await?;
    let found = found.ok_or_else(|| Refusal::not_found("there is no such filter"))?;
    RawAnswer::of(&found)
}
