//! What goes around all routes: unknown paths, cross-origin headers, the caller's address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use alphorn_engine::model::{ErrorCode, Refusal};
use axum::{
    Router,
    extract::{FromRequestParts, Request},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};

use crate::{ApiError, App};

/// The address a request came from; put among the request's extensions by the listener.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddr(pub SocketAddr);

impl PeerAddr {
    /// Without the port.
    #[must_use]
    pub const fn ip(&self) -> IpAddr {
        self.0.ip()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PeerAddr {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let nobody = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(nobody)))
    }
}

/// Puts all routes under one roof.
pub fn finish(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(middleware::from_fn(cross_origin))
        .with_state(app)
}

async fn unknown_path() -> Response {
    ApiError(Refusal::new(ErrorCode::Unrecognized, "there is nothing at this address")).into_response()
}

async fn unknown_method() -> Response {
    let refusal =
        Refusal::new(ErrorCode::Unrecognized, "this address does not know this method").with_status(405);
    ApiError(refusal).into_response()
}

/// Web clients come from anywhere. Specification: Client-Server API, "Web Browser Clients".
async fn cross_origin(request: Request, next: Next) -> Response {
    let preflight = request.method() == Method::OPTIONS;
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    const HEADERS: [(HeaderName, HeaderValue); 4] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS, PATCH, HEAD"),
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("X-Requested-With, Content-Type, Authorization, Date"),
        ),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("ETag, Retry-After, Content-Disposition, Date"),
        ),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}
