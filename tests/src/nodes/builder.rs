//! How a cluster on loopback is laid out before it starts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::{CLUSTER, Nodes, NodesError};
use crate::cable::Cable;
use crate::nats::{self, ClusterBuilder};
use crate::ports;
use crate::server::{Server, ServerBuilder};

/// What all nodes know and nobody else.
const SECRET: &str = "the secret of a cluster for tests only";
/// One for each nats-server.
const NODES: usize = 3;

/// How a cluster is configured before it starts.
#[derive(Clone, Debug)]
pub struct NodesBuilder {
    server: ServerBuilder,
    homes: Vec<(usize, PathBuf)>,
    environments: Vec<(usize, Vec<(String, String)>)>,
    cables: bool,
    nats: ClusterBuilder,
    nodes: usize,
    site: Option<Site>,
}

/// A second site.
#[derive(Clone, Debug)]
struct Site {
    name: String,
    /// The JetStream domain of the one that it copies.
    domain: String,
    /// The number of its first node, less one.
    after: usize,
}

impl Default for NodesBuilder {
    fn default() -> Self {
        let (server, nats) = (ServerBuilder::default(), ClusterBuilder::default());
        let (homes, environments) = (Vec::new(), Vec::new());
        Self { server, homes, environments, cables: false, nats, nodes: NODES, site: None }
    }
}

impl NodesBuilder {
    /// Runs this executable instead of the one that is found by itself.
    #[must_use]
    pub fn binary(self, path: &Path) -> Self {
        Self { server: self.server.binary(path), ..self }
    }

    /// Lays this piece of TOML over the configuration of every node; later pieces win.
    #[must_use]
    pub fn config(self, fragment: &str) -> Self {
        Self { server: self.server.config(fragment), ..self }
    }

    /// Keeps one node's data, configuration and log in this folder, for example on a small disk.
    #[must_use]
    pub fn home(mut self, index: usize, folder: &Path) -> Self {
        self.homes.push((index, folder.to_owned()));
        self
    }

    /// Sets environment variables of one node's process.
    #[must_use]
    pub fn env(mut self, index: usize, variables: &[(&str, String)]) -> Self {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        self.environments.push((index, variables.collect()));
        self
    }

    /// Lets nodes reach the nats-servers by cables that can be cut ([`Nodes::cut`]).
    #[must_use]
    pub fn cables(self) -> Self {
        Self { cables: true, ..self }
    }

    /// Starts the nats-servers so, instead of three that are alone.
    #[must_use]
    pub fn nats(self, nats: ClusterBuilder) -> Self {
        Self { nats, ..self }
    }

    /// So many nodes instead of three.
    #[must_use]
    pub fn nodes(self, nodes: usize) -> Self {
        Self { nodes, ..self }
    }

    /// A second site of this name, which copies the log of the one in a JetStream domain. Its nodes have the numbers
    /// after the given one.
    #[must_use]
    pub fn copies(self, name: &str, domain: &str, after: usize) -> Self {
        Self { site: Some(Site { name: name.to_owned(), domain: domain.to_owned(), after }), ..self }
    }

    /// Starts everything and waits until it is ready.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn try_start(self) -> Result<Nodes, NodesError> {
        let nats = self.nats.clone().try_start().await?;
        let mut servers = Vec::new();
        let mut cables = Vec::new();
        for index in 0..self.nodes {
            let [address] = ports::free()?;
            // Its own nats-server first, then the others.
            let order = (0..nats.size()).map(|step| (index + step) % nats.size());
            let mut ways = Vec::new();
            let mut laid = Vec::new();
            for one in order {
                if self.cables {
                    let cable = Cable::lay(nats.address(one))?;
                    ways.push(format!("nats://{}", cable.address()));
                    laid.push(cable);
                } else {
                    ways.push(nats.url(one));
                }
            }
            servers.push(self.lay_out(index, address, ways)?);
            cables.push(laid);
        }
        let mut nodes = Nodes { nats, servers, cables };
        let replicas = nodes.nats.size().to_string();
        let made = match &self.site {
            None => nodes.node(0).run(&["cluster", "init", "--replicas", &replicas]),
            Some(site) => {
                nodes.node(0).run(&["cluster", "standby", "--domain", &site.domain, "--replicas", &replicas])
            }
        };
        if !made.status.success() {
            let text = [made.stdout, made.stderr].concat();
            return Err(NodesError::Init(String::from_utf8_lossy(&text).into_owned()));
        }
        for index in 0..nodes.size() {
            let started = nodes.node_mut(index).spawn();
            started.map_err(|error| NodesError::Node { node: index, error })?;
        }
        for index in 0..nodes.size() {
            match self.site {
                None => nodes.try_wait_ready(index).await?,
                Some(_) => nodes.try_wait_readable(index).await?,
            }
        }
        Ok(nodes)
    }

    fn lay_out(&self, index: usize, address: SocketAddr, ways: Vec<String>) -> Result<Server, NodesError> {
        let mut cluster = toml::Table::new();
        let mut set = |key: &str, value: toml::Value| drop(cluster.insert(key.to_owned(), value));
        set("nats", ways.into_iter().map(toml::Value::from).collect::<Vec<_>>().into());
        set("name", CLUSTER.into());
        let number = index + 1 + self.site.as_ref().map_or(0, |site| site.after);
        set("node", i64::try_from(number).unwrap_or(i64::MAX).into());
        if let Some(site) = &self.site {
            set("site", site.name.as_str().into());
        }
        set("secret", SECRET.into());
        set("node_url", format!("http://{address}").into());
        set("user", nats::USER.into());
        set("password", nats::PASSWORD.into());
        let mut overlay = toml::Table::new();
        overlay.insert("cluster".to_owned(), cluster.into());
        let mut builder = self.server.clone().address(address).config(&overlay.to_string());
        if let Some((_, home)) = self.homes.iter().rfind(|(of, _)| *of == index) {
            builder = builder.home(home);
        }
        for (_, variables) in self.environments.iter().filter(|(of, _)| *of == index) {
            for (name, value) in variables {
                builder = builder.env(name, value);
            }
        }
        builder.prepare().map_err(|error| NodesError::Node { node: index, error })
    }
}
