//! Who the nodes of the cluster are: each tells the others every two seconds, beside the log, so that it is known
//! also while nothing can be written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use alphorn_admin::Node;
use alphorn_engine::Engine;
use alphorn_log::jetstream::{Link, State};
use alphorn_model::{Seq, TimestampMs, secret};
use futures_util::StreamExt as _;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

/// How often a node tells of itself.
const EVERY: Duration = Duration::from_secs(2);
/// A node that was not heard of for this long is not recommended to clients.
const SILENT: Duration = Duration::from_secs(5);
/// One that was not heard of for this long is left out.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3600);
/// Nodes remembered at most.
const NODES_MAX: usize = 256;
/// Clocks further apart are told of: permissions and tokens go by them.
const CLOCKS_APART_MS: u64 = 5_000;

/// What a node tells of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sign {
    node: u32,
    /// Another one at each start: two nodes with one number are found out.
    run: String,
    url: Option<String>,
    applied: Seq,
    ready: bool,
    now_ms: TimestampMs,
    version: String,
    /// Its site; the first one has no name.
    #[serde(default)]
    site: String,
    /// The epoch of the log that it follows.
    #[serde(default = "first_epoch")]
    epoch: u32,
    /// Where its site copies another one's log: how many records it is known to lack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lag: Option<u64>,
    /// The same: how many seconds ago that site was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heard_s: Option<u64>,
}

const fn first_epoch() -> u32 {
    1
}

struct Heard {
    sign: Sign,
    at: Instant,
}

/// The nodes as this one knows them.
#[derive(Clone)]
pub(crate) struct Members {
    link: Link,
    engine: Engine,
    run: Arc<str>,
    url: Option<Arc<str>>,
    heard: Arc<Mutex<BTreeMap<u32, Heard>>>,
    urls: Arc<watch::Sender<Vec<String>>>,
    addresses: Arc<watch::Sender<Vec<String>>>,
    leaving: watch::Receiver<bool>,
}

impl Members {
    /// Knows this node only, until the others are heard.
    pub(crate) fn new(link: Link, engine: Engine, url: Option<&str>, leaving: watch::Receiver<bool>) -> Self {
        let run = secret::alphanumeric(engine.entropy(), 12).into();
        Self {
            link,
            engine,
            run,
            url: url.map(|url| url.trim_end_matches('/').into()),
            heard: Arc::default(),
            urls: Arc::new(watch::channel(Vec::new()).0),
            addresses: Arc::new(watch::channel(Vec::new()).0),
            leaving,
        }
    }

    /// The addresses at which clients are served now, this node's first.
    pub(crate) fn urls(&self) -> watch::Receiver<Vec<String>> {
        self.urls.subscribe()
    }

    /// This node's tie to the cluster.
    pub(crate) fn link(&self) -> Link {
        self.link.clone()
    }

    /// How this node stands to its cluster's log.
    pub(crate) fn state(&self) -> watch::Receiver<State> {
        self.link.state()
    }

    /// The addresses of all nodes that were heard of, also of those that are silent now: a page that is open when one
    /// fails may need one that was away when the page was loaded.
    pub(crate) fn addresses(&self) -> watch::Receiver<Vec<String>> {
        self.addresses.subscribe()
    }

    /// Tells and hears until the server stops.
    pub(crate) async fn run(self) {
        let subject = self.link.names().shared_subject("nodes");
        let Ok(mut signs) = self.link.client().subscribe(subject.clone()).await else { return };
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut state = self.link.state();
        let mut leaving = self.leaving.clone();
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                // What changes is told at once: others send their clients here or elsewhere.
                Ok(()) = state.changed() => {}
                Ok(()) = leaving.changed() => {}
                sign = signs.next() => {
                    let Some(sign) = sign else { return };
                    let begins = self.hear(&sign.payload);
                    self.look();
                    if !begins {
                        continue;
                    }
                }
            }
            self.tell(&subject).await;
            self.look();
        }
    }

    fn sign(&self) -> Sign {
        let standby = self.link.standby();
        Sign {
            site: self.link.site().to_owned(),
            epoch: self.engine.epoch(),
            lag: standby.as_ref().map(|standby| standby.lag),
            heard_s: standby.and_then(|standby| standby.heard).map(|heard| heard.as_secs()),
            node: self.link.node(),
            run: self.run.to_string(),
            url: self.url.as_deref().map(str::to_owned),
            applied: self.link.applied(),
            ready: *self.link.state().borrow() == State::Live && !*self.leaving.borrow(),
            now_ms: self.engine.now_ms(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    async fn tell(&self, subject: &str) {
        if let Ok(sign) = serde_json::to_vec(&self.sign())
            && let Err(error) = self.link.client().publish(subject.to_owned(), sign.into()).await
        {
            tracing::debug!(%error, "other nodes cannot be told of this one");
        }
    }

    /// Takes in what a node tells. Whether that node has just begun: it knows nobody yet, and is told at once, as the
    /// pages that it hands out until then could go to no other node.
    fn hear(&self, sign: &[u8]) -> bool {
        let Ok(sign) = serde_json::from_slice::<Sign>(sign) else { return false };
        if sign.node == self.link.node() {
            if *sign.run != *self.run {
                let words = "another node has the same number: give each node its own `cluster.node`";
                self.link.fence(&format!(
                    "{words} (it is {})",
                    sign.url.as_deref().unwrap_or("without an address")
                ));
            }
            return false;
        }
        if sign.site != self.link.site() && sign.lag.is_none() && sign.epoch > self.engine.epoch() {
            self.superseded(&sign);
        }
        let apart = self.engine.now_ms().abs_diff(sign.now_ms);
        let mut heard = self.heard.lock();
        let known = heard.get(&sign.node);
        if apart > CLOCKS_APART_MS
            && known.is_none_or(|known| known.sign.now_ms.abs_diff(sign.now_ms) > 60_000)
        {
            tracing::warn!(
                node = sign.node,
                apart_ms = apart,
                "this node's clock and that of another are apart"
            );
        }
        if known.is_none() && heard.len() >= NODES_MAX {
            return false;
        }
        let begins = known.is_none_or(|known| known.sign.run != sign.run);
        heard.insert(sign.node, Heard { sign, at: Instant::now() });
        begins
    }

    /// Another site's log goes on where this one's ended.
    fn superseded(&self, sign: &Sign) {
        let site = if sign.site.is_empty() { "the first site" } else { sign.site.as_str() };
        if self.link.standby().is_some() {
            tracing::warn!(site, "was promoted; this site copies a log that may have ended");
            return;
        }
        self.link.fence(&format!(
            "{site} was promoted: what is written here would be lost. `alphorn cluster lost` at that site lists what did \
             not get there, and this one can become its copy (docs/cluster.md)"
        ));
    }

    /// Finds out where clients are served.
    fn look(&self) {
        let mut heard = self.heard.lock();
        heard.retain(|_, heard| heard.at.elapsed() < FORGOTTEN);
        let own = self.sign();
        let others = heard.values().filter(|heard| heard.at.elapsed() < SILENT).map(|heard| &heard.sign);
        let urls: Vec<_> = std::iter::once(&own)
            .chain(others)
            .filter(|sign| sign.ready)
            .filter_map(|sign| sign.url.clone())
            .collect();
        let addresses = std::iter::once(&own)
            .chain(heard.values().map(|heard| &heard.sign))
            .filter_map(|sign| sign.url.clone());
        tell_if_new(&self.addresses, addresses.collect());
        tell_if_new(&self.urls, urls);
    }

    /// What the slowest clock of the other nodes says that are heard now.
    pub(crate) fn slowest_clock(&self) -> Option<TimestampMs> {
        let heard = self.heard.lock();
        let awake = heard.values().map(|heard| (heard.sign.now_ms, heard.at.elapsed()));
        slowest(awake.filter(|(_, age)| *age < SILENT))
    }

    /// How far this node is, and those that are heard now.
    pub(crate) fn positions(&self) -> Vec<(u32, Seq)> {
        let heard = self.heard.lock();
        let others = heard.values().filter(|heard| heard.at.elapsed() < SILENT);
        let others = others.map(|heard| (heard.sign.node, heard.sign.applied));
        std::iter::once((self.link.node(), self.link.applied())).chain(others).collect()
    }

    /// Figures in the text format of Prometheus: this node, and the others as it sees them.
    pub(crate) fn figures(&self) -> String {
        let own = self.sign();
        let mut page = String::from("# TYPE alphorn_cluster_node_ready gauge\n");
        let heard = self.heard.lock();
        let others = heard.values().map(|heard| (&heard.sign, heard.at.elapsed() < SILENT));
        let nodes: Vec<_> = std::iter::once((&own, true)).chain(others).collect();
        // Writing to a string cannot fail.
        for (sign, awake) in &nodes {
            let ready = u8::from(sign.ready && *awake);
            let _ = writeln!(page, "alphorn_cluster_node_ready{{node=\"{}\"}} {ready}", sign.node);
        }
        page.push_str("# TYPE alphorn_cluster_site_lag gauge\n");
        for (sign, _) in &nodes {
            if let Some(lag) = sign.lag {
                let _ = writeln!(
                    page,
                    "alphorn_cluster_site_lag{{node=\"{}\",site=\"{}\"}} {lag}",
                    sign.node, sign.site
                );
            }
        }
        page.push_str("# TYPE alphorn_cluster_node_applied gauge\n");
        for (sign, _) in &nodes {
            let _ = writeln!(page, "alphorn_cluster_node_applied{{node=\"{}\"}} {}", sign.node, sign.applied);
        }
        page
    }

    /// All nodes, for administrators.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        let node = |sign: &Sign, ready: bool, here: bool, heard_ms_ago: u64| Node {
            node: sign.node,
            url: sign.url.clone(),
            ready,
            here,
            applied: sign.applied,
            behind: 0,
            version: sign.version.clone(),
            heard_ms_ago,
        };
        let own = self.sign();
        let mut nodes = vec![node(&own, own.ready, true, 0)];
        for heard in self.heard.lock().values() {
            let age = heard.at.elapsed();
            let age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
            nodes.push(node(&heard.sign, heard.sign.ready && age < SILENT, false, age_ms));
        }
        nodes
    }

    /// All nodes, for clients and for whoever looks after the cluster.
    pub(crate) fn list(&self) -> Value {
        let own = self.sign();
        let mut nodes = vec![shown(&own, own.ready, true, 0)];
        for heard in self.heard.lock().values() {
            let age = heard.at.elapsed();
            let age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
            nodes.push(shown(&heard.sign, heard.sign.ready && age < SILENT, false, age_ms));
        }
        nodes.sort_by_key(|node| node.get("node").and_then(Value::as_u64));
        json!({ "nodes": nodes })
    }
}

/// The smallest of times that were told so long ago.
fn slowest(told: impl Iterator<Item = (TimestampMs, Duration)>) -> Option<TimestampMs> {
    told.map(|(time, age)| time.saturating_add(u64::try_from(age.as_millis()).unwrap_or(0))).min()
}

fn tell_if_new(to: &watch::Sender<Vec<String>>, now: Vec<String>) {
    to.send_if_modified(|known| {
        let news = *known != now;
        if news {
            *known = now;
        }
        news
    });
}

fn shown(sign: &Sign, ready: bool, here: bool, age_ms: u64) -> Value {
    json!({
        "node": sign.node, "url": sign.url, "ready": ready, "here": here, "applied": sign.applied,
        "version": sign.version, "heard_ms_ago": age_ms, "site": sign.site, "epoch": sign.epoch,
        "standby": sign.lag.map(|lag| json!({ "lag": lag, "heard_s_ago": sign.heard_s })),
    })
}
