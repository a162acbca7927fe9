//! Where the endpoints stand: each under the versions of the API that clients ask for.

use alphorn_http::App;
use axum::{Router, routing::MethodRouter};

/// Routes in the making.
#[derive(Default)]
pub(crate) struct Paths(Router<App>);

impl Paths {
    /// A path of the client-server API that was there before version 1.1: clients still use `r0`.
    pub(crate) fn v3(self, path: &str, methods: MethodRouter<App>) -> Self {
        self.at(&format!("/_matrix/client/r0{path}"), methods.clone())
            .at(&format!("/_matrix/client/v3{path}"), methods)
    }

    /// A path of the client-server API that came as `v1`.
    pub(crate) fn v1(self, path: &str, methods: MethodRouter<App>) -> Self {
        self.at(&format!("/_matrix/client/v1{path}"), methods)
    }

    /// Any path.
    pub(crate) fn at(self, path: &str, methods: MethodRouter<App>) -> Self {
        Self(self.0.route(path, methods))
    }

    pub(crate) fn into_router(self) -> Router<App> {
        self.0
    }
}
