//! Guests of a room that wants none any more. Specification: Client-Server API, "Guest access", server
//! behaviour.

use alphorn_http::App;
use alphorn_http::domain::{MemberDetails, MembershipChange};
use alphorn_http::engine::RoomWish;
use alphorn_http::model::{OwnedRoomId, UserId};

use crate::membership::check_guest;

/// Guests looked for at a time.
const BATCH: usize = 200;

/// Lets the guests leave, if the room's setting as it is now keeps guests out.
pub(super) async fn leave_if_unwanted(app: &App, room: &OwnedRoomId) {
    loop {
        let wanted = room.clone();
        let found = app
            .engine()
            .read(move |reader| {
                let row = crate::place::room(reader, &wanted)?;
                if check_guest(reader, &row).is_ok() {
                    return Ok(Vec::new());
                }
                Ok(reader.joined_guests(row.nid, BATCH)?)
            })
            .await;
        let guests = match found {
            Ok(guests) if !guests.is_empty() => guests,
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(%error, "the guests of a room are not known");
                return;
            }
        };
        for guest in guests {
            let Ok(user) = UserId::parse(guest) else { return };
            let change = MembershipChange::Leave { user, details: MemberDetails::default() };
            if let Err(error) = app.engine().in_room(room, RoomWish::Membership(change)).await {
                tracing::warn!(%error, "a guest stays in a room that wants none");
                return;
            }
        }
    }
}
