//! A node that stands aside answers nobody: what it has is not what the others have, and clients go where it is right.

use alphorn_http::ApiError;
use alphorn_log::jetstream::State as ClusterState;
use alphorn_model::Refusal;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::watch;

/// Lets a router answer while this node takes part in its cluster.
pub(crate) fn while_in<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    state: watch::Receiver<ClusterState>,
) -> Router<S> {
    router.layer(middleware::from_fn_with_state(state, answer))
}

/// Requests that wait for something end, too.
async fn answer(
    State(state): State<watch::Receiver<ClusterState>>,
    request: Request,
    next: Next,
) -> Response {
    let mut changes = state.clone();
    let aside = changes.wait_for(|state| matches!(state, ClusterState::Fenced(_)));
    tokio::select! {
        biased;
        Ok(_) = aside => ApiError::from(Refusal::aside()).into_response(),
        response = next.run(request) => response,
    }
}
