//! `alphorn cluster`: making a cluster, joining it, looking at it.

mod sites;

use std::sync::Arc;
use std::time::Duration;

use alphorn_log::jetstream::{Cluster, Description, Trimmed};
use alphorn_media::storage::Storage;
use alphorn_model::{Clock as _, SystemClock, SystemEntropy};
use alphorn_store::maintenance;
use anyhow::Context as _;
use serde_json::{Value, json};

use super::progress::Progress;
use super::{Output, media};
use crate::backend::{DATABASE, MEDIA};
use crate::cli::ClusterCommand;
use crate::cluster::SharedMedia;
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::{cluster as node, identity, machine};

/// Records that are on their way to the cluster's log at once.
const IMPORT_BATCH: usize = 250;

/// `alphorn cluster`
pub(crate) fn cluster(config: &Config, output: Output, command: &ClusterCommand) -> anyhow::Result<()> {
    anyhow::ensure!(
        node::is_node(config),
        "this server is not configured for a cluster: give at least `cluster.nats` and `cluster.secret`"
    );
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        match command {
            ClusterCommand::Init { replicas } => init(config, output, usize::from(*replicas)).await,
            ClusterCommand::Join => join(config, output).await,
            ClusterCommand::Status => status(config, output).await,
            ClusterCommand::Standby { of, domain, replicas, discard_ended_log } => {
                let copy = sites::Copy {
                    of,
                    domain,
                    replicas: usize::from(*replicas),
                    discard_ended: *discard_ended_log,
                };
                sites::standby(config, output, &copy).await
            }
            ClusterCommand::Promote { other_site_is_gone } => {
                sites::promote(config, output, *other_site_is_gone).await
            }
            ClusterCommand::Lost { to } => sites::lost(config, output, to.as_deref()).await,
            ClusterCommand::Trim { keep_days } => trim(config, output, *keep_days).await,
            ClusterCommand::Leave { without_files } => leave(config, output, *without_files).await,
        }
    })
}

async fn init(config: &Config, output: Output, replicas: usize) -> anyhow::Result<()> {
    let folder = DataFolder::open_or_create(&config.data_dir)?;
    let name = identity::server_name(&folder, config.server_name.as_deref(), &machine::host_name())?;
    identity::signing_key(&folder, &SystemEntropy)?;
    let key = identity::key_text(&folder)?.context("the signing key is gone")?;
    let secret = config.cluster.secret.as_ref().context("cluster.secret is missing")?;
    let cluster = Cluster::connect(node::settings(&config.cluster, name.as_str())).await?;
    if let Some(log) = cluster.describe().await? {
        anyhow::bail!(
            "the cluster {:?} has a log already, that of {}: to take part in it, run `alphorn cluster join` with a \
             new data folder",
            config.cluster.name,
            log.server_name
        );
    }
    let sealed = node::seal(secret.reveal(), name.as_str(), &key, &SystemEntropy)?;
    cluster.create(replicas, &sealed).await?;
    let records = import(&folder, &cluster, output).await?;
    let mut files = 0;
    if records > 0 {
        maintenance::set_cluster_at(&folder.path(DATABASE), Some(&config.cluster.name))?;
        files = level(&folder, &cluster, output).await?;
    }
    cluster.open().await?;
    let answer = json!({
        "server_name": name, "cluster": config.cluster.name, "replicas": replicas, "records": records, "files": files,
    });
    output.give(&answer, |_| {
        format!(
            "made the cluster {:?} of {name}, with {records} records and {files} files of this server\nstart this node with \
             `alphorn serve`, and the others too: each with a number and a data folder of its own\n",
            config.cluster.name
        )
    })
}

/// Puts everything that this server has on the cluster's log, with the same numbers.
async fn import(folder: &DataFolder, cluster: &Cluster, output: Output) -> anyhow::Result<u64> {
    let path = folder.path(DATABASE);
    if !path.exists() {
        return Ok(0);
    }
    let all = maintenance::last_record_at(&path)?;
    let mut progress = Progress::of("giving records to the cluster", output.json);
    let mut done = 0;
    while done < all {
        let batch = maintenance::bodies_at(&path, done, IMPORT_BATCH)?;
        let Some((last, _, _)) = batch.last() else { break };
        let last = *last;
        cluster.import(&batch).await.with_context(|| {
            format!(
                "record {} and those after it did not get there; delete the stream and begin anew",
                done + 1
            )
        })?;
        done = last;
        progress.show(done, all);
    }
    Ok(done)
}

/// Brings the files of this folder and those of the cluster to the same state.
async fn level(folder: &DataFolder, cluster: &Cluster, output: Output) -> anyhow::Result<u64> {
    let remote = SharedMedia::new(cluster.client().clone(), cluster.names().clone());
    let storage = Storage::replicated(&folder.path(MEDIA), Arc::new(remote));
    let storage = storage.context("cannot open the media folder")?;
    media::level(&folder.path(DATABASE), &storage, output).await
}

async fn leave(config: &Config, output: Output, without_files: bool) -> anyhow::Result<()> {
    let folder = DataFolder::open(&config.data_dir)?;
    let path = super::store::database(folder.root())?;
    let of = maintenance::cluster_at(&path)?;
    anyhow::ensure!(
        of.as_deref() == Some(config.cluster.name.as_str()),
        "this data folder is not of a node of the cluster {:?}",
        config.cluster.name
    );
    let records = maintenance::last_record_at(&path)?;
    let mut files = 0;
    if !without_files {
        let name = identity::server_name(&folder, None, "")?;
        let cluster = Cluster::connect(node::settings(&config.cluster, name.as_str())).await?;
        if let Some(log) = cluster.describe().await? {
            anyhow::ensure!(
                log.last <= records,
                "this node has records up to {records}, and the log goes up to {}: start it once more, and stop it when \
                 it is ready and nobody writes any more",
                log.last
            );
        }
        files = level(&folder, &cluster, output).await?;
    }
    maintenance::set_cluster_at(&path, None)?;
    let answer = json!({ "records": records, "files": files });
    output.give(&answer, |_| {
        format!(
            "a server on its own again, with {records} records; {files} files were copied\ntake `cluster.nats` out of its \
             configuration before it is started; the other nodes must not be started any more\n"
        )
    })
}

async fn join(config: &Config, output: Output) -> anyhow::Result<()> {
    let folder = DataFolder::open_or_create(&config.data_dir)?;
    anyhow::ensure!(
        !identity::has_key(&folder)?,
        "the data folder {} belongs to a server already; a node that joins begins with a new one",
        folder.root().display()
    );
    node::join(&folder, config).await?;
    let name = identity::server_name(&folder, None, "")?;
    let answer = json!({ "server_name": name, "cluster": config.cluster.name, "node": config.cluster.node });
    output.give(&answer, |_| {
        format!(
            "node {} of {name}; start it with `alphorn serve`: it reads what there is, and then serves\n",
            config.cluster.node
        )
    })
}

async fn status(config: &Config, output: Output) -> anyhow::Result<()> {
    let cluster = Cluster::connect(node::settings(&config.cluster, "")).await?;
    let log = cluster.describe().await?;
    let log = log.with_context(|| format!("the cluster {:?} has no log yet", config.cluster.name))?;
    let answer = shown(&log);
    output.give(&answer, |_| words(&log))
}

/// Does now what `cluster.trim_after_days` does by itself.
async fn trim(config: &Config, output: Output, keep_days: u32) -> anyhow::Result<()> {
    let cluster = Cluster::connect(node::settings(&config.cluster, "")).await?;
    let keep = Duration::from_secs(u64::from(keep_days) * 24 * 3600);
    let trimmed = cluster.trim(keep, SystemClock.now_ms()).await?;
    let answer = match &trimmed {
        Trimmed::Off { records, first } => json!({ "records": records, "first": first }),
        Trimmed::Kept(why) => json!({ "records": 0, "why": why }),
    };
    output.give(&answer, |_| match trimmed {
        Trimmed::Off { records, first } => {
            format!("{records} records were taken off; the log begins with record {first}\n")
        }
        Trimmed::Kept(why) => format!("nothing was taken off: {why}\n"),
    })
}

fn shown(log: &Description) -> Value {
    let replicas: Vec<_> = log
        .replicas
        .iter()
        .map(|one| {
            json!({
                "name": one.name, "leads": one.leads, "current": one.current, "offline": one.offline, "lag": one.lag,
            })
        })
        .collect();
    json!({
        "standby": log.standby.as_ref().map(|standby| json!({
            "lag": standby.lag, "heard_s_ago": standby.heard.map(|heard| heard.as_secs()),
        })),
        "ended": log.ended, "server_name": log.server_name, "first": log.first, "last": log.last, "bytes": log.bytes, "replicas": replicas,
    })
}

fn words(log: &Description) -> String {
    let mut text = format!(
        "the log of {}: records {} to {}, {} MB\n",
        log.server_name,
        log.first,
        log.last,
        log.bytes.div_ceil(1_000_000)
    );
    if log.ended {
        text.push_str("  it has ended: another site was promoted\n");
    }
    if let Some(standby) = &log.standby {
        let heard = match standby.heard {
            Some(heard) => format!("heard {} s ago", heard.as_secs()),
            None => "not heard yet".to_owned(),
        };
        text.push_str(&format!("  a copy of another site's, which has {} more; {heard}\n", standby.lag));
    }
    for one in &log.replicas {
        let how = match (one.leads, one.offline, one.current) {
            (true, _, _) => "leads".to_owned(),
            (_, true, _) => "is away".to_owned(),
            (_, _, true) => "has everything".to_owned(),
            _ => format!("lacks {} records", one.lag),
        };
        text.push_str(&format!("  {}: {how}\n", one.name));
    }
    text
}
