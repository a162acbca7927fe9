//! What an operator can decide: one typed tree, filled from a file, the environment and flags, checked as a whole.

mod check;
mod problem;
mod reference;
mod sections;
mod sources;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use problem::{Problem, Problems};
pub(crate) use reference::reference_page;
pub(crate) use sections::{
    AppServices, Cluster, Egress, Federation, Limits, Listener, Log, LogFormat, Metrics, Passwords, People,
    PeopleDirectory, Rate, Registration, RegistrationMode, Rooms, Tls,
};
pub(crate) use sources::{Environment, Flag, Loaded, Source, load};

/// The whole configuration. Every key has a default: no file is needed to start.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The name that stands behind the colon in every user's address (`@anna:example.org`). It is chosen at
    /// the first start, kept in the data folder, and can never be changed afterwards. Without this key the
    /// machine's name is taken when it is a full domain name, otherwise `localhost`.
    pub(crate) server_name: Option<String>,
    /// The address under which clients reach this server, when it differs from the server name, for instance
    /// `https://matrix.example.org`. It is given to clients in `/.well-known/matrix/client`.
    pub(crate) public_base_url: Option<String>,
    /// The folder that holds everything this server must not lose: database, media, keys, certificates.
    /// Under systemd the service's state directory (`STATE_DIRECTORY`) is the default.
    pub(crate) data_dir: PathBuf,
    /// Addresses and networks of reverse proxies in front of this server. Only from these is the
    /// `X-Forwarded-For` header believed, so that rate limits see the real client.
    pub(crate) trusted_proxies: Vec<String>,
    /// Where the server listens. In a file: one `[[listeners]]` table for each address.
    pub(crate) listeners: Vec<Listener>,
    /// The certificate that is shown on TLS listeners.
    pub(crate) tls: Tls,
    /// Who may make an account.
    pub(crate) registration: Registration,
    /// Defaults and rights around rooms.
    pub(crate) rooms: Rooms,
    /// Who finds whom.
    pub(crate) people: People,
    /// Bounds on what a stranger, a user or a connection can use.
    pub(crate) limits: Limits,
    /// How passwords are checked and stored (Argon2id).
    pub(crate) passwords: Passwords,
    /// Several machines that are one server: see docs/cluster.md.
    pub(crate) cluster: Cluster,
    /// Conversation with other servers.
    pub(crate) federation: Federation,
    /// Bridges and other application services.
    pub(crate) appservices: AppServices,
    /// Connections which this server opens to others.
    pub(crate) egress: Egress,
    /// What is written to standard error while the server runs.
    pub(crate) log: Log,
    /// Figures for Prometheus under `/metrics`.
    pub(crate) metrics: Metrics,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server_name: None,
            public_base_url: None,
            data_dir: PathBuf::from("./alphorn-data"),
            trusted_proxies: vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()],
            listeners: vec![
                Listener { address: "0.0.0.0:8448".to_owned(), tls: true },
                Listener { address: "127.0.0.1:8008".to_owned(), tls: false },
            ],
            tls: Tls::default(),
            registration: Registration::default(),
            rooms: Rooms::default(),
            people: People::default(),
            limits: Limits::default(),
            passwords: Passwords::default(),
            cluster: Cluster::default(),
            federation: Federation::default(),
            appservices: AppServices::default(),
            egress: Egress::default(),
            log: Log::default(),
            metrics: Metrics::default(),
        }
    }
}
