//! Presence in syncs. Specification: Client-Server API, "Presence".

use alphorn_http::{
    App,
    engine::{Key, Presence, PresenceState, ReadError},
    model::{OwnedUserId, Refusal},
    store::Membership,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use crate::classic::Builder;

/// Members of one room looked at for somebody who comes into it.
const MEMBERS_MAX: usize = 200;

/// Changes looked at for one answer: the newest ones of all users of this node.
const LOOKED_AT_MAX: usize = 500;

/// A syncing client is there, unless it says otherwise.
pub(crate) async fn mark(
    app: &App,
    user: &OwnedUserId,
    device: &str,
    state: PresenceState,
) -> Result<(), Refusal> {
    if !app.site().presence || state == PresenceState::Offline {
        return Ok(());
    }
    let engine = app.engine();
    if engine.ephemera().attend(user.as_str(), device, state, engine.now_ms()) {
        let name = user.to_string();
        let rooms = engine.read(move |reader| Ok(reader.room_ids_of(&name, Membership::Join)?)).await?;
        rooms.iter().for_each(|room| engine.wake().wake(&Key::room(room)));
    }
    Ok(())
}

/// Presence of people the user shares a room with: of those whose presence changed since the client's
/// token, and of those with whom a room is shared only since then.
pub(crate) fn changes(builder: &Builder<'_>) -> Result<Vec<Value>, ReadError> {
    let since = builder.ephemeral_since().unwrap_or(0);
    let ephemera = builder.engine.ephemera();
    let mut shown = BTreeMap::new();
    for (user, presence) in ephemera.presence_since(since, LOOKED_AT_MAX) {
        if user == builder.user() || builder.reader.share_room(builder.user(), &user)? {
            shown.insert(user, presence);
        }
    }
    let own = builder.since.is_none().then(|| builder.user().to_owned());
    for user in newcomers(builder)?.into_iter().chain(own) {
        if let Some(presence) = ephemera.presence(&user) {
            shown.insert(user, presence);
        }
    }
    let filter = &builder.wanted.filter.presence;
    shown.retain(|user, _| filter.takes("m.presence", user));
    Ok(shown.into_iter().map(|(user, presence)| event(&user, presence, builder.engine.now_ms())).collect())
}

/// People with whom the user shares a room only since the client's token.
fn newcomers(builder: &Builder<'_>) -> Result<Vec<String>, ReadError> {
    let mut users = Vec::new();
    if builder.since.is_none() {
        return Ok(users);
    }
    for mine in builder.reader.rooms_of_as(builder.user(), Membership::Join)? {
        if mine.since > builder.after() {
            let members = builder.reader.members_as(mine.room, Membership::Join, MEMBERS_MAX)?;
            users.extend(members.into_iter().map(|member| member.user));
        } else {
            let changes = builder.reader.membership_changes(mine.room, builder.after(), builder.end())?;
            users.extend(changes.into_iter().filter(|(_, joined)| *joined).map(|(user, _)| user));
        }
    }
    Ok(users)
}

fn event(user: &str, presence: Presence, now_ms: u64) -> Value {
    let mut content = json!({
        "presence": presence.state.as_str(),
        "currently_active": presence.state == PresenceState::Online,
    });
    if presence.last_active_ms > 0 {
        content["last_active_ago"] = now_ms.saturating_sub(presence.last_active_ms).into();
    }
    if let Some(message) = presence.status_msg {
        content["status_msg"] = message.into();
    }
    json!({ "type": "m.presence", "sender": user, "content": content })
}
