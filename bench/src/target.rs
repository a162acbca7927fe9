//! The server that is measured: started for the run, or one that runs already.

use std::path::Path;

use alphorn_tests::{Client, Server};
use anyhow::{Context as _, Result, bail};

use crate::TargetArgs;
use crate::process::{self, Memory};

/// A server under measurement.
#[derive(Debug)]
pub(crate) struct Target {
    client: Client,
    pid: u32,
    server: Option<Server>,
}

impl Target {
    /// Attaches to the named server or starts one.
    pub(crate) async fn open(arguments: &TargetArgs) -> Result<Self> {
        if let (Some(address), Some(pid)) = (arguments.attach, arguments.pid) {
            if !address.ip().is_loopback() {
                bail!("{address} is not a loopback address: this generator loads only its own machine");
            }
            return Ok(Self { client: Client::new(address), pid, server: None });
        }
        let mut builder = Server::builder();
        if let Some(binary) = &arguments.bin {
            builder = builder.binary(binary);
        }
        if let Some(store) = &arguments.store {
            builder = builder.home(store);
        }
        if let Some(fragment) = &arguments.config {
            builder = builder.config(fragment);
        }
        let server = builder.try_start().await?;
        let pid = server.pid().context("the server has ended")?;
        Ok(Self { client: server.client().clone(), pid, server: Some(server) })
    }

    /// A client of the server.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The data folder of a server that was started here.
    pub(crate) fn data_dir(&self) -> Option<std::path::PathBuf> {
        self.server.as_ref().map(Server::data_dir)
    }

    /// The server that was started here, for measurements that stop and start it.
    pub(crate) fn server(&mut self) -> Result<&mut Server> {
        self.server.as_mut().context("this measurement starts and stops the server: it cannot attach")
    }

    /// Notes the process id after the server was started again.
    pub(crate) fn started_again(&mut self) -> Result<()> {
        self.pid = self.server()?.pid().context("the server has ended")?;
        Ok(())
    }

    /// Processor time used so far.
    pub(crate) fn cpu_time(&self) -> Result<std::time::Duration> {
        process::cpu_time(self.pid)
    }

    /// Resident memory now.
    pub(crate) fn memory(&self) -> Result<Memory> {
        process::memory(self.pid)
    }
}

/// The kind of the filesystem that holds `path`: on `tmpfs` an fsync costs nothing, and figures mislead.
pub(crate) fn filesystem(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        Some((fields.next()?, fields.next()?))
    });
    mounts
        .filter(|(point, _)| path.starts_with(point))
        .max_by_key(|(point, _)| point.len())
        .map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}
