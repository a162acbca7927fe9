//! Child processes with a deadline: a step that hangs must not take the whole run with it.

use std::fs;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a child ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    Badly(String),
    TimedOut,
}

/// Runs `command` to its end, or kills it and everything it started once `limit` has passed.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<Ended> {
    let deadline = Instant::now() + limit;
    let mut child =
        command.spawn().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(ended(status));
        }
        if Instant::now() >= deadline {
            kill_tree(&mut child)?;
            return Ok(Ended::TimedOut);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn ended(status: ExitStatus) -> Ended {
    if status.success() { Ended::Well } else { Ended::Badly(status.to_string()) }
}

/// The child stays in our process group, so that Ctrl-C reaches it; its descendants are found by their parents.
fn kill_tree(child: &mut Child) -> Result<()> {
    let mut doomed = vec![child.id()];
    let parents = parents_by_process()?;
    let mut next = 0;
    while let Some(&parent) = doomed.get(next) {
        doomed.extend(
            parents.iter().filter(|(_, its_parent)| *its_parent == parent).map(|(process, _)| process),
        );
        next += 1;
    }
    Command::new("kill").arg("-KILL").args(doomed.iter().map(u32::to_string)).status()?;
    child.wait()?;
    Ok(())
}

/// `(process, its parent)` for every process of this machine.
fn parents_by_process() -> Result<Vec<(u32, u32)>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").context("cannot list processes")? {
        let path = entry?.path();
        // A process may end while we look; then its file is gone.
        let Ok(stat) = fs::read_to_string(path.join("stat")) else { continue };
        if let Some(pair) = process_and_parent(&stat) {
            parents.push(pair);
        }
    }
    Ok(parents)
}

/// From the line `PID (NAME) STATE PPID …`, where NAME may hold blanks and brackets.
fn process_and_parent(stat: &str) -> Option<(u32, u32)> {
    let (process, rest) = stat.split_once(" (")?;
    let (_, fields) = rest.rsplit_once(") ")?;
    let parent = fields.split(' ').nth(1)?;
    Some((process.parse().ok()?, parent.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_is_found_behind_a_name_with_brackets() {
        assert_eq!(process_and_parent("42 (a (b) c) S 7 42 42 0"), Some((42, 7)));
        assert_eq!(process_and_parent("nonsense"), None);
    }

    #[test]
    fn a_child_that_fails_is_told_from_one_that_hangs() {
        let limit = Duration::from_secs(20);
        assert_eq!(run_within(&mut Command::new("true"), limit).unwrap(), Ended::Well);
        assert!(matches!(run_within(&mut Command::new("false"), limit).unwrap(), Ended::Badly(_)));
    }

    #[test]
    fn grandchildren_of_a_late_child_are_killed_too() {
        let scratch = tempfile::tempdir().unwrap();
        let marker = scratch.path().join("marker");
        let script = format!("(sleep 1; touch {}) & wait", marker.display());
        let started = Instant::now();
        let ended = run_within(Command::new("sh").args(["-c", &script]), Duration::from_millis(200)).unwrap();
        assert_eq!(ended, Ended::TimedOut);
        assert!(started.elapsed() < Duration::from_secs(1));
        thread::sleep(Duration::from_millis(1300));
        assert!(!marker.exists(), "the grandchild lived on");
    }
}
