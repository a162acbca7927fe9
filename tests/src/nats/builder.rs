//! How a cluster under test is laid out before it starts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};

use super::certificates::{self, Files};
use super::config::{config, merge};
use super::monitor::Monitor;
use super::{Cluster, Member, NatsError, PASSWORD, USER};
use crate::network::Network;
use crate::ports;
use crate::server::fail;

/// Of a server that has its machine to itself: for clients, between servers, to look at it, for other sites.
const MACHINE_PORTS: [u16; 4] = [4222, 6222, 8222, 7422];

/// New ports tried when another process took one that was free a moment ago.
const PORT_ATTEMPTS: u32 = 5;

/// How a cluster under test is configured before it starts: three servers without TLS, unless told otherwise.
#[derive(Clone, Debug)]
pub struct ClusterBuilder {
    servers: usize,
    tls: bool,
    name: String,
    binary: Option<PathBuf>,
    stores: Vec<(usize, PathBuf)>,
    settings: Value,
    domain: Option<String>,
    leaf_of: Vec<String>,
    pub(super) network: Option<Arc<Network>>,
}

impl Default for ClusterBuilder {
    fn default() -> Self {
        let (binary, stores, settings) = (None, Vec::new(), json!({}));
        let (domain, leaf_of, network) = (None, Vec::new(), None);
        let name = "alphorn-test".to_owned();
        Self { servers: 3, tls: false, name, binary, stores, settings, domain, leaf_of, network }
    }
}

impl ClusterBuilder {
    /// So many servers. One alone is no cluster: its streams have one replica.
    #[must_use]
    pub fn servers(self, servers: usize) -> Self {
        Self { servers, ..self }
    }

    /// Puts each server on a machine of its own, between which packets can be lost.
    #[must_use]
    pub fn network(self, network: Network) -> Self {
        Self { network: Some(Arc::new(network)), ..self }
    }

    /// TLS for clients and between servers, with certificates of an authority that is made for this cluster.
    #[must_use]
    pub fn tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// The cluster's name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    /// Runs this executable instead of the one that `cargo xtask nats` prints, of whatever version.
    #[must_use]
    pub fn binary(self, path: &Path) -> Self {
        Self { binary: Some(path.to_owned()), ..self }
    }

    /// Gives their JetStream a domain of its own, and lets servers of another site connect ([`Cluster::leaf_address`]).
    #[must_use]
    pub fn domain(self, domain: &str) -> Self {
        Self { domain: Some(domain.to_owned()), ..self }
    }

    /// Connects every server to those of another site, as a leaf of them.
    #[must_use]
    pub fn leaf_of(mut self, address: SocketAddr) -> Self {
        self.leaf_of
            .push(format!("nats://{USER}:{}@{address}", PASSWORD.replace(' ', "%20").replace('\'', "%27")));
        self
    }

    /// Keeps one server's streams in this folder, for example on a small disk.
    #[must_use]
    pub fn store(mut self, index: usize, folder: &Path) -> Self {
        self.stores.push((index, folder.to_owned()));
        self
    }

    /// Lays these settings over the configuration of every server, key by key:
    /// `json!({"jetstream": {"max_file_store": 1_000_000}})`.
    #[must_use]
    pub fn settings(mut self, settings: &Value) -> Self {
        merge(&mut self.settings, settings);
        self
    }

    /// Starts the servers and waits until they have a leader.
    ///
    /// # Panics
    /// When they do not come up: the message holds the ends of their logs.
    pub async fn start(self) -> Cluster {
        match self.try_start().await {
            Ok(cluster) => cluster,
            Err(error) => fail(&error),
        }
    }

    /// As [`ClusterBuilder::start`], for those who expect a refusal.
    ///
    /// # Errors
    /// When the servers do not come up.
    pub async fn try_start(self) -> Result<Cluster, NatsError> {
        for _ in 1..PORT_ATTEMPTS {
            match self.attempt().await {
                Err(NatsError::Ended { log, .. }) if log.contains("address already in use") => {}
                outcome => return outcome,
            }
        }
        self.attempt().await
    }

    async fn attempt(&self) -> Result<Cluster, NatsError> {
        let system = |what| move |error| NatsError::System(what, error);
        let binary = match &self.binary {
            Some(binary) => binary.clone(),
            None => alphorn_nats_server::find()?,
        };
        let home = tempfile::Builder::new().prefix("alphorn-nats-").tempdir();
        let home = home.map_err(system("make a folder"))?;
        let files = if self.tls { Some(certificates::make(home.path())?) } else { None };
        let members: std::io::Result<Vec<Member>> =
            (0..self.servers).map(|index| self.lay_out(index, home.path())).collect();
        let members = members.map_err(system("lay out the servers"))?;
        self.write_configs(&members, files.as_ref()).map_err(system("write a configuration"))?;
        let mut cluster = Cluster { binary, members, layout: self.clone(), files, home };
        for index in 0..cluster.size() {
            cluster.try_spawn(index)?;
        }
        cluster.try_wait_ready().await?;
        Ok(cluster)
    }

    /// Finds ports and makes a folder for one server.
    pub(super) fn lay_out(&self, index: usize, home: &Path) -> std::io::Result<Member> {
        let [client, routes, monitor, leaf] = match &self.network {
            None => ports::free()?,
            Some(network) => MACHINE_PORTS.map(|port| network.address(index, port)),
        };
        let name = format!("nats-{index}");
        let folder = home.join(&name);
        std::fs::create_dir_all(&folder)?;
        let given = self.stores.iter().rfind(|(of, _)| *of == index).map(|(_, store)| store.clone());
        let store = given.unwrap_or_else(|| folder.join("store"));
        Ok(Member {
            name,
            client,
            routes,
            leaf,
            monitor: Monitor::new(monitor),
            folder,
            store,
            process: None,
        })
    }

    pub(super) fn write_configs(&self, members: &[Member], tls: Option<&Files>) -> std::io::Result<()> {
        for member in members {
            let mut config = config(member, members, &self.name, tls);
            if let Some(domain) = &self.domain {
                let remotes: Vec<_> =
                    self.leaf_of.iter().map(|url| json!({"url": url, "account": "ALPHORN"})).collect();
                merge(&mut config, &json!({"jetstream": {"domain": domain}}));
                merge(
                    &mut config,
                    &json!({"leafnodes": {"listen": member.leaf.to_string(), "remotes": remotes}}),
                );
            }
            merge(&mut config, &self.settings);
            std::fs::write(member.config_file(), format!("{config:#}"))?;
        }
        Ok(())
    }
}
