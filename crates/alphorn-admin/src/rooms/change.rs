//! What administrators of the server do with rooms.

use alphorn_http::{
    App, Json, Result,
    engine::RoomWish,
    model::{OwnedRoomId, Refusal, fact::Act},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::show::{RoomState, find, state_of};
use crate::api::{Call, Nothing, Reason, local_user, reason};

/// How a room is closed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Closure {
    /// Whether those who are in it stay, so that they can go on reading.
    #[serde(default)]
    keep_members: bool,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn close(call: Call<String, Nothing, Closure>) -> Result<Json<RoomState>> {
    let (room, act) = on_room(&call, "rooms.close")?;
    let remove_members = !call.body.keep_members;
    let act = act.because(reason(call.body.reason)?).with("remove_members", remove_members);
    let engine = call.app.engine();
    engine.administer_room(&room, act, |act| RoomWish::Close { closed: true, remove_members, act }).await?;
    answer(&call.app, room).await
}

pub(super) async fn reopen(call: Call<String, Nothing, Reason>) -> Result<Json<RoomState>> {
    let (room, act) = on_room(&call, "rooms.reopen")?;
    let act = act.because(reason(call.body.reason)?);
    let wish = |act| RoomWish::Close { closed: false, remove_members: false, act };
    call.app.engine().administer_room(&room, act, wish).await?;
    answer(&call.app, room).await
}

pub(super) async fn purge(call: Call<String, Nothing, Reason>) -> Result<Json<RoomState>> {
    let (room, act) = on_room(&call, "rooms.purge")?;
    let act = act.because(reason(call.body.reason)?);
    call.app.engine().administer_room(&room, act, |act| RoomWish::Purge { act }).await?;
    answer(&call.app, room).await
}

/// Who is to be an administrator of a room.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Promotion {
    /// The member.
    user_id: String,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn make_administrator(call: Call<String, Nothing, Promotion>) -> Result<Json<RoomState>> {
    let (room, act) = on_room(&call, "rooms.administrator")?;
    let user = local_user(&call.app, &call.body.user_id)?;
    let act = act.because(reason(call.body.reason)?).with("user", user.as_str());
    let wish = |act| RoomWish::MakeAdministrator { user, act };
    call.app.engine().administer_room(&room, act, wish).await?;
    answer(&call.app, room).await
}

/// The room of the path, and an act on it.
pub(super) fn on_room<Q, B>(call: &Call<String, Q, B>, action: &str) -> Result<(OwnedRoomId, Act)> {
    let room = OwnedRoomId::try_from(call.path.as_str())
        .map_err(|_| Refusal::invalid_param("this is not a room id, such as !abc:example.org"))?;
    let act = call.act(action).on(room.as_str());
    Ok((room, act))
}

/// The room as it stands now.
async fn answer(app: &App, room: OwnedRoomId) -> Result<Json<RoomState>> {
    let state = app.engine().read(move |reader| state_of(reader, find(reader, room.as_str())?));
    Ok(Json(state.await?))
}
