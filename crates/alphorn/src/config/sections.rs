//! The sections of the configuration. Their doc comments are the text of the reference page.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One address to listen on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listener {
    /// IP address and port, for instance `0.0.0.0:8448` or `[::]:8448`.
    pub(crate) address: String,
    /// Whether connections are encrypted by this server. Plain listeners belong behind a reverse proxy.
    #[serde(default)]
    pub(crate) tls: bool,
}

/// The certificate that is shown on TLS listeners.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Tls {
    /// Certificate chain in PEM format. Read again when the file changes. Without it a private authority is
    /// made in the data folder at first start, and its certificate is what devices have to trust.
    pub(crate) cert_file: Option<PathBuf>,
    /// Private key of `cert_file` in PEM format.
    pub(crate) key_file: Option<PathBuf>,
    /// Further names and IP addresses for which the private authority certifies this server.
    pub(crate) extra_names: Vec<String>,
}

/// Who may make an account.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Registration {
    /// `closed`: only administrators make accounts; `token`: whoever has a registration token
    /// (`alphorn token add`); `open`: everybody who can reach the server.
    pub(crate) mode: RegistrationMode,
    /// Secret for `/_synapse/admin/v1/register`, through which scripts make accounts. Off without it.
    pub(crate) shared_secret: Option<Secret>,
    /// Whether guests get accounts.
    pub(crate) allow_guests: bool,
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RegistrationMode {
    /// Only administrators.
    Closed,
    /// Holders of a registration token.
    #[default]
    Token,
    /// Everybody.
    Open,
}

/// Who finds whom.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct People {
    /// Whom one finds in the user directory. `everybody`: every account of this server; `acquainted`: whom one shares a
    /// room with, and who is in a public one; `auto`: everybody, unless registration is open to strangers.
    pub(crate) directory: PeopleDirectory,
}

/// Whom one finds in the user directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PeopleDirectory {
    /// Everybody, unless registration is open.
    #[default]
    Auto,
    /// Every account of this server.
    Everybody,
    /// Whom one shares a room with, and who is in a public one.
    Acquainted,
}

/// A text that is never shown in logs or debug output.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text itself; only for the code that checks against it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// Defaults and rights around rooms.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Rooms {
    /// The room version of new rooms, from `1` to `12`.
    pub(crate) default_version: String,
    /// Whether every user may list rooms in the public directory; otherwise only administrators.
    pub(crate) anyone_may_publish: bool,
    /// Whether the public directory is shown only to those who are logged in.
    pub(crate) public_directory_requires_auth: bool,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            default_version: "12".to_owned(),
            anyone_may_publish: true,
            public_directory_requires_auth: true,
        }
    }
}

/// Several machines that are one server: see docs/cluster.md.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cluster {
    /// Addresses of the NATS servers that keep the cluster's log, for instance `tls://10.0.0.1:4222`; all of
    /// them, the nearest first. Empty: this server is alone, and its log is in its own data folder.
    pub(crate) nats: Vec<String>,
    /// The cluster's name. Clusters that share NATS servers need different ones.
    pub(crate) name: String,
    /// The name of the site at which this node is; empty at the first one. A second site copies the first one's log.
    pub(crate) site: String,
    /// This node's number, another one for each node of all sites, and always the same.
    pub(crate) node: u32,
    /// What all nodes know and nobody else: keys are kept in the cluster's log sealed with it. At least 16
    /// characters, the same on each node.
    pub(crate) secret: Option<Secret>,
    /// A node that lacks more records than this, and more than it has, begins with a copy of another node's store
    /// instead of reading them one by one.
    pub(crate) copy_from_records: u64,
    /// Days after which a record may go from the cluster's log, once every node and the newest `alphorn backup` have
    /// it; nodes keep it in their stores. 0: the log is kept as a whole.
    pub(crate) trim_after_days: u32,
    /// The address under which clients and load balancers reach this node itself, for instance
    /// `https://node1.example.org`.
    pub(crate) node_url: Option<String>,
    /// Seconds between telling the other nodes and load balancers that this node is about to stop, and refusing
    /// connections.
    pub(crate) leave_seconds: u64,
    /// The name by which the NATS servers know this node.
    pub(crate) user: Option<String>,
    /// The password that goes with `user`.
    pub(crate) password: Option<Secret>,
    /// A file with NATS credentials, instead of `user` and `password`.
    pub(crate) credentials_file: Option<PathBuf>,
    /// The certificates, in PEM format, of the authority by which the NATS servers are known.
    pub(crate) ca_file: Option<PathBuf>,
    /// The certificate by which the NATS servers know this node, where they want one.
    pub(crate) cert_file: Option<PathBuf>,
    /// Private key of `cert_file` in PEM format.
    pub(crate) key_file: Option<PathBuf>,
}

impl Default for Cluster {
    fn default() -> Self {
        Self {
            nats: Vec::new(),
            name: "alphorn".to_owned(),
            site: String::new(),
            node: 1,
            secret: None,
            copy_from_records: 20_000,
            trim_after_days: 0,
            node_url: None,
            leave_seconds: 3,
            user: None,
            password: None,
            credentials_file: None,
            ca_file: None,
            cert_file: None,
            key_file: None,
        }
    }
}

/// Bounds on what a stranger, a user or a connection can use.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// Longest request body in bytes, uploads of files excepted.
    pub(crate) max_body_bytes: u64,
    /// Largest file that can be uploaded, in bytes.
    pub(crate) max_upload_bytes: u64,
    /// Connections that are open at the same time; further ones wait to be accepted.
    pub(crate) max_connections: u32,
    /// Connections that one address may have open; trusted proxies may have as many as there are.
    pub(crate) max_connections_per_address: u32,
    /// Seconds within which a client must have sent a request's head, counted from the end of the request
    /// before: so long, too, is an idle connection kept. Make it longer than a reverse proxy keeps its own.
    pub(crate) header_timeout_seconds: u64,
    /// Seconds after which a request body that stands still, or an answer nobody takes, ends the connection.
    pub(crate) stall_timeout_seconds: u64,
    /// Seconds that running requests get to finish when the server is stopped.
    pub(crate) drain_seconds: u64,
    /// Global switch: `false` turns every rate limit off (for tests and closed networks).
    pub(crate) rate_limits: bool,
    /// Attempts to log in, for each address and each account.
    pub(crate) login: Rate,
    /// Attempts to register, for each address.
    pub(crate) registration: Rate,
    /// Events sent, for each user.
    pub(crate) message: Rate,
    /// Files uploaded, for each user.
    pub(crate) upload: Rate,
    /// Bounds on pictures that are scaled down.
    pub(crate) thumbnails: Thumbnails,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 4 * 1024 * 1024,
            max_upload_bytes: 50 * 1024 * 1024,
            max_connections: 20_000,
            max_connections_per_address: 500,
            header_timeout_seconds: 75,
            stall_timeout_seconds: 60,
            drain_seconds: 10,
            rate_limits: true,
            login: Rate { per_second: 0.2, burst: 10 },
            registration: Rate { per_second: 0.2, burst: 5 },
            message: Rate { per_second: 10.0, burst: 50 },
            upload: Rate { per_second: 2.0, burst: 20 },
            thumbnails: Thumbnails::default(),
        }
    }
}

/// How often something may be done: a bucket of `burst` that refills with `per_second`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// How many are allowed each second in the long run; fractions are possible.
    pub(crate) per_second: f64,
    /// How many are allowed at once.
    pub(crate) burst: u32,
}

/// Bounds on pictures that are scaled down.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Thumbnails {
    /// Largest picture (width times height) that is decoded.
    pub(crate) max_source_pixels: u64,
    /// How many pictures are scaled at the same time.
    pub(crate) max_parallel: u32,
    /// Milliseconds after which scaling is given up.
    pub(crate) timeout_ms: u64,
}

impl Default for Thumbnails {
    fn default() -> Self {
        Self { max_source_pixels: 40_000_000, max_parallel: 2, timeout_ms: 10_000 }
    }
}

/// How passwords are checked and stored (Argon2id).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Passwords {
    /// Memory for one hash, in KiB.
    pub(crate) memory_kib: u32,
    /// Passes over that memory.
    pub(crate) iterations: u32,
    /// Lanes.
    pub(crate) parallelism: u32,
    /// Shortest password in characters that a user may choose.
    pub(crate) min_length: u32,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1, min_length: 8 }
    }
}

/// Conversation with other servers.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Federation {
    /// Whether this server talks with others. Not yet available: the key is accepted and has no effect.
    pub(crate) enabled: bool,
    /// Further authorities in PEM format that are trusted when this server connects to others.
    pub(crate) trusted_ca_file: Option<PathBuf>,
}

/// Bridges and other application services.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AppServices {
    /// Registration files of application services. Not yet available: the files are not used.
    pub(crate) files: Vec<PathBuf>,
}

/// Connections which this server opens to others.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Egress {
    /// Whether private and loopback addresses may be contacted. Leave it off unless the network is closed.
    pub(crate) allow_private_addresses: bool,
}

/// What is written to standard error while the server runs.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// `human` for reading, `json` for machines; `auto` is `human` on a terminal and `json` otherwise.
    pub(crate) format: LogFormat,
    /// Least level that is written, with exceptions by module: `info`, or `info,alphorn_engine=debug`.
    pub(crate) level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Auto, level: "info".to_owned() }
    }
}

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// One readable line for each event.
    Human,
    /// One JSON object for each event.
    Json,
}

/// Figures for Prometheus under `/metrics`.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Metrics {
    /// Whether `/metrics` answers.
    pub(crate) enabled: bool,
    /// Networks whose clients may read `/metrics`.
    pub(crate) allowed_networks: Vec<String>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { enabled: true, allowed_networks: vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()] }
    }
}
