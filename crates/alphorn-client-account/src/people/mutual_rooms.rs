//! `GET /_matrix/client/v1/mutual_rooms`. Specification: Client-Server API, "Mutual Rooms".

use alphorn_http::{
    App, Query, RawAnswer, Regular, Result,
    model::{OwnedUserId, Refusal},
};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

/// Rooms on one page.
const PAGE_MAX: usize = 100;

#[derive(Deserialize)]
pub(super) struct Params {
    user_id: OwnedUserId,
    from: Option<String>,
}

/// The rooms that one shares with another user.
pub(super) async fn get(
    State(app): State<App>,
    Regular(client): Regular,
    Query(params): Query<Params>,
) -> Result {
    if client.user == params.user_id {
        return Err(Refusal::invalid_param("this is your own user id").into());
    }
    let after = match &params.from {
        None => i64::MIN,
        Some(token) => token
            .strip_prefix('r')
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| Refusal::invalid_param("'from' is not a token of this endpoint"))?,
    };
    let (one, other) = (client.user.to_string(), params.user_id.to_string());
    let (count, joined, next) = app
        .engine()
        .read(move |reader| {
            let shared = reader.common_rooms(&one, &other)?;
            let count = shared.len();
            let page: Vec<i64> = shared.into_iter().filter(|room| *room > after).take(PAGE_MAX + 1).collect();
            let next = page.get(PAGE_MAX).and_then(|_| page.get(PAGE_MAX - 1)).map(|last| format!("r{last}"));
            let mut joined = Vec::new();
            for room in page.into_iter().take(PAGE_MAX) {
                joined.extend(reader.room_by_nid(room)?.map(|room| room.room_id));
            }
            Ok((count, joined, next))
        })
        .await?;
    let mut answer = json!({ "joined": joined, "count": count });
    if let Some(next) = next {
        answer["next_batch"] = next.into();
    }
    RawAnswer::of(&answer)
}
