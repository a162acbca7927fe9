//! `POST /_matrix/client/v3/users/{userId}/report`. Specification: Client-Server API, "Reporting Content".

use alphorn_http::model::{OwnedUserId, Refusal};
use alphorn_http::{App, Client, JsonBody, Path, Result, empty};
use axum::extract::State;
use serde::Deserialize;

use super::{Report, file};

#[derive(Deserialize)]
pub(super) struct Body {
    reason: String,
}

pub(super) async fn report(
    State(app): State<App>,
    client: Client,
    Path(user): Path<OwnedUserId>,
    JsonBody(body): JsonBody<Body>,
) -> Result {
    let wanted = user.to_string();
    let known = app.engine().read(move |reader| Ok(reader.account(&wanted)?.is_some())).await?;
    if !known {
        return Err(Refusal::not_found("there is no such user here").into());
    }
    file(&app, &client, Report { user: Some(user), reason: Some(body.reason), ..Report::default() }).await?;
    empty()
}
