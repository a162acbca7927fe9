//! `GET /_matrix/client/v1/room_summary/{roomIdOrAlias}`. Specification: Client-Server API, "Room
//! summaries".

use alphorn_http::{App, MaybeClient, Path, RawAnswer, Result};
use axum::extract::State;
use serde_json::json;

use super::{is_visible, summary_of};
use crate::place;

pub(super) async fn summary(
    State(app): State<App>,
    MaybeClient(client): MaybeClient,
    Path(id_or_alias): Path<String>,
) -> Result {
    let room = place::resolve(&app, &id_or_alias).await?;
    let user = client.map(|client| client.user.to_string());
    let summary = app
        .engine()
        .read(move |reader| {
            let row = place::room(reader, &room)?;
            if !is_visible(reader, &row, user.as_deref())? {
                return Err(place::unknown().into());
            }
            let mut summary = summary_of(reader, &row)?;
            if let Some(user) = user {
                let member = reader.member(row.nid, &user)?;
                let standing = member.map_or("leave", |member| member.membership.as_str());
                summary.insert("membership".to_owned(), json!(standing));
            }
            Ok(summary)
        })
        .await?;
    RawAnswer::of(&summary)
}
