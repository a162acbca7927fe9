//! Reporting. Specification: Client-Server API, "Reporting Content".

mod event;
mod room;
mod user;

use alphorn_http::model::fact::DirectoryFact;
use alphorn_http::model::{Aggregate, Fact, OwnedEventId, OwnedRoomId, OwnedUserId, Refusal, secret};
use alphorn_http::{App, Client, Result, Subject};
use axum::Router;
use axum::routing::post;

/// Longest reason in bytes.
const REASON_BYTES_MAX: usize = 4_096;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/rooms/{room_id}/report", post(room::report))
        .route("/rooms/{room_id}/report/{event_id}", post(event::report))
        .route("/users/{user_id}/report", post(user::report))
}

/// What is reported.
#[derive(Default)]
struct Report {
    room: Option<OwnedRoomId>,
    event: Option<OwnedEventId>,
    user: Option<OwnedUserId>,
    reason: Option<String>,
    score: Option<i64>,
}

async fn file(app: &App, client: &Client, report: Report) -> Result<()> {
    client.no_guest()?;
    app.limits().check("message", Subject::User(client.user.to_string()))?;
    if report.reason.as_ref().is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
        return Err(Refusal::invalid_param(format!("'reason' has at most {REASON_BYTES_MAX} bytes")).into());
    }
    let fact = DirectoryFact::Reported {
        id: secret::alphanumeric(app.engine().entropy(), 16),
        reporter: client.user.clone(),
        room: report.room,
        event: report.event,
        user: report.user,
        reason: report.reason,
        score: report.score,
    };
    app.engine().note(Aggregate::Server, vec![Fact::Directory(fact)]).await?;
    Ok(())
}
