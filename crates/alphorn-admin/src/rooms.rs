//! Rooms of this server.

mod change;
mod find;
mod purge;
mod show;

use http::Method;

use crate::api::Api;

pub(crate) fn add(api: Api) -> Api {
    api.on(
        Method::GET,
        "/rooms",
        ("rooms.listRooms", "Lists rooms, or finds them by id, alias or the beginning of a word of the name."),
        find::list,
    )
    .on(Method::GET, "/rooms/{room_id}", ("rooms.getRoom", "Shows a room."), show::show)
    .on(
        Method::GET,
        "/rooms/{room_id}/members",
        ("rooms.listRoomMembers", "Lists the members of a room, in the order they came."),
        show::members,
    )
    .on(
        Method::POST,
        "/rooms/{room_id}/close",
        (
            "rooms.closeRoom",
            "Closes a room: nobody gets in and nothing is written. Those who are in it leave, unless they are to stay.",
        ),
        change::close,
    )
    .on(Method::POST, "/rooms/{room_id}/reopen", ("rooms.reopenRoom", "Opens a closed room again."), change::reopen)
    .on(
        Method::POST,
        "/rooms/{room_id}/administrator",
        (
            "rooms.makeRoomAdministrator",
            "Makes a member an administrator of the room, in the name of a member of this server who may do so.",
        ),
        change::make_administrator,
    )
    .on(
        Method::POST,
        "/rooms/{room_id}/purge",
        (
            "rooms.purgeRoom",
            "Closes a room for good and removes everything that was said in it, its files and what it is called. Goes \
             on after the answer: `purge` of the room says how far it is. Cannot be undone.",
        ),
        change::purge,
    )
    .on(
        Method::POST,
        "/rooms/{room_id}/purge_media",
        (
            "rooms.purgeRoomMedia",
            "Deletes the files that events of the room refer to, as far as whoever sent them uploaded them here. Looks \
             at up to 500 events; call it again with `next` as `from`. What encrypted events refer to is not known.",
        ),
        purge::purge,
    )
}
