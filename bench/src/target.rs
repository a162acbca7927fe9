//! The server that is measured: started for the run, or one that runs already.

use alphorn_tests::{Client, Server};
use anyhow::{Context as _, Result, bail};

use crate::TargetArgs;
use crate::disk;
use crate::process::{self, Memory};
use crate::report::Report;

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

    /// Notes on what disk the data of a server lies that was started here.
    pub(crate) fn describe_disk(&self, report: &mut Report) -> Result<()> {
        let Some(data_dir) = self.server.as_ref().map(Server::data_dir) else { return Ok(()) };
        let flushes = disk::flush_latencies(&data_dir)?;
        report.setting("data on", disk::filesystem(&data_dir));
        report.setting("flush of this disk, p50 ms", flushes.percentile_ms(50.0));
        report.setting("flush of this disk, p99 ms", flushes.percentile_ms(99.0));
        Ok(())
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
