//! `GET /_matrix/client/v1/mutual_rooms`. Specification: Client-Server API, "Mutual rooms".

use alphorn_http::model::{Refusal, UserId};
use alphorn_http::{App, Client, Query, RawAnswer, Result};
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

/// Rooms in one answer.
const LIMIT: usize = 100;

#[derive(Deserialize)]
pub(super) struct Params {
    user_id: String,
    from: Option<String>,
}

pub(super) async fn mutual_rooms(
    State(app): State<App>,
    client: Client,
    Query(params): Query<Params>,
) -> Result {
    client.no_guest()?;
    app.limits().check("message", alphorn_http::Subject::User(client.user.to_string()))?;
    let other =
        UserId::parse(&params.user_id).map_err(|_| Refusal::invalid_param("'user_id' is not a user id"))?;
    if other == client.user {
        return Err(Refusal::invalid_param("rooms are mutual with somebody else").into());
    }
    let after: i64 = match params.from.as_deref() {
        None | Some("") => 0,
        Some(token) => token
            .strip_prefix('m')
            .and_then(|number| number.parse().ok())
            .ok_or_else(|| Refusal::invalid_param("'from' is not a token of this endpoint"))?,
    };
    let user = client.user.to_string();
    let (count, joined, next) = app
        .engine()
        .read(move |reader| {
            let common = reader.common_rooms(&user, other.as_str())?;
            let page: Vec<i64> = common.iter().copied().filter(|nid| *nid > after).take(LIMIT + 1).collect();
            let next = page.get(LIMIT).and(page.get(LIMIT - 1)).map(|nid| format!("m{nid}"));
            let mut joined = Vec::new();
            for nid in page.into_iter().take(LIMIT) {
                joined.extend(reader.room_by_nid(nid)?.map(|room| room.room_id));
            }
            Ok((common.len(), joined, next))
        })
        .await?;
    let mut answer = json!({ "joined": joined, "count": count });
    if let Some(next) = next {
        answer["next_batch"] = json!(next);
    }
    RawAnswer::of(&answer)
}
