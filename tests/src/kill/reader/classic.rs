//! Reading by `GET /sync`.

use http::Method;

use super::{News, Place, Reader, Setback, mail, seen};
use crate::http::segment;

/// One sync from a token. Limited timelines are filled: client-server API, "Syncing", tells how.
pub(super) async fn ask(reader: &Reader, since: Option<&str>, timeout_ms: u32) -> Result<News, Setback> {
    let filter = segment(&format!(r#"{{"room":{{"timeline":{{"limit":{}}}}}}}"#, reader.limit));
    let since = since.map(|since| format!("&since={}", segment(since))).unwrap_or_default();
    let path = format!("/_matrix/client/v3/sync?timeout={timeout_ms}&filter={filter}{since}");
    let body = reader.request(Method::GET, &path, None).await?;
    let next = body["next_batch"].as_str().ok_or_else(|| Setback::Fault("no next_batch".into()))?;
    let mut rooms = Vec::new();
    let mut gaps = 0;
    for (room, known) in &reader.rooms {
        let timeline = &body["rooms"]["join"][room]["timeline"];
        let mut events = seen(&timeline["events"]);
        if timeline["limited"] == true
            && let Some(last) = known.last()
        {
            let mut missing = reader.fill_gap(room, &timeline["prev_batch"], &last.id).await?;
            missing.append(&mut events);
            events = missing;
            gaps += 1;
        }
        rooms.push((room.clone(), events));
    }
    let place = Place::Classic { since: Some(next.to_owned()) };
    Ok(News { place, rooms, mail: mail(&body["to_device"]["events"]), gaps })
}
