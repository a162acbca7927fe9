//! The table of endpoints: what is put in here is served and described by the same words.

use std::{any::TypeId, future::Future, sync::Arc};

use alphorn_http::{
    ApiError, App, Client, Json, PeerAddr, RawBody, Result,
    model::{
        OwnedUserId, Refusal,
        fact::{Act, Actor},
    },
    parse_json,
};
use alphorn_media::MediaRepository;
use axum::{
    Router,
    extract::{FromRequest, FromRequestParts, Request},
    routing::{MethodFilter, get, on},
};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    document::{Document, Operation},
    operation::Machine,
};

/// Where the administrator's endpoints stand.
const BASE: &str = "/_alphorn/admin/v1";

/// Where those for everybody stand.
const OPEN_BASE: &str = "/_alphorn/v1";

/// Where the description of all of them stands.
const DOCUMENT: &str = "/_alphorn/admin/v1/openapi.json";

/// Longest reason in bytes.
const REASON_BYTES_MAX: usize = 1_000;

/// Nothing is asked for, or answered.
#[derive(Debug, Default, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Nothing {}

/// Why something is done, for the audit log.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reason {
    /// Why, in the administrator's words; it stands in the audit log.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

/// What else endpoints reach: the files' bytes and the machine.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) media: Arc<MediaRepository>,
    pub(crate) machine: Arc<dyn Machine>,
}

/// A call of an administrator's.
pub(crate) struct Call<P = (), Q = Nothing, B = Nothing> {
    pub(crate) app: App,
    pub(crate) by: Client,
    pub(crate) around: Around,
    pub(crate) path: P,
    pub(crate) query: Q,
    pub(crate) body: B,
}

impl<P, Q, B> Call<P, Q, B> {
    /// An act of whoever calls, for the audit log.
    pub(crate) fn act(&self, action: &str) -> Act {
        Act::new(Actor::person(self.by.user.clone(), &self.by.device), action)
    }
}

/// A user id of this server.
pub(crate) fn local_user(app: &App, text: &str) -> Result<OwnedUserId> {
    let user = OwnedUserId::try_from(text)
        .map_err(|_| Refusal::invalid_param("this is not a user id, such as @anna:example.org"))?;
    if user.server_name() != app.engine().server_name() {
        return Err(Refusal::invalid_param("the user does not belong to this server").into());
    }
    Ok(user)
}

/// A reason that is not too long.
pub(crate) fn reason(reason: Option<String>) -> Result<Option<String>> {
    if reason.as_ref().is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
        let words = format!("'reason' has at most {REASON_BYTES_MAX} bytes");
        return Err(Refusal::invalid_param(words).into());
    }
    Ok(reason)
}

/// A call of somebody who need not be signed in.
pub(crate) struct OpenCall<Q = Nothing, B = Nothing> {
    pub(crate) app: App,
    pub(crate) peer: PeerAddr,
    #[expect(dead_code, reason = "no endpoint for everybody has a query yet")]
    pub(crate) query: Q,
    pub(crate) body: B,
}

/// Who calls is found out before anything of the call is looked at.
impl<P, Q, B> FromRequest<App> for Call<P, Q, B>
where
    P: DeserializeOwned + Send,
    Q: DeserializeOwned + Send,
    B: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let by = Client::from_request_parts(&mut parts, app).await?;
        by.administrator()?;
        // The layer that `routes` puts around them all has set it.
        let around = parts.extensions.get::<Around>().cloned().ok_or_else(Refusal::internal)?;
        let alphorn_http::Path(path) = alphorn_http::Path::<P>::from_request_parts(&mut parts, app).await?;
        let alphorn_http::Query(query) = alphorn_http::Query::from_request_parts(&mut parts, app).await?;
        let body = read_body(Request::from_parts(parts, body), app).await?;
        Ok(Self { app: app.clone(), by, around, path, query, body })
    }
}

impl<Q, B> FromRequest<App> for OpenCall<Q, B>
where
    Q: DeserializeOwned + Send,
    B: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (mut parts, body) = request.into_parts();
        let Ok(peer) = PeerAddr::from_request_parts(&mut parts, app).await;
        let alphorn_http::Query(query) = alphorn_http::Query::from_request_parts(&mut parts, app).await?;
        let body = read_body(Request::from_parts(parts, body), app).await?;
        Ok(Self { app: app.clone(), peer, query, body })
    }
}

/// No body at all counts as `{}`.
async fn read_body<B: DeserializeOwned>(request: Request, app: &App) -> Result<B> {
    let RawBody(bytes) = RawBody::from_request(request, app).await?;
    parse_json(if bytes.is_empty() { b"{}" } else { &bytes })
}

/// What an endpoint is called.
#[derive(Clone, Copy)]
pub(crate) struct About {
    /// `<area>.<operation>`, the operation as clients name it.
    pub(crate) id: &'static str,
    /// What it does, in a sentence.
    pub(crate) words: &'static str,
}

/// The table in the making.
pub(crate) struct Api {
    router: Router<App>,
    document: Document,
}

impl Api {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), document: Document::new() }
    }

    /// An endpoint for administrators.
    pub(crate) fn on<P, Q, B, A, F, Fut>(
        mut self,
        method: Method,
        path: &str,
        about: (&'static str, &'static str),
        handler: F,
    ) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        A: Serialize + JsonSchema + Send + 'static,
        F: Fn(Call<P, Q, B>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Json<A>>> + Send + 'static,
    {
        let path = format!("{BASE}{path}");
        let about = About { id: about.0, words: about.1 };
        self.document.add(&method, &path, about, &operation::<Q, B, A>(true));
        let methods = on(filter(&method), move |call: Call<P, Q, B>| handler(call));
        self.router = self.router.route(&path, methods);
        self
    }

    /// An endpoint for everybody, signed in or not.
    pub(crate) fn on_open<Q, B, A, F, Fut>(
        mut self,
        method: Method,
        path: &str,
        about: (&'static str, &'static str),
        handler: F,
    ) -> Self
    where
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        B: DeserializeOwned + JsonSchema + Send + 'static,
        A: Serialize + JsonSchema + Send + 'static,
        F: Fn(OpenCall<Q, B>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Json<A>>> + Send + 'static,
    {
        let path = format!("{OPEN_BASE}{path}");
        let about = About { id: about.0, words: about.1 };
        self.document.add(&method, &path, about, &operation::<Q, B, A>(false));
        let methods = on(filter(&method), move |call: OpenCall<Q, B>| handler(call));
        self.router = self.router.route(&path, methods);
        self
    }

    pub(crate) fn document(self) -> Value {
        self.document.finish()
    }

    /// The routes, with one more that shows the document.
    pub(crate) fn into_router(self) -> Router<App> {
        let document = self.document.finish();
        self.router.route(DOCUMENT, get(move || std::future::ready(Json(document.clone()))))
    }
}

fn operation<Q, B, A>(for_administrators: bool) -> Operation
where
    Q: JsonSchema + 'static,
    B: JsonSchema + 'static,
    A: JsonSchema,
{
    let nothing = TypeId::of::<Nothing>();
    Operation {
        for_administrators,
        query: (TypeId::of::<Q>() != nothing).then_some(Q::json_schema),
        body: (TypeId::of::<B>() != nothing).then_some(|generator| generator.subschema_for::<B>()),
        answer: |generator| generator.subschema_for::<A>(),
    }
}

fn filter(method: &Method) -> MethodFilter {
    match *method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::DELETE => MethodFilter::DELETE,
        Method::PATCH => MethodFilter::PATCH,
        _ => MethodFilter::GET,
    }
}
