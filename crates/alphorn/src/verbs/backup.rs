//! `alphorn backup`: the database as of one moment, then everything else, then the list that makes it whole.
//! A running server goes on meanwhile.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use alphorn_log::jetstream::Cluster;
use alphorn_model::{Clock as _, Seq, ServerName, SystemClock};
use alphorn_store::maintenance;
use anyhow::Context as _;
use serde_json::json;

use super::archive::{self, Entry, FORMAT, LIST, List};
use super::progress::Progress;
use super::{Output, store};
use crate::backend::{DATABASE, MEDIA};
use crate::cluster;
use crate::config::Config;
use crate::data_folder::write_file;

/// Small files without which the server would be another one. The certificates of the private authority are
/// among them: devices trust it.
const SMALL: [&str; 7] = [
    "server_name",
    "signing.key",
    "tls/ca.pem",
    "tls/ca.key",
    "tls/server.pem",
    "tls/server.key",
    "tls/server.json",
];
/// How far the followers of the log are.
const CURSORS: [&str; 1] = ["push.cursor"];
/// Folders of the media storage whose content can be made again or was never finished.
const MEDIA_SKIPPED: [&str; 2] = ["thumbnails", "incoming"];

/// Tells the cluster that a backup has the records up to this one: its log need not keep them for that.
fn note(config: &Config, server_name: &ServerName, records: Seq) {
    let noted = tokio::runtime::Builder::new_current_thread().enable_all().build().map(|runtime| {
        runtime.block_on(async {
            let settings = cluster::settings(&config.cluster, server_name.as_str());
            Cluster::connect(settings).await?.note_backup(records).await
        })
    });
    // The backup is whole all the same.
    if let Err(error) = noted.map_err(anyhow::Error::from).and_then(|noted| Ok(noted?)) {
        eprintln!("the cluster could not be told of this backup, and keeps its log for it: {error}");
    }
}

/// `alphorn backup`
pub(crate) fn backup(config: &Config, output: Output, dir: &Path) -> anyhow::Result<()> {
    let root = &config.data_dir;
    let database = store::database(root)?;
    archive::claim_empty(dir)?;
    let mut files = BTreeMap::new();
    // A follower's cursor before the database: better that it does a little twice than that it leaves some out.
    for cursor in CURSORS {
        copy_one(root, dir, Path::new(cursor), &mut files)?;
    }
    // Media after the database: whatever it knows of is there already.
    let copied = dir.join(DATABASE);
    maintenance::backup(&database, &copied).context("cannot copy the database")?;
    let records = maintenance::last_record_at(&copied).context("cannot read the copied database")?;
    files.insert(DATABASE.to_owned(), archive::measure(&copied).context("cannot read the copied database")?);
    copy_all(root, dir, output, &mut files)?;
    let name = std::fs::read_to_string(root.join("server_name")).context("cannot read the server's name")?;
    let list = List {
        format: FORMAT,
        server_name: ServerName::parse(name.trim()).context("the server's name is damaged")?,
        made_at_ms: SystemClock.now_ms(),
        records,
        files,
    };
    write_file(&dir.join(LIST), &serde_json::to_vec_pretty(&list)?, 0o600)?;
    if cluster::is_node(config) {
        note(config, &list.server_name, list.records);
    }
    let answer = json!({
        "dir": dir, "server_name": list.server_name, "records": list.records, "files": list.files.len(),
        "bytes": list.bytes(),
    });
    output.give(&answer, |_| {
        let (files, bytes) = (list.files.len(), list.bytes());
        format!("{} records and {files} files ({bytes} bytes) are in {}\n", list.records, dir.display())
    })
}

/// Copies a file that need not be there: without an authority there are no certificates, and media may be
/// deleted while we copy.
fn copy_one(root: &Path, dir: &Path, path: &Path, files: &mut BTreeMap<String, Entry>) -> anyhow::Result<()> {
    match archive::copy(&root.join(path), &dir.join(path), 0o600) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        copied => {
            let entry = copied.with_context(|| format!("cannot copy {}", path.display()))?;
            files.insert(path.to_string_lossy().into_owned(), entry);
        }
    }
    Ok(())
}

fn copy_all(
    root: &Path,
    dir: &Path,
    output: Output,
    files: &mut BTreeMap<String, Entry>,
) -> anyhow::Result<()> {
    let media = archive::files_below(&root.join(MEDIA), &MEDIA_SKIPPED).context("cannot list the media")?;
    let all: Vec<PathBuf> = SMALL
        .iter()
        .map(PathBuf::from)
        .chain(media.into_iter().map(|path| Path::new(MEDIA).join(path)))
        .collect();
    let mut progress = Progress::of("copying files", output.json);
    let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let mut made = std::collections::BTreeSet::new();
    for (done, path) in (1..).zip(&all) {
        let target = dir.join(path);
        if let Some(folder) = target.parent().filter(|folder| made.insert(folder.to_path_buf())) {
            crate::data_folder::make_private_folder(folder)?;
        }
        copy_one(root, dir, path, files)?;
        progress.show(done, count);
    }
    for folder in made {
        archive::sync_folder(&folder).with_context(|| format!("cannot make {} durable", folder.display()))?;
    }
    Ok(())
}
