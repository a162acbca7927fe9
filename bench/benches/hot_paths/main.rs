//! What one message costs, layer by layer, without HTTP: `cargo bench -p alphorn-bench`.

#![expect(clippy::expect_used, clippy::panic, reason = "a bench that cannot be set up has no figures")]

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

mod event;
mod fixture;
mod store;
mod sync;

/// The whole run takes about a minute: figures for orientation, not for the third digit.
fn settings() -> Criterion {
    Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(4))
}

criterion_group! {
    name = hot_paths;
    config = settings();
    targets = event::decide, event::apply, event::sign, store::propose, store::timeline, sync::sync
}
criterion_main!(hot_paths);
