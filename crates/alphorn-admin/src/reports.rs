//! What people reported. Specification: Client-Server API, "Reporting Content".

use alphorn_http::{
    App, Json, Result,
    engine::ReadError,
    model::{Aggregate, Fact, Refusal, fact::DirectoryFact},
    store::{Reader, ReportRow},
};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    api::{Api, Call, Nothing, reason},
    page::{self, Page, bad_cursor},
};

/// Letters shown of a reported message.
const EXCERPT_LETTERS_MAX: usize = 1_000;

pub(crate) fn add(api: Api) -> Api {
    api.on(Method::GET, "/reports", ("reports.listReports", "Lists reports, the newest first."), list)
        .on(Method::GET, "/reports/{report_id}", ("reports.getReport", "Shows a report."), show)
        .on(
            Method::PUT,
            "/reports/{report_id}",
            ("reports.resolveReport", "Says that a report was dealt with, or opens it again."),
            resolve,
        )
}

/// Which reports.
#[derive(Debug, Deserialize, JsonSchema)]
struct Wanted {
    /// Also those that were dealt with.
    #[serde(default)]
    all: bool,
    /// `next` of the page before this one.
    from: Option<String>,
    /// How many at most: 1 to 200, 50 unless given.
    limit: Option<usize>,
}

/// Something that was reported.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Report")]
struct Shown {
    /// Its id.
    report_id: String,
    /// Who reported.
    reporter: String,
    /// When, in milliseconds since the epoch.
    at_ms: u64,
    /// The room.
    room_id: Option<String>,
    /// The name of the room.
    room_name: Option<String>,
    /// The event.
    event_id: Option<String>,
    /// Who sent the event.
    event_sender: Option<String>,
    /// What it said; null: it cannot be read here, because it is encrypted or was taken back.
    event_text: Option<String>,
    /// The user.
    user_id: Option<String>,
    /// In the reporter's words.
    reason: Option<String>,
    /// -100 (most offensive) to 0.
    score: Option<i64>,
    /// When it was dealt with; null: it was not.
    resolved_at_ms: Option<u64>,
    /// By whom.
    resolved_by: Option<String>,
    /// What came of it.
    note: Option<String>,
}

fn shown(reader: &Reader<'_>, row: ReportRow) -> std::result::Result<Shown, ReadError> {
    let event = row.event.as_deref().map(|event| reader.event(event)).transpose()?.flatten();
    let redacted = event.as_ref().is_some_and(|event| event.redacted_by.is_some());
    let event: Value = event.and_then(|event| serde_json::from_str(event.pdu.get()).ok()).unwrap_or_default();
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let said = text("/content/body").filter(|_| !redacted);
    let room = row.room.as_deref().map(|room| reader.room(room)).transpose()?.flatten();
    let name = room.map(|room| reader.state_event(room.nid, "m.room.name", "")).transpose()?.flatten();
    let name: Value = name.and_then(|event| serde_json::from_str(event.pdu.get()).ok()).unwrap_or_default();
    Ok(Shown {
        report_id: row.id,
        reporter: row.reporter,
        at_ms: row.at,
        room_id: row.room,
        room_name: name.pointer("/content/name").and_then(Value::as_str).map(str::to_owned),
        event_id: row.event,
        event_sender: text("/sender"),
        event_text: said.map(|said| said.chars().take(EXCERPT_LETTERS_MAX).collect()),
        user_id: row.user,
        reason: row.reason,
        score: row.score,
        resolved_at_ms: row.resolved_at,
        resolved_by: row.resolved_by,
        note: row.note,
    })
}

async fn list(call: Call<(), Wanted>) -> Result<Json<Page<Shown>>> {
    let Wanted { all, from, limit } = call.query;
    let before = from.map_or(Ok(i64::MAX), |from| from.parse::<i64>().map_err(|_| bad_cursor()))?;
    let limit = page::limit(limit);
    let page = call.app.engine().read(move |reader| {
        let rows = reader.reports_before(before, !all, limit + 1)?;
        let page = Page::cut(rows, limit, |row| row.position.to_string());
        let entries = page.entries.into_iter().map(|row| shown(reader, row));
        Ok(Page { entries: entries.collect::<std::result::Result<_, ReadError>>()?, next: page.next })
    });
    Ok(Json(page.await?))
}

async fn show(call: Call<String>) -> Result<Json<Shown>> {
    find(&call.app, call.path).await
}

async fn find(app: &App, id: String) -> Result<Json<Shown>> {
    let found = app.engine().read(move |reader| {
        let row = reader.report(&id)?.ok_or_else(unknown)?;
        shown(reader, row)
    });
    Ok(Json(found.await?))
}

fn unknown() -> Refusal {
    Refusal::not_found("there is no such report")
}

/// What became of a report.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resolution {
    /// Dealt with, or not.
    resolved: bool,
    /// What came of it, in the administrator's words.
    #[serde(default)]
    note: Option<String>,
}

async fn resolve(call: Call<String, Nothing, Resolution>) -> Result<Json<Shown>> {
    let (id, by) = (call.path.clone(), call.by.user.clone());
    let note = reason(call.body.note.clone())?;
    let resolved = call.body.resolved;
    let act = call.act("reports.resolve").on(id.as_str()).because(note.clone()).with("resolved", resolved);
    let wanted = id.clone();
    let done = call.app.engine().administer(Aggregate::Server, act, move |reader| {
        let row = reader.report(&wanted)?.ok_or_else(unknown)?;
        let id = wanted.clone();
        let fact = match (resolved, row.resolved_at.is_some()) {
            (false, false) => return Ok((Vec::new(), ())),
            (false, true) => DirectoryFact::ReportReopened { id },
            (true, _) => DirectoryFact::ReportResolved { id, by: by.clone(), note: note.clone() },
        };
        Ok((vec![Fact::Directory(fact)], ()))
    });
    done.await?;
    find(&call.app, id).await
}
