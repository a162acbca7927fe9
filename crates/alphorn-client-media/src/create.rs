//! `POST /_matrix/media/v1/create`: reserves an address, to be uploaded to later.
//! Specification: Client-Server API, "Content repository".

use alphorn_http::{
    App, Client, RawAnswer, Result, Subject,
    model::{Aggregate, ErrorCode, Fact, Refusal, fact::MediaFact},
};
use alphorn_media::MediaId;
use axum::extract::State;
use serde_json::json;

use crate::put;

/// How long a reserved address waits for its content.
const EXPIRES_MS: u64 = 24 * 60 * 60 * 1_000;
/// Addresses that one user may have reserved and not used.
const PENDING_MAX: u64 = 50;
/// When to try again once there are too many; one of them may be used or expire at any time.
const RETRY_AFTER_MS: u64 = 60_000;

pub(crate) async fn create(State(app): State<App>, client: Client) -> Result {
    client.no_guest()?;
    client.not_suspended()?;
    app.limits().check("upload", Subject::User(client.user.to_string()))?;
    let id = MediaId::from_random(put::random(&app));
    let (now, user) = (app.engine().now_ms(), client.user.clone());
    let expires_at = now + EXPIRES_MS;
    app.engine()
        .decide(Aggregate::Media(id.to_string()), move |reader| {
            if reader.media_pending(user.as_str(), now)? >= PENDING_MAX {
                let refusal = Refusal::new(ErrorCode::LimitExceeded, "too many addresses without content");
                return Err(refusal.with("retry_after_ms", RETRY_AFTER_MS).into());
            }
            let fact = MediaFact::Reserved { user: user.clone(), expires_at };
            Ok((vec![Fact::Media(fact)], ()))
        })
        .await?;
    RawAnswer::of(&json!({
        "content_uri": format!("mxc://{}/{id}", app.engine().server_name()),
        "unused_expires_at": expires_at,
    }))
}
