//! `PUT /_matrix/media/v3/upload/{serverName}/{mediaId}`: content for an address that was reserved.
//! Specification: Client-Server API, "Content repository".

use alphorn_http::{
    App, Client, Path, Query, Result, empty,
    engine::ReadError,
    model::{Aggregate, ErrorCode, Fact, Refusal},
    store::Reader,
};
use axum::{body::Body, extract::State};
use http::HeaderMap;

use crate::{
    Repository, find,
    put::{self, Named},
};

pub(crate) async fn upload(
    State(app): State<App>,
    media: Repository,
    client: Client,
    Path((server, id)): Path<(String, String)>,
    (Query(query), headers): (Query<Named>, HeaderMap),
    body: Body,
) -> Result {
    let id = find::own(&app, &server, &id)?;
    put::admit(&app, &media, &client, &headers)?;
    let (user, now) = (client.user.to_string(), app.engine().now_ms());
    // Asked before the bytes are taken, and again when they are: another upload may have been quicker.
    let may = move |reader: &Reader<'_>, id: &str| check(reader, id, &user, now);
    let (asked, name) = (may.clone(), id.to_string());
    app.engine().read(move |reader| asked(reader, &name)).await?;
    let stored = put::put(&app, &media, &client, (&headers, query), body).await?;
    let (fact, name) = (Fact::Media(stored.fact), id.to_string());
    let decided = app
        .engine()
        .decide(Aggregate::Media(name.clone()), move |reader| {
            may(reader, &name)?;
            Ok((vec![fact.clone()], ()))
        })
        .await;
    if let Err(why) = decided {
        put::discard(&media, &stored.key, &why).await;
        return Err(why.into());
    }
    empty()
}

/// Whether this user may upload to this address now.
fn check(reader: &Reader<'_>, id: &str, user: &str, now: u64) -> std::result::Result<(), ReadError> {
    let reserved = reader.medium(id)?.ok_or_else(find::missing)?;
    if reserved.user != user {
        return Err(Refusal::forbidden("this address was reserved by another user").into());
    }
    if reserved.object.is_some() {
        return Err(Refusal::new(ErrorCode::CannotOverwriteMedia, "this media has its content").into());
    }
    if reserved.expires_at.is_some_and(|end| end <= now) {
        return Err(find::missing().into());
    }
    Ok(())
}
