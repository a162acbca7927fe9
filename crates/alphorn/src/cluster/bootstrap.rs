//! Before a node's store is opened: one that is damaged or must not be trusted is set aside, and one that lacks more
//! than is worth reading, or than the log still has, is replaced by a copy of another node's.

use std::path::{Path, PathBuf};
use std::time::Duration;

use alphorn_log::jetstream::{Cluster, Description, Link, State};
use alphorn_model::{Clock, Seq};
use alphorn_store::maintenance::{self, Sight};
use anyhow::Context as _;

use super::copies;
use crate::backend::DATABASE;
use crate::config::Config;
use crate::data_folder::{DataFolder, read_text, write_file};

/// Where a node that stands aside because of its store says so for its next start.
const DISTRUSTED: &str = "store-distrusted";
/// How the name of a store that was set aside goes on.
const ASIDE: &str = ".aside-";
/// More stores that were set aside than this are no accident.
const ASIDE_MAX: usize = 3;
/// How the name of a copy goes on while it is fetched.
const INCOMING: &str = ".incoming";
/// How long the cluster has to say what its log is before the node goes on with what it has.
const PATIENCE: Duration = Duration::from_secs(5);

/// Brings about a store with which this node can take part.
pub(crate) async fn prepare(
    folder: &DataFolder,
    config: &Config,
    server_name: &str,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    let database = folder.path(DATABASE);
    if maintenance::drop_unfinished(&database).context("cannot remove a store that was not finished")? {
        tracing::warn!(
            "this node's store was not finished when it was made for the first time; it is begun anew"
        );
    }
    let reason = read_text(&folder.path(DISTRUSTED))?;
    let applied = match (maintenance::sight(&database), reason) {
        (Sight::Absent, reason) => {
            // Of a store that is gone already. The next one is not to be blamed for it.
            if reason.is_some() {
                forget_reason(folder)?;
            }
            0
        }
        (Sight::Unreadable, _) => return Ok(()),
        (Sight::Damaged(why), _) => {
            set_aside(folder, &format!("it is damaged: {why}"), clock)?;
            0
        }
        (Sight::Readable(_), Some(why)) => {
            set_aside(folder, &why, clock)?;
            0
        }
        (Sight::Readable(applied), None) => applied,
    };
    let settings = super::settings(&config.cluster, server_name);
    let looked = tokio::time::timeout(PATIENCE, async {
        let cluster = Cluster::connect(settings).await?;
        let log = cluster.describe().await?;
        anyhow::Ok((cluster, log))
    });
    // What is wrong with the cluster or its log is said by the log itself when it is opened.
    let Ok(Ok((cluster, Some(log)))) = looked.await else { return Ok(()) };
    match need(&log, applied, config.cluster.copy_from_records) {
        Need::Nothing => Ok(()),
        need => replace(folder, config, &cluster, applied, need, &log, clock).await,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// What is missing is read from the log.
    Nothing,
    /// Copying is quicker.
    Wish,
    /// The log does not have it any more.
    Must,
}

fn need(log: &Description, applied: Seq, from_records: u64) -> Need {
    let missing = log.last.saturating_sub(applied);
    if missing > 0 && log.first > applied + 1 {
        return Need::Must;
    }
    // A copy has all that is here already, too.
    if missing > from_records && missing > applied { Need::Wish } else { Need::Nothing }
}

async fn replace(
    folder: &DataFolder,
    config: &Config,
    cluster: &Cluster,
    applied: Seq,
    need: Need,
    log: &Description,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    let database = folder.path(DATABASE);
    let incoming = with(&database, INCOMING);
    let secret = config.cluster.secret.as_ref().context("cluster.secret is missing")?;
    let least = (applied + 1).max(log.first.saturating_sub(1));
    let borrowed = copies::borrow(cluster.client(), cluster.names(), secret.reveal(), least, &incoming).await;
    let borrowed = match borrowed {
        Ok(Some(borrowed)) => borrowed,
        other => {
            maintenance::discard(&incoming);
            let why = other
                .err()
                .map_or_else(|| "no other node has one to give".to_owned(), |error| format!("{error:#}"));
            anyhow::ensure!(
                need != Need::Must,
                "the log begins at record {}, this node has {applied} records, and it needs a copy of another node's \
                 store: {why}; start it while another node is ready, or restore a newer backup",
                log.first
            );
            tracing::info!(
                why,
                "there is no copy of another node's store; reading the log from its beginning"
            );
            return Ok(());
        }
    };
    if applied > 0 {
        set_aside(folder, "it lacks more than is worth reading, or than the log still has", clock)?;
    }
    maintenance::adopt_copy(&incoming, &database).context("cannot take the copy of another node's store")?;
    let megabytes = borrowed.bytes / 1_000_000;
    let (node, applied, witnesses) = (borrowed.node, borrowed.applied, borrowed.witnesses);
    tracing::info!(
        node,
        applied,
        megabytes,
        witnesses,
        "this node begins with a copy of another node's store"
    );
    Ok(())
}

/// Gives the store another name; nothing is deleted.
fn set_aside(folder: &DataFolder, why: &str, clock: &dyn Clock) -> anyhow::Result<()> {
    let database = folder.path(DATABASE);
    let others = aside(folder)?;
    anyhow::ensure!(
        others.len() < ASIDE_MAX,
        "the store must be set aside ({why}), and so were {} before it: look at this machine's disk and memory, and \
         remove the files {DATABASE}{ASIDE}* from {} when they are of no more use",
        others.len(),
        folder.root().display()
    );
    let place = with(&database, &format!("{ASIDE}{}", clock.now_ms()));
    // The database last: as long as it has its name, this is begun anew.
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (with(&database, suffix), with(&place, suffix));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot rename {}", from.display()));
            }
            _ => {}
        }
    }
    forget_reason(folder)?;
    tracing::warn!(why, aside = %place.display(), "the store is set aside, and made anew from the cluster");
    Ok(())
}

/// Takes away the word that the store must not be trusted.
fn forget_reason(folder: &DataFolder) -> anyhow::Result<()> {
    let marker = folder.path(DISTRUSTED);
    if let Err(error) = std::fs::remove_file(&marker)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error).with_context(|| format!("cannot remove {}", marker.display()));
    }
    Ok(())
}

/// The stores that were set aside in a folder.
fn aside(folder: &DataFolder) -> anyhow::Result<Vec<PathBuf>> {
    let begin = format!("{DATABASE}{ASIDE}");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder.root()).context("cannot look into the data folder")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&begin) && !name.ends_with("-wal") && !name.ends_with("-shm") {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Waits until this node must not trust its store any more, and leaves word for its next start. Gives whether it is to be
/// started anew at once.
pub(crate) async fn watch(link: Link, folder: PathBuf) -> bool {
    let mut state = link.state();
    let fenced = state.wait_for(|state| matches!(state, State::Fenced(_))).await;
    let why = match fenced.as_deref() {
        Ok(State::Fenced(why)) if link.distrusts_store() => why.clone(),
        _ => return false,
    };
    match write_file(&folder.join(DISTRUSTED), why.as_bytes(), 0o600) {
        Ok(()) => {
            tracing::error!(why, "this node starts anew: it sets its store aside and makes another one");
            true
        }
        Err(error) => {
            tracing::error!(%error, "that the store is not to be trusted cannot be kept for the next start");
            false
        }
    }
}

fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    PathBuf::from(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(first: Seq, last: Seq) -> Description {
        Description { first, last, ..Description::default() }
    }

    #[test]
    fn a_copy_is_fetched_where_it_is_quicker_or_all_that_is_left() {
        assert_eq!(need(&log(1, 100), 0, 1_000), Need::Nothing);
        assert_eq!(need(&log(1, 5_000), 0, 1_000), Need::Wish);
        assert_eq!(need(&log(1, 5_000), 4_500, 1_000), Need::Nothing);
        assert_eq!(need(&log(1, 5_000), 3_000, 1_000), Need::Nothing, "most is here already");
        assert_eq!(need(&log(50, 100), 49, 1_000), Need::Nothing);
        assert_eq!(need(&log(50, 100), 48, 1_000), Need::Must);
        assert_eq!(need(&log(101, 100), 100, 1_000), Need::Nothing, "an empty log");
        assert_eq!(need(&log(101, 100), 0, 1_000), Need::Must, "all of it was trimmed");
        assert_eq!(need(&log(0, 0), 0, 1_000), Need::Nothing);
    }
}
