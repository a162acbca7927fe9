//! `POST /_matrix/media/v3/upload`: stores content and answers its address.
//! Specification: Client-Server API, "Content repository".

use alphorn_http::{
    App, Client, Query, RawAnswer, Result,
    model::{Aggregate, Fact},
};
use alphorn_media::MediaId;
use axum::{body::Body, extract::State};
use http::HeaderMap;
use serde_json::json;

use crate::{
    Repository,
    put::{self, Named},
};

pub(crate) async fn upload(
    State(app): State<App>,
    media: Repository,
    client: Client,
    Query(query): Query<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result {
    put::admit(&app, &media, &client, &headers)?;
    let stored = put::put(&app, &media, &client, (&headers, query), body).await?;
    let id = MediaId::from_random(put::random(&app));
    let fact = Fact::Media(stored.fact);
    if let Err(why) = app.engine().note(Aggregate::Media(id.to_string()), vec![fact]).await {
        put::discard(&media, &stored.key, &why).await;
        return Err(why.into());
    }
    RawAnswer::of(&json!({ "content_uri": format!("mxc://{}/{id}", app.engine().server_name()) }))
}
