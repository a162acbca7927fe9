//! Presence in syncs. Specification: Client-Server API, "Presence".

use alphorn_http::{
    App,
    engine::{Key, PresenceState, ReadError},
    model::{OwnedUserId, Refusal},
    store::Membership,
};
use serde_json::{Value, json};

use crate::classic::Builder;

/// Presence events in one answer at most.
const EVENTS_MAX: usize = 200;

/// A syncing client is there, unless it says otherwise.
pub(crate) async fn mark(app: &App, user: &OwnedUserId, state: PresenceState) -> Result<(), Refusal> {
    if !app.site().presence || state == PresenceState::Offline {
        return Ok(());
    }
    let engine = app.engine();
    if engine.ephemera().set_presence(user.as_str(), state, None, engine.now_ms()) {
        let name = user.to_string();
        let rooms = engine.read(move |reader| Ok(reader.room_ids_of(&name, Membership::Join)?)).await?;
        rooms.iter().for_each(|room| engine.wake().wake(&Key::room(room)));
    }
    Ok(())
}

/// Presence of people the user shares a room with, changed since the client's token.
pub(crate) fn changes(builder: &Builder<'_>) -> Result<Vec<Value>, ReadError> {
    let since = builder.ephemeral_since().unwrap_or(0);
    let filter = &builder.wanted.filter.presence;
    let mut events = Vec::new();
    for (user, presence) in builder.engine.ephemera().presence_since(since, EVENTS_MAX) {
        let shown = user == builder.user() || builder.reader.share_room(builder.user(), &user)?;
        if !shown || !filter.takes("m.presence", &user) {
            continue;
        }
        let mut content = json!({ "presence": presence.state.as_str() });
        let online = presence.state == PresenceState::Online;
        content["currently_active"] = online.into();
        if presence.last_active_ms > 0 {
            content["last_active_ago"] =
                builder.engine.now_ms().saturating_sub(presence.last_active_ms).into();
        }
        if let Some(message) = presence.status_msg {
            content["status_msg"] = message.into();
        }
        events.push(json!({ "type": "m.presence", "sender": user, "content": content }));
    }
    Ok(events)
}
