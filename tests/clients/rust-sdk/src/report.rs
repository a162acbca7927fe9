//! Numbered test steps: each is printed the moment it ends, a slow one fails, and the totals come last.
use std::{future::Future, time::Duration};

use anyhow::Result;
use tokio::time::{Instant, timeout};

/// Counts steps and prints one line for each.
#[derive(Debug, Default)]
pub struct Report {
    passed: u32,
    failed: u32,
}

/// A step that later ones need has failed, so the scenario cannot go on.
#[derive(Debug)]
pub struct Stopped;

impl Report {
    /// Runs one step that later steps build upon.
    ///
    /// # Errors
    /// `Stopped` when the step failed or took longer than `limit`.
    pub async fn need<T>(
        &mut self,
        name: &str,
        limit: Duration,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T, Stopped> {
        let started = Instant::now();
        let outcome = Box::pin(timeout(limit, work)).await;
        let ms = started.elapsed().as_millis();
        match outcome {
            Ok(Ok(value)) => {
                self.passed += 1;
                println!("ok {} - {name} ({ms} ms)", self.passed + self.failed);
                Ok(value)
            }
            Ok(Err(error)) => Err(self.fail(name, &format!("{error:#}"))),
            Err(_) => Err(self.fail(name, &format!("the step took longer than {} s", limit.as_secs()))),
        }
    }

    /// Runs one step that no later step depends on; a failure is counted and the scenario goes on.
    pub async fn check(&mut self, name: &str, limit: Duration, work: impl Future<Output = Result<()>>) {
        // The failure is counted and printed by `need`; nothing depends on it here.
        self.need(name, limit, work).await.unwrap_or(());
    }

    fn fail(&mut self, name: &str, why: &str) -> Stopped {
        self.failed += 1;
        println!("not ok {} - {name}", self.passed + self.failed);
        for line in why.lines() {
            println!("#   {line}");
        }
        Stopped
    }

    /// Prints why the rest of a scenario was not tried. The failed step has been counted already.
    pub fn stopped(&self, scenario: &str) {
        println!("# {scenario}: stopped here, the remaining steps need the one that failed");
    }

    /// Prints the totals; true when nothing failed and something passed.
    pub fn finish(&self) -> bool {
        println!("{} passed, {} failed", self.passed, self.failed);
        self.failed == 0 && self.passed > 0
    }
}
