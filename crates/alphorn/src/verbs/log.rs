//! `alphorn log`: the log as one file, to keep and to make servers and clusters of. Its form is described in
//! docs/operation.md.

mod file;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use alphorn_model::{Clock as _, Sink as _, SystemClock, SystemEntropy};
use alphorn_store::{Store, maintenance};
use anyhow::Context as _;
use serde_json::json;

use self::file::{Head, LogReader, LogWriter, Piece};
use super::progress::Progress;
use super::{Output, store};
use crate::backend::DATABASE;
use crate::cli::LogCommand;
use crate::cluster;
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::{identity, machine};

/// Records in memory at once.
const BATCH: usize = 2_000;

/// `alphorn log`
pub(crate) fn log(config: &Config, output: Output, command: &LogCommand) -> anyhow::Result<()> {
    match command {
        LogCommand::Export { file } => export(config, output, file),
        LogCommand::Import { file } => import(config, output, file),
    }
}

/// Writes the log up to this moment; a server that runs goes on.
fn export(config: &Config, output: Output, to: &Path) -> anyhow::Result<()> {
    let database = store::database(&config.data_dir)?;
    let all = maintenance::last_record_at(&database)?;
    let name = std::fs::read_to_string(config.data_dir.join("server_name"));
    let name = name.context("cannot read the server's name")?.trim().to_owned();
    let head = Head::new(name, all, SystemClock.now_ms());
    let mut file = LogWriter::create(to, &head).with_context(|| format!("cannot write {}", to.display()))?;
    let mut progress = Progress::of("writing records", output.json);
    let mut done = 0;
    while done < all {
        let batch = maintenance::bodies_at(&database, done, BATCH)?;
        for (seq, _, body) in batch.iter().filter(|(seq, ..)| *seq <= all) {
            anyhow::ensure!(*seq == done + 1, "the log has a hole: record {seq} follows record {done}");
            file.add(*seq, body).with_context(|| format!("cannot write {}", to.display()))?;
            done = *seq;
        }
        anyhow::ensure!(!batch.is_empty(), "the log ends at record {done}, and should go on to {all}");
        progress.show(done, all);
    }
    drop(progress);
    let digest = file.finish().with_context(|| format!("cannot write {}", to.display()))?;
    output.give(&json!({ "records": all, "sha256": digest, "file": to }), |_| {
        format!("{all} records are in {}; the log's digest is {digest}\n", to.display())
    })
}

/// Makes the store of a server on its own out of a file, in a data folder without one.
fn import(config: &Config, output: Output, from: &Path) -> anyhow::Result<()> {
    let mut file = LogReader::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    let head = file.head().clone();
    let folder = DataFolder::open_or_create(&config.data_dir)?;
    let database = folder.path(DATABASE);
    let empty =
        matches!(maintenance::sight(&database), maintenance::Sight::Absent | maintenance::Sight::Readable(0));
    anyhow::ensure!(
        empty,
        "there is a store in {} already; a log is imported into a data folder without one",
        folder.root().display()
    );
    anyhow::ensure!(
        !cluster::is_node(config),
        "a log is imported into a server on its own: take `cluster.nats` out of the configuration; `alphorn cluster \
         init` makes a cluster of it afterwards"
    );
    if let Some(wanted) = &config.server_name {
        anyhow::ensure!(
            *wanted == head.server_name,
            "the file is the log of {}, and the configuration asks for `{wanted}`",
            head.server_name
        );
    }
    let name = identity::server_name(&folder, Some(&head.server_name), &machine::host_name())?;
    anyhow::ensure!(
        name.as_str() == head.server_name,
        "the file is the log of {}, and this data folder is that of {name}",
        head.server_name
    );
    let new_key = !identity::has_key(&folder)?;
    identity::signing_key(&folder, &SystemEntropy)?;
    let place = incoming(&database);
    let records = fill(&mut file, &place, &head, output)
        .with_context(|| format!("{} was not imported", from.display()))
        .inspect_err(|_| maintenance::discard(&place))?;
    maintenance::set_cluster_at(&place, None)?;
    maintenance::adopt_copy(&place, &database).context("cannot take the imported store")?;
    output.give(&json!({ "server_name": name, "records": records, "new_key": new_key }), |_| {
        let key = if new_key {
            "there was no signing key in this folder, so it has a new one: to keep the server's old one, copy its \
             signing.key here before the server is started\n"
        } else {
            ""
        };
        format!("{records} records of {name} are imported and verified; its files (media) are not among them\n{key}")
    })
}

fn incoming(database: &Path) -> PathBuf {
    let mut place = database.as_os_str().to_owned();
    place.push(".import");
    PathBuf::from(place)
}

/// Derives a store from a file; everything in it is verified before this ends.
fn fill(file: &mut LogReader, place: &Path, head: &Head, output: Output) -> anyhow::Result<u64> {
    maintenance::discard(place);
    let (_store, mut writer) = Store::open(place, false, Arc::new(()))?;
    let mut progress = Progress::of("importing records", output.json);
    let mut batch = Vec::with_capacity(BATCH);
    let mut records = 0;
    loop {
        let piece = file.next()?;
        let ended = matches!(piece, Piece::End);
        if let Piece::Record(record) = piece {
            records = record.seq;
            batch.push(record);
        }
        if ended || batch.len() >= BATCH {
            let mut taken = if ended { writer.apply(&batch) } else { writer.apply_ahead(&batch) };
            if ended {
                taken = taken.and_then(|verdicts| writer.caught_up().map(|()| verdicts));
            }
            taken.map_err(|error| anyhow::anyhow!("record {records} or one before it: {error}"))?;
            batch.clear();
            progress.show(records, head.records);
        }
        if ended {
            return Ok(records);
        }
    }
}
