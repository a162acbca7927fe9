//! The process that runs the target. It may die of an input; its parent looks after that.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use alphorn_fuzz::corpus;
use alphorn_fuzz::search::Search;
use alphorn_fuzz::targets::Target;
use anyhow::{Context, Result};

use crate::journal::Journal;

/// No input may keep a target busy for so long. Generous, because machines that test are busy.
const INPUT_MAX: Duration = Duration::from_secs(20);

/// Tries inputs until the time is over.
pub(crate) fn search(target: &'static Target, seconds: u64, seed: u64, journal: &Path) -> Result<()> {
    let inputs = corpus::load(target.name).with_context(|| {
        format!("cannot read the starting points in {}", corpus::folder(target.name).display())
    })?;
    let mut journal = Journal::create(journal).context("cannot write the journal")?;
    let mut search = Search::new(target, inputs, seed);
    let tried = watch();
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        let input = search.next_input();
        journal.note(&input)?;
        search.run(input);
        tried.store(search.tried(), Ordering::Relaxed);
    }
    println!("{}: {} inputs, {} behaviours", target.name, search.tried(), search.labels());
    Ok(())
}

/// Runs one input under the same watch.
pub(crate) fn run_one(target: &Target, input: &[u8]) -> String {
    let _tried = watch();
    (target.run)(input)
}

/// A counter that must grow; when it stands still for too long the process ends.
fn watch() -> Arc<AtomicUsize> {
    let counter = Arc::new(AtomicUsize::new(0));
    let watched = Arc::clone(&counter);
    thread::spawn(move || {
        let mut last = watched.load(Ordering::Relaxed);
        loop {
            thread::sleep(INPUT_MAX);
            let now = watched.load(Ordering::Relaxed);
            if now == last {
                eprintln!("input {now} took more than {} s", INPUT_MAX.as_secs());
                std::process::abort();
            }
            last = now;
        }
    });
    counter
}
