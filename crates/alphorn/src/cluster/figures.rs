//! What administrators see of the program and its machine: the nodes, and the disk of the data folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use alphorn_admin::{Disk, Machine, Node};
use alphorn_engine::Engine;

use super::Members;
use crate::backend::DATABASE;
use crate::config::Config;
use crate::metrics::Metrics;

/// This program on its machine.
pub(crate) struct ThisMachine {
    data_dir: PathBuf,
    node: u32,
    url: Option<String>,
    engine: Engine,
    members: Option<Members>,
    metrics: Arc<Metrics>,
}

impl ThisMachine {
    /// Looks at the configured data folder.
    pub(crate) fn new(
        config: &Config,
        engine: Engine,
        members: Option<Members>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            data_dir: config.data_dir.clone(),
            node: super::number(config),
            url: config.public_base_url.clone(),
            engine,
            members,
            metrics,
        }
    }
}

impl Machine for ThisMachine {
    fn nodes(&self) -> Vec<Node> {
        if let Some(members) = &self.members {
            return members.nodes();
        }
        vec![Node {
            node: self.node,
            url: self.url.clone(),
            ready: !self.metrics.writes_refused(self.engine.now_ms()),
            here: true,
            applied: self.engine.wake().applied(),
            behind: 0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            heard_ms_ago: 0,
        }]
    }

    fn disk(&self) -> Disk {
        let size = |suffix: &str| {
            let path = self.data_dir.join(format!("{DATABASE}{suffix}"));
            std::fs::metadata(path).map_or(0, |found| found.len())
        };
        let (free_bytes, total_bytes) = space(&self.data_dir).unzip();
        Disk { database_bytes: ["", "-wal", "-shm"].into_iter().map(size).sum(), free_bytes, total_bytes }
    }
}

/// What is free for this program on the disk of a folder, and what that holds in all.
fn space(folder: &Path) -> Option<(u64, u64)> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some((found.f_bavail.saturating_mul(found.f_frsize), found.f_blocks.saturating_mul(found.f_frsize)))
}
