//! The few things that are asked of the operating system directly.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How glibc's allocator is to behave: few arenas, and free memory given back. With its defaults each of many
/// threads keeps what it once needed, a third of a resting server's memory (`bench/RESULTS.md`).
const ALLOCATOR: [(&str, &str); 2] = [("MALLOC_ARENA_MAX", "2"), ("MALLOC_TRIM_THRESHOLD_", "131072")];

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

/// Starts this program anew in its own place, with the allocator's settings in its environment: glibc reads them
/// before anything of ours runs. The process keeps its id. Settings of the administrator's own stand.
pub(crate) fn settle_allocator() {
    let unset: Vec<_> = ALLOCATOR.iter().filter(|(name, _)| std::env::var_os(name).is_none()).collect();
    if unset.is_empty() || !cfg!(target_env = "gnu") {
        return;
    }
    let mut arguments = std::env::args_os();
    let mut again = Command::new("/proc/self/exe");
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    again.args(arguments).envs(unset.into_iter().copied());
    // Comes back only when it could not be done: the defaults serve as well, with more memory.
    let _why = again.exec();
}
