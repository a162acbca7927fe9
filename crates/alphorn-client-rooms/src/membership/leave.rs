//! `POST /_matrix/client/v3/rooms/{roomId}/leave`. Specification: Client-Server API, "Leaving rooms".

use alphorn_http::domain::{MemberDetails, MembershipChange};
use alphorn_http::engine::RoomWish;
use alphorn_http::model::OwnedRoomId;
use alphorn_http::{App, Client, OptionalJsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Body {
    #[serde(default)]
    reason: Option<String>,
}

/// Suspended users may leave too.
pub(super) async fn leave(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    OptionalJsonBody(body): OptionalJsonBody<Body>,
) -> Result {
    let details = MemberDetails::reason(body.reason);
    let change = MembershipChange::Leave { user: client.user.clone(), details };
    app.engine().in_room(&room, RoomWish::Membership(change)).await?;
    empty()
}
