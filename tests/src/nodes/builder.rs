//! How a cluster on loopback is laid out before it starts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::{CLUSTER, Nodes, NodesError};
use crate::cable::Cable;
use crate::nats::{self, Cluster};
use crate::ports;
use crate::server::{Server, ServerBuilder};

/// What all nodes know and nobody else.
const SECRET: &str = "the secret of a cluster for tests only";
/// One for each nats-server.
const NODES: usize = 3;

/// How a cluster is configured before it starts.
#[derive(Clone, Debug, Default)]
pub struct NodesBuilder {
    server: ServerBuilder,
    homes: Vec<(usize, PathBuf)>,
    cables: bool,
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

    /// Lets nodes reach the nats-servers by cables that can be cut ([`Nodes::cut`]).
    #[must_use]
    pub fn cables(self) -> Self {
        Self { cables: true, ..self }
    }

    /// Starts everything and waits until it is ready.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn try_start(self) -> Result<Nodes, NodesError> {
        let nats = Cluster::builder().servers(NODES).try_start().await?;
        let addresses: [SocketAddr; NODES] = ports::free()?;
        let mut servers = Vec::new();
        let mut cables = Vec::new();
        for (index, address) in addresses.into_iter().enumerate() {
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
        let made = nodes.node(0).run(&["cluster", "init"]);
        if !made.status.success() {
            let text = [made.stdout, made.stderr].concat();
            return Err(NodesError::Init(String::from_utf8_lossy(&text).into_owned()));
        }
        for index in 0..nodes.size() {
            let started = nodes.node_mut(index).spawn();
            started.map_err(|error| NodesError::Node { node: index, error })?;
        }
        for index in 0..nodes.size() {
            nodes.try_wait_ready(index).await?;
        }
        Ok(nodes)
    }

    fn lay_out(&self, index: usize, address: SocketAddr, ways: Vec<String>) -> Result<Server, NodesError> {
        let mut cluster = toml::Table::new();
        let mut set = |key: &str, value: toml::Value| drop(cluster.insert(key.to_owned(), value));
        set("nats", ways.into_iter().map(toml::Value::from).collect::<Vec<_>>().into());
        set("name", CLUSTER.into());
        set("node", i64::try_from(index + 1).unwrap_or(i64::MAX).into());
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
        builder.prepare().map_err(|error| NodesError::Node { node: index, error })
    }
}
