//! `GET /_matrix/client/v3/joined_rooms`. Specification: Client-Server API, "Listing rooms".

use alphorn_http::store::Membership;
use alphorn_http::{App, Client, RawAnswer, Result};
use axum::extract::State;
use serde_json::json;

pub(super) async fn joined_rooms(State(app): State<App>, client: Client) -> Result {
    client.no_guest()?;
    let user = client.user.to_string();
    let rooms = app
        .engine()
        .read(move |reader| {
            let mut rooms = Vec::new();
            for member in reader.rooms_of_as(&user, Membership::Join)? {
                rooms.extend(reader.room_by_nid(member.room)?.map(|room| room.room_id));
            }
            Ok(rooms)
        })
        .await?;
    RawAnswer::of(&json!({ "joined_rooms": rooms }))
}
