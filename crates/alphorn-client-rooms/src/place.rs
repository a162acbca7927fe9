//! Which room a request means.

use alphorn_http::engine::ReadError;
use alphorn_http::model::{OwnedRoomId, Refusal, RoomAliasId, RoomId};
use alphorn_http::{App, store::Reader, store::RoomRow};

/// A room of this server.
pub(crate) fn room(reader: &Reader<'_>, room: &RoomId) -> Result<RoomRow, ReadError> {
    Ok(reader.room(room.as_str())?.ok_or_else(unknown)?)
}

/// There is no such room here.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("this server knows no such room")
}

/// The room of an id or an alias.
pub(crate) async fn resolve(app: &App, id_or_alias: &str) -> Result<OwnedRoomId, Refusal> {
    if id_or_alias.starts_with('!') {
        return RoomId::parse(id_or_alias)
            .map_err(|error| Refusal::invalid_param(format!("not a room id: {error}")));
    }
    let alias = RoomAliasId::parse(id_or_alias)
        .map_err(|error| Refusal::invalid_param(format!("neither a room id nor an alias: {error}")))?;
    let found = app.engine().read(move |reader| Ok(reader.alias(alias.as_str())?)).await?;
    let (room, _) = found.ok_or_else(|| Refusal::not_found("this alias points to no room"))?;
    RoomId::parse(room).map_err(|_| Refusal::internal())
}
