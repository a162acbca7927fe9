//! How far push is, where all nodes can see it.

use alphorn_log::jetstream::leases::Leases;
use alphorn_model::Seq;
use alphorn_push::{Cursor, CursorError};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

/// The name of the lease and of its progress.
pub(crate) const PUSH: &str = "push";

/// The cursor of push in a cluster.
pub(crate) struct SharedCursor(pub(crate) Leases);

impl Cursor for SharedCursor {
    fn load(&self) -> BoxFuture<'_, Result<Option<Seq>, CursorError>> {
        self.0.progress(PUSH).boxed()
    }

    fn save(&self, at: Seq) -> BoxFuture<'_, Result<(), CursorError>> {
        self.0.remember(PUSH, at).boxed()
    }
}
