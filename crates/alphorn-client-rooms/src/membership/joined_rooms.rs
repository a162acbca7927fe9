//! `GET /_matrix/client/v3/joined_rooms`. Specification: Client-Server API, "Listing rooms".

use alphorn_http::store::Membership;
use alphorn_http::{App, Client, RawAnswer, Result};
use axum::extract::State;
use serde_json::json;

pub(super) async fn joined_rooms(State(app): State<App>, client: Client) -> Result {
    client.no_guest()?;
    let user = client.user.to_string();
    let rooms = app.engine().read(move |reader| Ok(reader.room_ids_of(&user, Membership::Join)?)).await?;
    RawAnswer::of(&json!({ "joined_rooms": rooms }))
}
