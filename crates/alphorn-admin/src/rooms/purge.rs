//! `POST /rooms/{room_id}/purge_media`.

use alphorn_http::{Json, Result, engine::ReadError, model::Position, store::Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{change::on_room, show::find};
use crate::{
    api::{Call, Nothing, reason},
    media,
    page::bad_cursor,
};

/// Events looked at in one call.
const EVENTS_MAX: usize = 500;

/// Addresses taken from one event at most.
const ADDRESSES_MAX: usize = 16;

/// Where to go on.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Purge {
    /// `next` of the answer before.
    #[serde(default)]
    from: Option<String>,
    /// Why, for the audit log.
    #[serde(default)]
    reason: Option<String>,
}

/// What was deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Purged {
    /// How many files.
    deleted: usize,
    /// Where to go on; null: the whole room was looked at.
    next: Option<String>,
}

pub(super) async fn purge(call: Call<String, Nothing, Purge>) -> Result<Json<Purged>> {
    let (room, act) = on_room(&call, "rooms.purge_media")?;
    let from = call.body.from.as_deref().map(|from| from.parse::<i64>().map_err(|_| bad_cursor()));
    let upto = Position(from.transpose()?.unwrap_or(i64::MAX));
    let act = act.because(reason(call.body.reason)?);
    let server = call.app.engine().server_name().to_string();
    let (ids, next) =
        call.app.engine().read(move |reader| referred(reader, room.as_str(), &server, upto)).await?;
    let mut deleted = 0;
    for id in ids {
        if media::remove(&call.app, &call.around, &id, act.clone().with("media", id.as_str())).await? {
            deleted += 1;
        }
    }
    Ok(Json(Purged { deleted, next: next.map(|next| next.0.to_string()) }))
}

/// Files of this server that events refer to which their uploaders sent, and where to go on.
fn referred(
    reader: &Reader<'_>,
    room: &str,
    server: &str,
    upto: Position,
) -> std::result::Result<(Vec<String>, Option<Position>), ReadError> {
    let row = find(reader, room)?;
    let events = reader.timeline_backwards(row.nid, Position(0), upto, EVENTS_MAX)?;
    let next =
        events.last().filter(|_| events.len() == EVENTS_MAX).map(|event| Position(event.position.0 - 1));
    let mut ids = Vec::new();
    for event in events {
        let Ok(event) = serde_json::from_str::<Value>(event.pdu.get()) else { continue };
        // Faces of rooms and people are no files that were sent.
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind.starts_with("m.room.") && kind != "m.room.message" {
            continue;
        }
        let sender = event.get("sender").and_then(Value::as_str).unwrap_or_default();
        let mut found = Vec::new();
        addresses(event.get("content").unwrap_or(&Value::Null), &format!("mxc://{server}/"), &mut found);
        for id in found {
            let own =
                reader.medium(&id)?.is_some_and(|medium| medium.user == sender && medium.object.is_some());
            if own && !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    Ok((ids, next))
}

/// Media ids in any text of a content that is the address of a file here.
fn addresses(value: &Value, prefix: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if found.len() < ADDRESSES_MAX => {
            found.extend(text.strip_prefix(prefix).filter(|id| !id.is_empty()).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| addresses(item, prefix, found)),
        Value::Object(fields) => fields.values().for_each(|field| addresses(field, prefix, found)),
        _ => {}
    }
}
