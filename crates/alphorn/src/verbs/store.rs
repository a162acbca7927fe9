//! `alphorn store`: making the derived tables anew, and verifying all of it.

use std::path::{Path, PathBuf};

use alphorn_store::maintenance::{self, CheckReport};
use anyhow::Context as _;
use serde_json::{Value, json};

use super::progress::Progress;
use super::{Output, media};
use crate::backend::DATABASE;
use crate::cluster;
use crate::config::Config;
use crate::data_folder::{DataFolder, DataFolderError};

/// `alphorn store rebuild`
pub(crate) fn rebuild(config: &Config, output: Output) -> anyhow::Result<()> {
    let folder = DataFolder::open(&config.data_dir)?;
    let path = database(folder.root())?;
    let mut progress = Progress::of("rebuilding records", output.json);
    let mut records = 0;
    maintenance::rebuild_at(&path, |done, all| {
        records = done;
        progress.show(done, all);
    })
    .with_context(|| format!("cannot rebuild {}", path.display()))?;
    drop(progress);
    output.give(&json!({ "records": records }), |_| {
        format!("all tables are made anew from {records} records\n")
    })
}

/// `alphorn store check`
pub(crate) fn check(config: &Config, output: Output) -> anyhow::Result<()> {
    let scratch = Scratch::in_folder(&config.data_dir);
    // A running server goes on writing meanwhile, so then a copy as of this moment is looked at.
    let (path, _locked) = match DataFolder::open(&config.data_dir) {
        Ok(folder) => (database(folder.root())?, Some(folder)),
        Err(DataFolderError::Busy(root)) => {
            let snapshot = scratch.file("snapshot");
            maintenance::backup(&database(&root)?, &snapshot).context("cannot copy the database")?;
            (snapshot, None)
        }
        Err(error) => return Err(error.into()),
    };
    let report = report(&path, &scratch.file("derived"), output)?;
    let mut problems = report.problems;
    problems.extend(media::check(&path, &config.data_dir, cluster::is_node(config), output)?);
    let answer = json!({ "records": report.records, "problems": problems });
    output.give(&answer, |answer| words(answer, report.records))?;
    anyhow::ensure!(problems.is_empty(), "the store has {} problems", problems.len());
    Ok(())
}

/// Checks one database.
pub(super) fn report(path: &Path, scratch: &Path, output: Output) -> anyhow::Result<CheckReport> {
    let mut progress = Progress::of("checking records", output.json);
    maintenance::check_at(path, scratch, |done, all| progress.show(done, all))
        .with_context(|| format!("cannot check {}", path.display()))
}

fn words(answer: &Value, records: u64) -> String {
    let problems = answer.get("problems").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if problems.is_empty() {
        return format!("{records} records and everything derived from them are in order\n");
    }
    problems.iter().filter_map(Value::as_str).map(|problem| format!("{problem}\n")).collect()
}

/// The database's path, when there is one.
pub(super) fn database(root: &Path) -> anyhow::Result<PathBuf> {
    let path = root.join(DATABASE);
    anyhow::ensure!(
        path.exists(),
        "there is no database in {}; has the server ever been started?",
        root.display()
    );
    Ok(path)
}

/// Files that are only needed for a while, removed whatever happens.
struct Scratch {
    stem: PathBuf,
}

impl Scratch {
    fn in_folder(root: &Path) -> Self {
        Self { stem: root.join(format!("check-{}", std::process::id())) }
    }

    fn file(&self, name: &str) -> PathBuf {
        let mut path = self.stem.as_os_str().to_owned();
        path.push(format!("-{name}.db"));
        PathBuf::from(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for name in ["snapshot", "derived"] {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                let mut path = self.file(name).into_os_string();
                path.push(suffix);
                // Most of them were never there.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}
