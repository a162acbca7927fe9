//! Reading by sliding sync (MSC4186), as Element X does.

use http::Method;
use serde_json::{Value, json};

use super::{News, Place, Reader, Setback, mail, seen};
use crate::http::segment;
use crate::kill::history::Seen;

/// One sync from a position. A room that is sent anew (`initial`) overlaps with what is known; one that is not
/// must go on exactly where it was.
pub(super) async fn ask(
    reader: &Reader,
    pos: Option<&str>,
    mail_since: Option<&str>,
    timeout_ms: u32,
) -> Result<News, Setback> {
    let pos = pos.map(|pos| format!("&pos={}", segment(pos))).unwrap_or_default();
    let path =
        format!("/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout={timeout_ms}{pos}");
    let mut to_device = json!({"enabled": true, "limit": 100});
    if let Some(since) = mail_since {
        to_device["since"] = since.into();
    }
    let list = json!({"ranges": [[0, 29]], "timeline_limit": reader.limit, "required_state": []});
    let ask = json!({"conn_id": "kill", "lists": {"all": list}, "extensions": {"to_device": to_device}});
    let body = reader.request(Method::POST, &path, Some(&ask)).await?;
    let pos = body["pos"].as_str().ok_or_else(|| Setback::Fault("no pos".into()))?;
    let mut rooms = Vec::new();
    let mut gaps = 0;
    for (room, known) in &reader.rooms {
        let (events, filled) = news_of(reader, room, known, &body["rooms"][room]).await?;
        gaps += u64::from(filled);
        rooms.push((room.clone(), events));
    }
    let to_device = &body["extensions"]["to_device"];
    let mail_next = to_device["next_batch"].as_str().or(mail_since).map(str::to_owned);
    let place = Place::Sliding { pos: Some(pos.to_owned()), mail: mail_next };
    Ok(News { place, rooms, mail: mail(&to_device["events"]), gaps })
}

/// What is new in one room, and whether a gap had to be filled for it.
async fn news_of(
    reader: &Reader,
    room: &str,
    known: &[Seen],
    update: &Value,
) -> Result<(Vec<Seen>, bool), Setback> {
    let mut events = seen(&update["timeline"]);
    let (Some(last), false) = (known.last(), events.is_empty()) else { return Ok((events, false)) };
    let begun_anew = update["initial"] == true;
    if begun_anew && let Some(place) = events.iter().position(|event| event.id == last.id) {
        return Ok((events.split_off(place + 1), false));
    }
    if begun_anew || update["limited"] == true {
        let mut missing = reader.fill_gap(room, &update["prev_batch"], &last.id).await?;
        missing.append(&mut events);
        return Ok((missing, true));
    }
    Ok((events, false))
}
