//! A real server process in a directory of its own, killed when the test is over.

mod config;
mod log;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use http::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use thiserror::Error;

use self::config::{base_config, merge};
use crate::binary;
use crate::http::{Client, Response};
use crate::ports;
use crate::process::Process;
use crate::user::User;

/// The name of the server under test: the part after the colon of every identifier.
pub const SERVER_NAME: &str = "test.localhost";
/// The secret of the shared-secret registration of servers under test.
pub const SHARED_SECRET: &str = "a shared secret for tests only";
/// The password of every user that [`Server::register`] makes.
pub const PASSWORD: &str = "correct horse battery staple";

/// Longest time from start to the first answer.
const READY_WAIT: Duration = Duration::from_secs(60);
/// Longest time from SIGTERM to the end of the process.
const STOP_WAIT: Duration = Duration::from_secs(30);
/// New ports tried when another process took the one that was free a moment ago.
const PORT_ATTEMPTS: u32 = 5;

/// Why a server did not come up or go down.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The executable is missing or does not build.
    #[error("{0}")]
    Binary(String),
    /// The configuration given to the builder is not TOML.
    #[error("configuration for the test: {0}")]
    Config(#[from] toml::de::Error),
    /// The operating system refused a file, a port or a process.
    #[error("cannot {0}: {1}")]
    System(&'static str, #[source] std::io::Error),
    /// The process ended before it answered.
    #[error("the server ended with {status} before it was ready; its log:\n{log}")]
    Ended {
        /// The exit status.
        status: String,
        /// The end of its log.
        log: String,
    },
    /// It did not answer, or not end, in time.
    #[error("the server is not {what} within {wait:?}; its log:\n{log}")]
    Late {
        /// What was waited for.
        what: &'static str,
        /// For how long.
        wait: Duration,
        /// The end of its log.
        log: String,
    },
}

/// How a server under test is configured before it starts.
#[derive(Clone, Debug, Default)]
pub struct ServerBuilder {
    fragments: Vec<String>,
    environment: Vec<(String, String)>,
    binary: Option<PathBuf>,
    home: Option<PathBuf>,
    address: Option<SocketAddr>,
}

impl ServerBuilder {
    /// Listens at this address instead of one that is found by itself.
    #[must_use]
    pub fn address(self, address: SocketAddr) -> Self {
        Self { address: Some(address), ..self }
    }

    /// Runs this executable instead of the one that [`binary::alphorn`] finds.
    #[must_use]
    pub fn binary(mut self, path: &Path) -> Self {
        self.binary = Some(path.to_owned());
        self
    }

    /// Keeps data, configuration and log in this folder, which outlives the server, instead of a temporary
    /// one. What an earlier server left there is used again.
    #[must_use]
    pub fn home(mut self, path: &Path) -> Self {
        self.home = Some(path.to_owned());
        self
    }

    /// Lays this piece of TOML over the configuration; later pieces win.
    #[must_use]
    pub fn config(mut self, fragment: &str) -> Self {
        self.fragments.push(fragment.to_owned());
        self
    }

    /// Sets an environment variable of the server process.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    /// When it does not come up: the message holds the end of its log.
    pub async fn start(self) -> Server {
        match self.try_start().await {
            Ok(server) => server,
            Err(error) => fail(&error),
        }
    }

    /// As [`ServerBuilder::start`], for those who expect a refusal.
    ///
    /// # Errors
    /// When the server does not come up.
    pub async fn try_start(self) -> Result<Server, ServerError> {
        let mut server = self.prepare()?;
        server.choose_log().await?;
        server.launch().await?;
        Ok(server)
    }

    /// Writes the configuration into a fresh directory and starts nothing yet.
    ///
    /// # Errors
    /// When there is no executable, no directory or no valid configuration.
    pub fn prepare(self) -> Result<Server, ServerError> {
        let binary = match self.binary {
            Some(binary) => binary,
            None => binary::alphorn().map_err(ServerError::Binary)?,
        };
        let home = Home::make(self.home).map_err(|error| ServerError::System("make a directory", error))?;
        let mut overlay = toml::Table::new();
        for fragment in &self.fragments {
            merge(&mut overlay, toml::from_str(fragment)?);
        }
        let address = match self.address {
            Some(address) => address,
            None => free_address()?,
        };
        let server = Server {
            client: Client::new(address),
            address,
            binary,
            overlay,
            environment: self.environment,
            process: None,
            home,
        };
        // For commands that are run before the server is.
        server.write_config()?;
        Ok(server)
    }
}

/// The folder of data, configuration and log.
#[derive(Debug)]
enum Home {
    /// Removed with the server.
    Temporary(TempDir),
    /// Somebody else's.
    Given(PathBuf),
}

impl Home {
    fn make(given: Option<PathBuf>) -> std::io::Result<Self> {
        match given {
            Some(path) => std::fs::create_dir_all(&path).map(|()| Self::Given(path)),
            None => tempfile::Builder::new().prefix("alphorn-test-").tempdir().map(Self::Temporary),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Temporary(home) => home.path(),
            Self::Given(path) => path,
        }
    }
}

/// A server process. Dropping it kills the process and removes its directory.
#[derive(Debug)]
pub struct Server {
    client: Client,
    address: SocketAddr,
    binary: PathBuf,
    overlay: toml::Table,
    environment: Vec<(String, String)>,
    process: Option<Process>,
    home: Home,
}

impl Server {
    /// Starts a server as most tests want it: open registration, no rate limits, cheap password hashes.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// For servers that differ from [`Server::start`].
    #[must_use]
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// The executable under test.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Runs another executable from its next start on.
    pub fn set_binary(&mut self, path: &Path) {
        self.binary = path.to_owned();
    }

    /// The address of the client-server API, plain HTTP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The data folder.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.home.path().join("alphorn.toml")
    }

    /// The process id while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Process::pid)
    }

    /// A client of this server, without a user.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// GET without an access token.
    pub async fn get(&self, path: &str) -> Response {
        answer(self.client.get(None, path).await)
    }

    /// POST without an access token.
    pub async fn post(&self, path: &str, body: Value) -> Response {
        answer(self.client.json(Method::POST, None, path, &body).await)
    }

    /// Registers a user with [`PASSWORD`] and logs in.
    pub async fn register(&self, name: &str) -> User {
        match register(&self.client, name).await {
            Ok(user) => user,
            Err(answer) => fail(&answer),
        }
    }

    /// Logs a registered user in on a new device.
    pub async fn login(&self, name: &str) -> User {
        let body = json!({
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": name},
            "password": PASSWORD,
        });
        let body = self.post("/_matrix/client/v3/login", body).await.expect_ok();
        match User::from_login(&self.client, &body) {
            Some(user) => user,
            None => fail(&format!("login of {name}: incomplete answer {body}")),
        }
    }

    /// Runs a command of the executable on this server's configuration, for example
    /// `["store", "check"]`, and waits for its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).stdin(Stdio::null()).output();
        match output {
            Ok(output) => output,
            Err(error) => fail(&format!("cannot run alphorn {arguments:?}: {error}")),
        }
    }

    /// As [`Server::run`], while the test goes on.
    ///
    /// # Panics
    /// When the command cannot be run.
    pub async fn run_beside(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null());
        match tokio::task::spawn_blocking(move || command.output()).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => fail(&format!("cannot run alphorn {arguments:?}: {error}")),
            Err(error) => fail(&format!("cannot run alphorn {arguments:?}: {error}")),
        }
    }

    /// SIGKILL, then waits for the end of the process: nothing that it held in memory survives.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// SIGSTOP: the process keeps its connections and answers nothing.
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// SIGCONT: a frozen process goes on where it was.
    ///
    /// # Panics
    /// When it does not run.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let sent = match &self.process {
            Some(process) => process.signal(signal),
            None => Err(std::io::Error::other("it does not run")),
        };
        if let Err(error) = sent {
            fail(&ServerError::System("send a signal to the server", error));
        }
    }

    /// SIGTERM, then waits for the orderly end.
    ///
    /// # Panics
    /// When the process does not end in time or ends with a failure.
    pub async fn stop(&mut self) {
        if let Err(error) = self.try_stop().await {
            fail(&error);
        }
    }

    /// Starts the process again on the same data and the same address.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start_again(&mut self) {
        if let Err(error) = self.launch().await {
            fail(&error);
        }
    }

    /// Makes a cluster's log for this server, where the tests are to run on one.
    async fn choose_log(&mut self) -> Result<(), ServerError> {
        let Some(init) = log::init().filter(|_| !self.overlay.contains_key("cluster")) else { return Ok(()) };
        let overlay = log::overlay(self.home.path()).await?;
        merge(&mut self.overlay, overlay);
        self.write_config()?;
        let made = self.run(&init.each_ref().map(String::as_str));
        let said = String::from_utf8_lossy(&made.stderr).into_owned();
        if made.status.success() || said.contains("has a log already") {
            return Ok(());
        }
        Err(ServerError::Ended { status: made.status.to_string(), log: said })
    }

    /// Starts the process and does not wait.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn spawn(&mut self) -> Result<(), ServerError> {
        self.kill();
        self.write_config()?;
        let log = self.log_file().map_err(|error| ServerError::System("open the log", error))?;
        let errors = log.try_clone().map_err(|error| ServerError::System("open the log", error))?;
        let mut command = self.command(&["serve"]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).stdout(log).stderr(errors);
        let process = Process::spawn(&mut command);
        self.process = Some(process.map_err(|error| ServerError::System("start the server", error))?);
        Ok(())
    }

    /// Starts the process and waits until it answers; on a port of its own if the first was taken meanwhile.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn launch(&mut self) -> Result<(), ServerError> {
        let first_start = !self.data_dir().join("alphorn.db").exists();
        for _ in 1..PORT_ATTEMPTS {
            self.spawn()?;
            match self.wait_ready().await {
                Err(ServerError::Ended { log, .. }) if first_start && log.contains("in use") => {
                    self.address = free_address()?;
                    self.client = Client::new(self.address);
                }
                other => return other,
            }
        }
        self.spawn()?;
        self.wait_ready().await
    }

    /// Waits until the server answers `GET /_matrix/client/versions`.
    ///
    /// # Errors
    /// When the process ends or stays silent.
    pub async fn wait_ready(&mut self) -> Result<(), ServerError> {
        let client = self.client.separate().with_answer_wait(Duration::from_secs(2));
        let until = Instant::now() + READY_WAIT;
        while Instant::now() < until {
            if let Some(status) = self.ended() {
                return Err(ServerError::Ended { status, log: self.log_tail() });
            }
            if let Ok(response) = client.get(None, "/_matrix/client/versions").await
                && response.status == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(ServerError::Late { what: "ready", wait: READY_WAIT, log: self.log_tail() })
    }

    /// The exit status if the process has ended by itself.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.process.as_mut()?.ended()?;
        self.process = None;
        Some(status)
    }

    /// Lines of the server's log that speak of an error or a panic.
    #[must_use]
    pub fn log_errors(&self) -> Vec<String> {
        let text = self.log_text();
        let bad = |line: &&str| {
            let ours = line.contains(r#""level":"ERROR""#) && line.contains(r#""target":"alphorn"#);
            ours || line.contains("panicked at")
        };
        text.lines().filter(bad).map(str::to_owned).collect()
    }

    /// The server's whole log.
    #[must_use]
    pub fn log_text(&self) -> String {
        let log = std::fs::read(self.home.path().join("server.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The end of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let text = self.log_text();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(40)).copied().collect::<Vec<_>>().join("\n")
    }

    /// Keeps the directory after the test, to look at a failure, and says where it is.
    pub fn keep(&mut self) -> PathBuf {
        if let Home::Temporary(home) = &mut self.home {
            home.disable_cleanup(true);
        }
        self.home.path().to_owned()
    }

    /// As [`Server::stop`].
    ///
    /// # Errors
    /// When the process does not end in time or ends with a failure.
    pub async fn try_stop(&mut self) -> Result<(), ServerError> {
        let Some(process) = &self.process else { return Ok(()) };
        process.signal(Signal::TERM).map_err(|error| ServerError::System("send SIGTERM", error))?;
        let until = Instant::now() + STOP_WAIT;
        while Instant::now() < until {
            if let Some(status) = self.ended() {
                let clean = status == "exit status: 0";
                return if clean { Ok(()) } else { Err(ServerError::Ended { status, log: self.log_tail() }) };
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(ServerError::Late { what: "stopped", wait: STOP_WAIT, log: self.log_tail() })
    }

    /// The executable with its configuration, and without the `ALPHORN_` variables of whoever runs the test,
    /// which it would take for settings.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ALPHORN_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).arg("--config").arg(self.config_file());
        command
    }

    fn log_file(&self) -> std::io::Result<std::fs::File> {
        std::fs::File::options().create(true).append(true).open(self.home.path().join("server.log"))
    }

    fn write_config(&self) -> Result<(), ServerError> {
        let mut table = base_config(self.address, &self.data_dir());
        merge(&mut table, self.overlay.clone());
        std::fs::write(self.config_file(), table.to_string())
            .map_err(|error| ServerError::System("write the configuration", error))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- end of the server's log\n{}", self.log_tail());
        }
        self.kill();
    }
}

/// Registers `name` with [`PASSWORD`] (`m.login.dummy`).
///
/// # Errors
/// A description of the answer when there is no new user.
pub async fn register(client: &Client, name: &str) -> Result<User, String> {
    let body = json!({"username": name, "password": PASSWORD, "auth": {"type": "m.login.dummy"}});
    let response = client.json(Method::POST, None, "/_matrix/client/v3/register", &body).await;
    let response = response.map_err(|error| format!("registration of {name}: {error}"))?;
    User::from_login(client, &response.json())
        .ok_or_else(|| format!("registration of {name}: {}", response.summary()))
}

#[expect(clippy::panic, reason = "a test whose server does not answer has failed")]
pub(crate) fn answer(result: Result<Response, crate::http::HttpError>) -> Response {
    match result {
        Ok(response) => response,
        Err(error) => panic!("no answer: {error}"),
    }
}

#[expect(clippy::panic, reason = "a test whose server does not run has failed")]
pub(crate) fn fail(reason: &dyn std::fmt::Display) -> ! {
    panic!("{reason}")
}

fn free_address() -> Result<SocketAddr, ServerError> {
    let found = ports::free::<1>().map_err(|error| ServerError::System("find a free port", error))?;
    Ok(found[0])
}
