//! `POST /_matrix/client/v3/rooms/{roomId}/forget`. Specification: Client-Server API, "Leaving rooms".

use alphorn_http::model::fact::AccountFact;
use alphorn_http::model::{Aggregate, ErrorCode, Fact, OwnedRoomId, Refusal};
use alphorn_http::store::Membership;
use alphorn_http::{App, Client, OptionalJsonBody, Path, Result, empty};
use axum::extract::State;
use serde_json::{Map, Value};

use crate::place;

pub(super) async fn forget(
    State(app): State<App>,
    client: Client,
    Path(room): Path<OwnedRoomId>,
    OptionalJsonBody(_): OptionalJsonBody<Map<String, Value>>,
) -> Result {
    client.no_guest()?;
    let user = client.user.to_string();
    app.engine()
        .decide(Aggregate::User(user.clone()), move |reader| {
            let row = place::room(reader, &room)?;
            let member = reader.member(row.nid, &user)?.ok_or_else(place::unknown)?;
            match member.membership {
                Membership::Leave | Membership::Ban if member.forgotten => Ok((Vec::new(), ())),
                Membership::Leave | Membership::Ban => {
                    Ok((vec![Fact::Account(AccountFact::RoomForgotten { room: room.clone() })], ()))
                }
                _ => {
                    let words = "a room can be forgotten only after it was left";
                    Err(Refusal::new(ErrorCode::Unknown, words).with_status(400).into())
                }
            }
        })
        .await?;
    empty()
}
