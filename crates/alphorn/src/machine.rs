//! The few things that are asked of the operating system directly.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The machine's own name.
pub(crate) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Raises the bound on open files as far as allowed: the usual 1024 is less than the connections of a
/// middling server.
pub(crate) fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the bound on open files cannot be raised");
    }
}
