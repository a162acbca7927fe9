//! Events as clients get them. On the path of every sync: the text is put together from pieces of the
//! stored text, without building values.
//! Specification: Client-Server API, "Room event format", "Stripped state"; `m.room.redaction`.

use alphorn_model::{EventId, RawJson, RoomId, UserId};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Pdu, RoomState};

/// The state that is told to those who are not in the room yet.
const STRIPPED_KINDS: [&str; 8] = [
    "m.room.create",
    "m.room.name",
    "m.room.avatar",
    "m.room.topic",
    "m.room.join_rules",
    "m.room.canonical_alias",
    "m.room.encryption",
    "m.room.guest_access",
];

/// What clients get of the federation format.
#[derive(Deserialize)]
struct Shown<'a> {
    #[serde(borrow)]
    content: &'a RawValue,
    #[serde(borrow)]
    sender: &'a RawValue,
    #[serde(rename = "type", borrow)]
    kind: &'a RawValue,
    #[serde(borrow, default)]
    state_key: Option<&'a RawValue>,
    #[serde(borrow)]
    origin_server_ts: &'a RawValue,
    #[serde(borrow, default)]
    redacts: Option<&'a RawValue>,
}

/// A stored event in the format for clients. Without `room_id` where the answer says the room already
/// (sync). `unsigned` is a JSON object that the caller made.
///
/// # Errors
/// When the stored text is not an event.
pub fn client_event(
    pdu: &RawValue,
    event_id: &EventId,
    room_id: Option<&RoomId>,
    unsigned: Option<&RawValue>,
) -> Result<RawJson, serde_json::Error> {
    let mut text = String::new();
    write_client_event(&mut text, pdu, event_id, room_id, unsigned.map(RawValue::get))?;
    RawValue::from_string(text)
}

/// The same as text at the end of `out`, for those who put many together. On an error nothing is written.
///
/// # Errors
/// When the stored text is not an event.
pub fn write_client_event(
    out: &mut String,
    pdu: &RawValue,
    event_id: &EventId,
    room_id: Option<&RoomId>,
    unsigned: Option<&str>,
) -> Result<(), serde_json::Error> {
    let event: Shown<'_> = serde_json::from_str(pdu.get())?;
    out.reserve(pdu.get().len() + unsigned.map_or(0, str::len));
    out.push_str("{\"content\":");
    let redacts = write_content(out, &event);
    out.push_str(",\"event_id\":");
    write_text(out, event_id.as_str());
    write_raw(out, "origin_server_ts", Some(event.origin_server_ts));
    write_raw(out, "redacts", redacts);
    if let Some(room_id) = room_id {
        out.push_str(",\"room_id\":");
        write_text(out, room_id.as_str());
    }
    write_raw(out, "sender", Some(event.sender));
    write_raw(out, "state_key", event.state_key);
    write_raw(out, "type", Some(event.kind));
    if let Some(unsigned) = unsigned {
        out.push_str(",\"unsigned\":");
        out.push_str(unsigned);
    }
    out.push('}');
    Ok(())
}

/// Writes the content. A redaction names its target at the top level in versions up to 10 and in the
/// content since: clients of any age find it in both places. The answer is what belongs at the top.
fn write_content<'a>(out: &mut String, event: &Shown<'a>) -> Option<&'a RawValue> {
    #[derive(Deserialize)]
    struct Content<'a> {
        #[serde(borrow, default)]
        redacts: Option<&'a RawValue>,
    }
    let content = event.content.get();
    let is_redaction = event.kind.get() == "\"m.room.redaction\"";
    let inside = is_redaction
        .then(|| serde_json::from_str::<Content<'a>>(content).ok())
        .flatten()
        .and_then(|content| content.redacts);
    match (inside, event.redacts) {
        (None, Some(redacts)) if is_redaction && content.starts_with('{') => {
            let rest = content.get(1..).unwrap_or_default();
            let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
            out.push_str("{\"redacts\":");
            out.push_str(redacts.get());
            out.push_str(comma);
            out.push_str(rest);
        }
        _ => out.push_str(content),
    }
    event.redacts.or(inside)
}

fn write_raw(out: &mut String, key: &str, value: Option<&RawValue>) {
    if let Some(value) = value {
        out.push_str(",\"");
        out.push_str(key);
        out.push_str("\":");
        out.push_str(value.get());
    }
}

/// Ids of other servers' old events may hold any character.
fn write_text(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else if let Ok(quoted) = serde_json::to_string(text) {
        out.push_str(&quoted);
    } else {
        out.push_str("\"\"");
    }
}

/// A state event with nothing but what stripped state may hold.
///
/// # Errors
/// When the content is not JSON, which cannot be for a parsed event.
pub fn stripped_event(event: &Pdu) -> Result<RawJson, serde_json::Error> {
    let mut out = String::from("{\"content\":");
    out.push_str(event.content.get());
    out.push_str(",\"sender\":");
    write_text(&mut out, event.sender.as_str());
    out.push_str(",\"state_key\":");
    write_text(&mut out, event.state_key.as_deref().unwrap_or_default());
    out.push_str(",\"type\":");
    write_text(&mut out, event.kind_str());
    out.push('}');
    RawValue::from_string(out)
}

/// What someone invited or knocking is told about the room: its face, and those of these members
/// (the invited user, the inviter) whose membership events are loaded.
#[must_use]
pub fn stripped_state(state: &RoomState, members: &[&UserId]) -> Vec<RawJson> {
    let face = STRIPPED_KINDS.iter().filter_map(|kind| state.state(kind, ""));
    let members = members.iter().filter_map(|user| state.member(user).event());
    face.chain(members).filter_map(|event| stripped_event(event).ok()).collect()
}
