//! What the kernel says about a process: processor time and memory, from `/proc`.

use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::latency::as_float;

/// Processor time that a process has used, in user and kernel mode, all threads.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let stat = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    let ticks = cpu_ticks(&stat).with_context(|| format!("{path} has another form than expected"))?;
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Ok(Duration::from_millis(ticks.saturating_mul(1000) / per_second))
}

/// Fields 14 and 15 (utime, stime); counted after the name, which may contain spaces.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(user + kernel)
}

/// Resident memory in MB (10^6 bytes).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// All of it, mapped file pages included.
    pub(crate) resident_mb: f64,
    /// What is the process's own: not backed by a file.
    pub(crate) anonymous_mb: f64,
}

/// The resident memory of a process.
pub(crate) fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    let field = |name| kilobytes(&status, name).with_context(|| format!("{path} has no {name}"));
    Ok(Memory { resident_mb: field("VmRSS:")?, anonymous_mb: field("RssAnon:")? })
}

fn kilobytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(as_float(kib) * 1024.0 / 1e6)
}

/// Lifts the soft limit of open files to the hard one; the server started later inherits it.
pub(crate) fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        eprintln!("the limit of open files stays as it is: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::{cpu_ticks, cpu_time, kilobytes, memory};

    #[test]
    fn a_name_with_spaces_and_brackets_does_not_shift_the_fields() {
        let stat = "42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20";
        assert_eq!(cpu_ticks(stat), Some(200));
        assert_eq!(cpu_ticks("42 (short) S 1"), None);
    }

    #[test]
    fn memory_lines_are_in_kib() {
        assert_eq!(kilobytes("VmPeak:\t 1 kB\nVmRSS:\t  1000 kB\n", "VmRSS:"), Some(1.024));
        assert_eq!(kilobytes("VmRSS:\t many\n", "VmRSS:"), None);
    }

    #[test]
    fn the_own_process_can_be_read() {
        let own = std::process::id();
        assert!(memory(own).unwrap().resident_mb > 0.1);
        cpu_time(own).unwrap();
    }
}
