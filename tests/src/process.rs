//! A process that does not outlive whoever started it.

use std::io::{Result, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// Kills the process `$1` when its own standard input ends without a word, which happens when the test process is
/// gone, however it went. Ctrl-C must not end it first: the server may be frozen and not hear that.
const WATCHDOG: &str = r#"trap "" INT TERM HUP; read -r word || kill -KILL "$1""#;

/// A running server; dropping it is SIGKILL.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Told to go away when the server has ended.
    watchdog: Option<(Child, ChildStdin)>,
    /// Stopped with SIGSTOP.
    pub(crate) frozen: bool,
}

impl Process {
    /// Starts it, with nothing to read.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).spawn()?;
        let mut process = Self { child, watchdog: None, frozen: false };
        let mut watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog", &process.pid().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        process.watchdog = watchdog.stdin.take().map(|input| (watchdog, input));
        Ok(process)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| std::io::Error::other("no such process id"))?;
        Ok(kill_process(pid, signal)?)
    }

    /// The exit status if it has ended.
    pub(crate) fn ended(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Only now: the number may belong to another process soon.
        if let Some((mut watchdog, mut input)) = self.watchdog.take() {
            let _ = input.write_all(b"gone\n");
            let _ = watchdog.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::{Duration, Instant};

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep").arg("60").spawn().unwrap()
    }

    fn watchdog(of: &Child) -> (Child, ChildStdin) {
        let mut watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog", &of.id().to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let input = watchdog.stdin.take().unwrap();
        (watchdog, input)
    }

    /// Whether it is past its first command. (SIGINT is the second bit.)
    fn ignores_interrupts(process: &Child) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
        u64::from_str_radix(mask, 16).unwrap() & 2 != 0
    }

    #[test]
    fn a_frozen_process_dies_when_whoever_started_it_is_gone() {
        let mut sleeper = sleeper();
        let (mut watchdog, input) = watchdog(&sleeper);
        kill_process(Pid::from_child(&sleeper), Signal::STOP).unwrap();
        while !ignores_interrupts(&watchdog) {
            std::thread::sleep(Duration::from_millis(5));
        }
        // Ctrl-C reaches the watchdog as well, and must not end it.
        kill_process(Pid::from_child(&watchdog), Signal::INT).unwrap();
        drop(input);
        watchdog.wait().unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        let status = loop {
            if let Some(status) = sleeper.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > until {
                sleeper.kill().unwrap();
                panic!("it lives on");
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.signal(), Some(9));
    }

    #[test]
    fn a_watchdog_that_is_sent_away_kills_nobody() {
        let mut sleeper = sleeper();
        let (mut watchdog, mut input) = watchdog(&sleeper);
        input.write_all(b"gone\n").unwrap();
        drop(input);
        watchdog.wait().unwrap();
        let ended = sleeper.try_wait().unwrap();
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
        assert_eq!(ended, None);
    }
}
