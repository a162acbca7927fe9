//! A started program and the little HTTP that these tests need.
#![expect(dead_code, reason = "each of the test programs uses a part of it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// The program under test, without any configuration of the surroundings.
pub(crate) fn alphorn() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alphorn"));
    command.env_clear();
    command
}

/// A server on ports that the system chose.
pub(crate) struct Running {
    data_dir: PathBuf,
    _home: Option<tempfile::TempDir>,
    child: Option<Child>,
    announced: String,
    addresses: Vec<SocketAddr>,
}

impl Running {
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::start_with(&[], flags)
    }

    pub(crate) fn start_with(environment: &[(&str, &str)], flags: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data_dir = home.path().join("data");
        let mut server = Self {
            data_dir,
            _home: Some(home),
            child: None,
            announced: String::new(),
            addresses: Vec::new(),
        };
        server.launch(environment, flags);
        server
    }

    /// On a folder that outlives it.
    pub(crate) fn start_on(data_dir: &Path, environment: &[(&str, &str)]) -> Self {
        let data_dir = data_dir.to_path_buf();
        let mut server =
            Self { data_dir, _home: None, child: None, announced: String::new(), addresses: Vec::new() };
        server.launch(environment, &[]);
        server
    }

    pub(crate) fn start_again(&mut self, flags: &[&str]) {
        self.launch(&[], flags);
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
    }

    /// What it printed up to the last line of a start.
    pub(crate) fn announced(&self) -> &str {
        &self.announced
    }

    pub(crate) fn plain(&self) -> SocketAddr {
        self.addresses[1]
    }

    pub(crate) fn encrypted(&self) -> SocketAddr {
        self.addresses[0]
    }

    fn command(&self, flags: &[&str]) -> Command {
        let mut command = alphorn();
        command.args(["serve", "--listen", "https://127.0.0.1:0", "--listen", "http://127.0.0.1:0"]);
        command.arg("--data-dir").arg(self.data_dir()).args(flags);
        command
    }

    fn launch(&mut self, environment: &[(&str, &str)], flags: &[&str]) {
        let mut command = self.command(flags);
        command.envs(environment.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        self.child = Some(child);
        self.read_announcement(lines);
    }

    fn read_announcement(&mut self, mut lines: BufReader<ChildStdout>) {
        self.announced.clear();
        self.addresses.clear();
        let mut line = String::new();
        while !line.starts_with("Ready") {
            line.clear();
            assert_ne!(
                lines.read_line(&mut line).unwrap(),
                0,
                "ended early, having said: {}",
                self.announced
            );
            self.announced.push_str(&line);
            let url = line.trim().strip_prefix("http").map(|rest| rest.trim_start_matches(['s', ':', '/']));
            self.addresses.extend(url.and_then(|address| address.parse::<SocketAddr>().ok()));
        }
    }

    /// Asks it to stop and waits for a successful end.
    pub(crate) fn stop(&mut self) {
        let mut child = self.child.take().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts another one in the same folder and gives what it says when it refuses.
    pub(crate) fn refused(&self, flags: &[&str]) -> String {
        let output = self.command(flags).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

/// One GET: status and body.
pub(crate) fn get(address: SocketAddr, path: &str) -> (u16, String) {
    ask(address, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
}

/// One POST: status and body.
pub(crate) fn post(address: SocketAddr, path: &str, body: &str) -> (u16, String) {
    let head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close");
    ask(address, &format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
}

fn ask(address: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}
