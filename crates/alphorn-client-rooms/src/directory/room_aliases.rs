//! `GET /_matrix/client/v3/rooms/{roomId}/aliases`. Specification: Client-Server API, "Room aliases".

use alphorn_http::model::{OwnedRoomId, Refusal};
use alphorn_http::{App, Client, Path, RawAnswer, Result};
use axum::extract::State;
use serde_json::json;

use crate::{content, place};

pub(super) async fn room_aliases(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
) -> Result {
    client.no_guest()?;
    let user = client.user.to_string();
    let aliases = app
        .engine()
        .read(move |reader| {
            let row = place::room(reader, &room)?;
            if !content::is_joined(reader, &row, &user)? && !content::world_readable(reader, &row)? {
                return Err(Refusal::forbidden("you are not in this room").into());
            }
            Ok(reader.aliases_of(&row.room_id)?)
        })
        .await?;
    RawAnswer::of(&json!({ "aliases": aliases }))
}
