//! `alphorn cluster standby|promote|lost`: a second site.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use alphorn_log::jetstream::{Cluster, LostRecord, Promotion};
use alphorn_model::fact::RoomFact;
use alphorn_model::{Aggregate, Clock as _, Fact, SystemClock};
use anyhow::Context as _;
use serde_json::{Value, json};

use super::Output;
use crate::cluster as node;
use crate::config::Config;

/// Records that are described one by one on the screen; a file takes them all.
const DESCRIBED_MAX: usize = 1_000;

async fn connect(config: &Config) -> anyhow::Result<Cluster> {
    let name = config.server_name.clone().unwrap_or_default();
    Ok(Cluster::connect(node::settings(&config.cluster, &name)).await?)
}

/// What is to be copied, and how.
pub(super) struct Copy<'a> {
    pub(super) of: &'a str,
    pub(super) domain: &'a str,
    pub(super) replicas: usize,
    pub(super) discard_ended: bool,
}

pub(super) async fn standby(config: &Config, output: Output, copy: &Copy<'_>) -> anyhow::Result<()> {
    let Copy { of, domain, replicas, discard_ended } = *copy;
    anyhow::ensure!(
        of != config.cluster.site,
        "`cluster.site` is {of:?} here, too: a second site needs another name than the one that it copies"
    );
    let cluster = connect(config).await?;
    // One that is broken off can be given again: a copy that was begun is gone on with.
    if !discard_ended && let Some(log) = cluster.describe().await?.filter(|log| log.standby.is_none()) {
        anyhow::bail!(
            "this site has a stream for the log of {} already; see `alphorn cluster status`",
            log.server_name
        );
    }
    let log = cluster.copy(of, domain, replicas, discard_ended).await?;
    let answer = json!({ "server_name": log.server_name, "site": config.cluster.site, "copies": of, "domain": domain });
    output.give(&answer, |_| {
        format!(
            "the site {:?} copies the log of {} now; start its nodes with `alphorn serve`: they can be read from, and \
             `alphorn cluster status` says how far they are\n",
            config.cluster.site, log.server_name
        )
    })
}

pub(super) async fn promote(config: &Config, output: Output, other_is_gone: bool) -> anyhow::Result<()> {
    let promotion = connect(config).await?.promote(other_is_gone, SystemClock.now_ms()).await?;
    let answer = json!({
        "epoch": promotion.epoch, "last": promotion.last, "planned": promotion.planned,
        "known_missing": promotion.known_missing, "other_site_silent_s": promotion.silent.map(|silent| silent.as_secs()),
    });
    output.give(&answer, |_| told(&promotion))
}

fn told(promotion: &Promotion) -> String {
    let mut text = format!(
        "this site has the log now: epoch {} begins after record {}\n",
        promotion.epoch, promotion.last
    );
    if promotion.planned {
        text.push_str("the other site's log was ended, and everything it had is here: nothing is lost\n");
        return text;
    }
    let since = promotion.silent.map_or_else(String::new, |silent| format!(", {} s ago", silent.as_secs()));
    text.push_str(&format!(
        "when the other site was heard last{since}, it had {} records that are not here; what it took after that is not \
         known yet\nwhen it can be reached again, its log is ended, and `alphorn cluster lost` lists exactly what did not \
         get here\n",
        promotion.known_missing
    ));
    text
}

pub(super) async fn lost(config: &Config, output: Output, to: Option<&Path>) -> anyhow::Result<()> {
    let cluster = connect(config).await?;
    let mut file = match to {
        Some(path) => {
            let file = File::create_new(path).with_context(|| format!("cannot make {}", path.display()))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let (mut described, mut count, mut aggregates) = (Vec::new(), 0_u64, BTreeSet::new());
    let mut failed = None;
    let lost = cluster
        .lost(|record| {
            if let Some(file) = &mut file
                && let Err(error) = file.write_all(&record.body).and_then(|()| file.write_all(b"\n"))
            {
                failed.get_or_insert(error);
            }
            // Heartbeats say nothing.
            if record.record.facts.is_empty() {
                return;
            }
            count += 1;
            aggregates.insert(record.record.aggregate.key());
            if described.len() < DESCRIBED_MAX {
                described.push(describe(&record));
            }
        })
        .await?;
    if let Some(error) = failed {
        return Err(error).context("cannot write the records");
    }
    if let Some(mut file) = file {
        file.flush().context("cannot write the records")?;
    }
    let answer = json!({
        "kept": lost.kept, "last": lost.last, "records": count, "concerns": aggregates.len(), "described": described,
    });
    output.give(&answer, |_| {
        let mut text = format!(
            "the former log has records up to {}, and up to {} they got here: {count} with content did not\n",
            lost.last, lost.kept
        );
        for one in &described {
            text.push_str(&format!("  {one}\n"));
        }
        text
    })
}

/// What a record says, without its content: who, where, which events.
fn describe(record: &LostRecord) -> Value {
    let (kind, id) = match &record.record.aggregate {
        Aggregate::Room(id) => ("room", id.as_str()),
        Aggregate::User(id) => ("user", id.as_str()),
        Aggregate::Alias(id) => ("alias", id.as_str()),
        Aggregate::Media(id) => ("media", id.as_str()),
        Aggregate::Server => ("server", ""),
        Aggregate::Node(_) => ("node", ""),
    };
    let events: Vec<_> = record.record.facts.iter().filter_map(event).collect();
    json!({ "seq": record.seq, "time": record.record.time, kind: id, "facts": record.record.facts.len(), "events": events })
}

fn event(fact: &Fact) -> Option<Value> {
    match fact {
        Fact::Room(RoomFact::Event(event)) => {
            let pdu: Value = serde_json::from_str(event.pdu.get()).ok()?;
            Some(json!({ "id": event.event_id, "type": pdu.get("type"), "sender": pdu.get("sender") }))
        }
        _ => None,
    }
}
