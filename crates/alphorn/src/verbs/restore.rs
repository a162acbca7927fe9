//! `alphorn restore`: a data folder out of a backup. Everything is verified before the server may use it.

use std::path::Path;

use anyhow::Context as _;
use serde_json::json;

use super::archive::{self, FORMAT, LIST, List};
use super::progress::Progress;
use super::{Output, media, store};
use crate::backend::DATABASE;
use crate::cluster;
use crate::config::Config;
use crate::data_folder::{DataFolder, RESTORING, make_private_folder, write_file};

/// `alphorn restore`
pub(crate) fn restore(config: &Config, output: Output, dir: &Path) -> anyhow::Result<()> {
    let list = read_list(dir)?;
    verify(dir, &list, output)?;
    let root = &config.data_dir;
    archive::claim_empty(root)?;
    // Until this mark is gone no server starts here: half a restore must not grow into a server of its own.
    write_file(&root.join(RESTORING), b"", 0o600)?;
    copy_back(dir, root, &list, output)?;
    check(root, output)?;
    // Media that were deleted while the backup was made are no damage, but somebody may miss them.
    let missed = media::check(&store::database(root)?, root, cluster::is_node(config), output)?;
    std::fs::remove_file(root.join(RESTORING)).context("cannot remove the mark of an unfinished restore")?;
    archive::sync_folder(root).context("cannot make the data folder durable")?;
    drop(DataFolder::open(root)?);
    let answer = json!({
        "data_dir": root, "server_name": list.server_name, "records": list.records, "files": list.files.len(),
        "media_problems": missed,
    });
    output.give(&answer, |_| {
        let (records, files) = (list.records, list.files.len());
        let problems: String = missed.iter().map(|problem| format!("{problem}\n")).collect();
        format!(
            "{} is restored to {}: {records} records and {files} files, all verified\n{problems}",
            list.server_name,
            root.display(),
        )
    })
}

fn read_list(dir: &Path) -> anyhow::Result<List> {
    let path = dir.join(LIST);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} is no complete backup: cannot read {LIST}", dir.display()))?;
    #[derive(serde::Deserialize)]
    struct Head {
        format: u32,
    }
    let head: Head = serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
    anyhow::ensure!(
        head.format <= FORMAT,
        "the backup has format {}, this program knows formats up to {FORMAT}: use a newer alphorn",
        head.format
    );
    let list: List = serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?;
    for path in list.files.keys() {
        anyhow::ensure!(archive::stays_inside(path), "{LIST} names a file outside of the backup: {path}");
    }
    anyhow::ensure!(list.files.contains_key(DATABASE), "{LIST} names no database");
    Ok(list)
}

fn verify(dir: &Path, list: &List, output: Output) -> anyhow::Result<()> {
    let mut progress = Progress::of("verifying files", output.json);
    let all = u64::try_from(list.files.len()).unwrap_or(u64::MAX);
    for (done, (path, entry)) in (1..).zip(&list.files) {
        let found =
            archive::measure(&dir.join(path)).with_context(|| format!("cannot read {path} of the backup"))?;
        anyhow::ensure!(found == *entry, "{path} of the backup is damaged: it is not what was written");
        progress.show(done, all);
    }
    Ok(())
}

fn copy_back(dir: &Path, root: &Path, list: &List, output: Output) -> anyhow::Result<()> {
    let mut progress = Progress::of("copying files", output.json);
    let all = u64::try_from(list.files.len()).unwrap_or(u64::MAX);
    let mut made = std::collections::BTreeSet::new();
    for (done, (path, entry)) in (1..).zip(&list.files) {
        let target = root.join(path);
        if let Some(folder) = target.parent().filter(|folder| made.insert(folder.to_path_buf())) {
            make_private_folder(folder)?;
        }
        let copied =
            archive::copy(&dir.join(path), &target, 0o600).with_context(|| format!("cannot copy {path}"))?;
        anyhow::ensure!(copied == *entry, "{path} changed while it was copied");
        progress.show(done, all);
    }
    for folder in made {
        archive::sync_folder(&folder).with_context(|| format!("cannot make {} durable", folder.display()))?;
    }
    Ok(())
}

fn check(root: &Path, output: Output) -> anyhow::Result<()> {
    let report = store::report(&store::database(root)?, &root.join("check-restored.db"), output)?;
    anyhow::ensure!(
        report.problems.is_empty(),
        "the restored database is not sound: {}",
        report.problems.join("; ")
    );
    Ok(())
}
