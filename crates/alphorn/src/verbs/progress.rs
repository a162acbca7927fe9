//! How far long work is, on the terminal of whoever waits for it. Scripts see nothing of it.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(100);

/// One line that is written over and over.
pub(super) struct Progress {
    what: &'static str,
    visible: bool,
    shown: Option<Instant>,
}

impl Progress {
    /// For a kind of work, such as `copying`.
    pub(super) fn of(what: &'static str, quiet: bool) -> Self {
        Self { what, visible: !quiet && std::io::stderr().is_terminal(), shown: None }
    }

    /// Shows how far it is, not too often.
    pub(super) fn show(&mut self, done: u64, all: u64) {
        let percent = (done * 100).checked_div(all).unwrap_or(100);
        self.write(done >= all, || format!("{done} of {all} ({percent} %)"));
    }

    /// Shows how much is done of work whose end is not known.
    pub(super) fn count(&mut self, done: u64) {
        self.write(false, || done.to_string());
    }

    fn write(&mut self, last: bool, text: impl FnOnce() -> String) {
        let due = last || self.shown.is_none_or(|shown| shown.elapsed() >= PAUSE);
        if !self.visible || !due {
            return;
        }
        self.shown = Some(Instant::now());
        // A terminal that went away is no reason to stop the work.
        let _ = write!(std::io::stderr(), "\r{}: {}   ", self.what, text());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = writeln!(std::io::stderr());
        }
    }
}
