//! What a gateway is told of an event. Specification: Push Gateway API, `POST /_matrix/push/v1/notify`.

use alphorn_engine::{
    Engine, ReadError,
    store::{Reader, RoomRow, StoredEvent},
    view::{EventHead, View},
};
use alphorn_model::{Position, RawJson, UserId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One message for one pusher.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) user: String,
    pub(crate) app_id: String,
    pub(crate) pushkey: String,
    pub(crate) url: String,
    pub(crate) body: String,
    /// In how many rooms something is unread, as the body says.
    pub(crate) unread: u64,
}

/// A pusher as the client set it. Specification: `POST /pushers/set`.
#[derive(Deserialize)]
struct Pusher {
    kind: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    url: Option<String>,
    format: Option<String>,
    #[serde(flatten)]
    further: Map<String, Value>,
}

/// The notices that an event gives: for members with pushers whose rules say so.
pub(crate) fn notices(
    engine: &Engine,
    reader: &Reader<'_>,
    event_id: &str,
) -> Result<Vec<Notice>, ReadError> {
    let Some(event) = reader.event(event_id)? else { return Ok(Vec::new()) };
    let Some(room) = reader.room_by_nid(event.room)? else { return Ok(Vec::new()) };
    let head = EventHead::of(&event)?;
    let invited = head.state_key.as_deref().filter(|_| head.kind == "m.room.member");
    let mut notices = Vec::new();
    let mut last: Option<(String, Option<Reason>)> = None;
    for pusher in reader.pushers_of_room(event.room, invited)? {
        if pusher.user == *head.sender {
            continue;
        }
        // Rows come by user: each user's rules are asked once.
        if last.as_ref().is_none_or(|(user, _)| *user != pusher.user) {
            last = Some((pusher.user.clone(), reason(engine, reader, &pusher.user, &room, &event)?));
        }
        let Some((_, Some(reason))) = &last else { continue };
        let found = Target::read(reader, &pusher.app_id, &pusher.pushkey, &pusher.pusher, pusher.position)?;
        let Some(mut target) = found else { continue };
        target.device["tweaks"] = reason.tweaks.clone();
        let body = body(reader, &room, &event, &head, reason, &target, &pusher.user)?;
        notices.push(Notice {
            user: pusher.user,
            app_id: pusher.app_id,
            pushkey: pusher.pushkey,
            url: target.url,
            body: json!({ "notification": body }).to_string(),
            unread: reason.unread,
        });
    }
    Ok(notices)
}

impl Data {
    /// What of the pusher's data the gateway gets back: everything but the URL.
    fn further_with_format(&self) -> Value {
        let mut data = self.further.clone();
        if let Some(format) = &self.format {
            data.insert("format".to_owned(), format.clone().into());
        }
        Value::Object(data)
    }
}

/// Where a pusher's notices go.
pub(crate) struct Target {
    pub(crate) url: String,
    /// The pusher as the gateway knows it.
    pub(crate) device: Value,
    /// Whether the gateway gets more of an event than its id.
    whole: bool,
}

impl Target {
    /// Reads a pusher; nothing: it is of no kind that is known here.
    pub(crate) fn read(
        reader: &Reader<'_>,
        app_id: &str,
        pushkey: &str,
        pusher: &RawJson,
        position: i64,
    ) -> Result<Option<Self>, ReadError> {
        let Ok(settings) = serde_json::from_str::<Pusher>(pusher.get()) else { return Ok(None) };
        let http = settings.kind.as_deref() == Some("http");
        let Some(url) = settings.data.url.clone().filter(|_| http) else { return Ok(None) };
        let set_at = reader.record(Position(position).seq())?.map_or(0, |record| record.time / 1_000);
        let device = json!({
            "app_id": app_id,
            "pushkey": pushkey,
            "pushkey_ts": set_at,
            "data": settings.data.further_with_format(),
        });
        let whole = settings.data.format.as_deref() != Some("event_id_only");
        Ok(Some(Self { url, device, whole }))
    }
}

struct Reason {
    tweaks: Value,
    unread: u64,
    urgent: bool,
}

fn reason(
    engine: &Engine,
    reader: &Reader<'_>,
    user: &str,
    room: &RoomRow,
    event: &StoredEvent,
) -> Result<Option<Reason>, ReadError> {
    let Ok(user) = UserId::parse(user) else { return Ok(None) };
    let outcome = engine.unread().outcome(reader, &user, room, event)?;
    if !outcome.notify {
        return Ok(None);
    }
    let mut tweaks = Map::new();
    for action in &outcome.actions {
        if let Ok(Value::Object(action)) = serde_json::to_value(action)
            && let Some(Value::String(name)) = action.get("set_tweak")
        {
            tweaks.insert(name.clone(), action.get("value").cloned().unwrap_or(Value::Bool(true)));
        }
    }
    let unread = engine.unread().rooms_with_unread(reader, &user)?;
    let urgent = outcome.highlight || tweaks.contains_key("sound");
    Ok(Some(Reason { tweaks: Value::Object(tweaks), unread, urgent }))
}

fn body(
    reader: &Reader<'_>,
    room: &RoomRow,
    event: &StoredEvent,
    head: &EventHead<'_>,
    reason: &Reason,
    target: &Target,
    user: &str,
) -> Result<Value, ReadError> {
    let mut body = json!({
        "event_id": event.event_id,
        // The name of the same in the first push gateways, which some still read.
        "id": event.event_id,
        "room_id": room.room_id,
        "counts": { "unread": reason.unread },
        "prio": if reason.urgent { "high" } else { "low" },
        "devices": [target.device],
    });
    if !target.whole {
        return Ok(body);
    }
    let view = View::new(reader, user, "", 0);
    body["type"] = head.kind.clone().into();
    body["sender"] = head.sender.clone().into();
    body["content"] = serde_json::from_str(view.content(event)?.get()).unwrap_or_default();
    if head.kind == "m.room.member" {
        body["user_is_target"] = (head.state_key.as_deref() == Some(user)).into();
        // Not specified, but gateways tell an invite from a message by it.
        body["membership"] = body["content"]["membership"].clone();
    }
    for (field, kind, key, part) in [
        ("room_name", "m.room.name", "", "name"),
        ("room_alias", "m.room.canonical_alias", "", "alias"),
        ("sender_display_name", "m.room.member", &*head.sender, "displayname"),
    ] {
        if let Some(state) = view.state_now(room.nid, kind, key)? {
            let content: Value = serde_json::from_str(view.content(&state)?.get()).unwrap_or_default();
            if let Some(text) = content.get(part).and_then(Value::as_str) {
                body[field] = text.into();
            }
        }
    }
    // A room without a name is called by its alias. Specification: "Calculating the display name for a room".
    if body.get("room_name").is_none()
        && let Some(alias) = body.get("room_alias").cloned()
    {
        body["room_name"] = alias;
    }
    Ok(body)
}
