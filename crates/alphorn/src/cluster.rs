//! This node as one of several: its settings for the log, and the signing key that all nodes share.

mod aside;
mod bootstrap;
mod connections;
mod copies;
mod figures;
mod media;
mod members;
mod moments;
mod push;
mod trim;

use std::path::Path;
use std::time::{Duration, Instant};

use alphorn_log::jetstream::{Cluster, Connection, Settings, State};
use alphorn_model::{Entropy, Seq};
use alphorn_store::maintenance;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use tokio::sync::watch;
use zeroize::Zeroizing;

pub(crate) use aside::while_in;
pub(crate) use bootstrap::{prepare as prepare_store, watch as watch_store};
pub(crate) use connections::run as share_connections;
pub(crate) use copies::lend as lend_copies;
pub(crate) use figures::ThisMachine;
pub(crate) use media::SharedMedia;
pub(crate) use members::Members;
pub(crate) use moments::run as share_moments;
pub(crate) use push::{PUSH, SharedCursor};

pub(crate) use trim::{run as trim_log, tell_positions};

use crate::config::{self, Config};
use crate::data_folder::DataFolder;
use crate::identity;

/// What the sealing key is for; another use of the secret would have another word.
const PURPOSE: &[u8] = b"alphorn cluster signing key";
const NONCE_BYTES: usize = 24;
/// How sealed texts begin.
const SEAL: &str = "v1.";

/// Whether this server is a node of a cluster.
pub(crate) fn is_node(config: &Config) -> bool {
    !config.cluster.nats.is_empty()
}

/// This node's number; a server on its own is the first and only one.
pub(crate) fn number(config: &Config) -> u32 {
    if is_node(config) { config.cluster.node } else { 1 }
}

/// What the log must know.
pub(crate) fn settings(cluster: &config::Cluster, server_name: &str) -> Settings {
    Settings {
        connection: Connection {
            addresses: cluster.nats.clone(),
            user: cluster.user.clone(),
            password: cluster.password.as_ref().map(|password| password.reveal().to_owned()),
            credentials: cluster.credentials_file.clone(),
            authority: cluster.ca_file.clone(),
            certificate: cluster.cert_file.clone().zip(cluster.key_file.clone()),
        },
        cluster: cluster.name.clone(),
        site: cluster.site.clone(),
        server_name: server_name.to_owned(),
        node: cluster.node,
        epoch: 1,
    }
}

/// Refuses a database whose records are of another log than the configuration's: what is written there would be lost
/// to one of them.
pub(crate) fn check_store(database: &Path, config: &Config) -> anyhow::Result<()> {
    if !database.exists() {
        return Ok(());
    }
    let looked =
        maintenance::cluster_at(database).and_then(|of| Ok((of, maintenance::last_record_at(database)?)));
    // A database that is damaged or newer is refused with better words when it is opened.
    let Ok((of, records)) = looked else { return Ok(()) };
    match (of, is_node(config)) {
        (Some(name), false) => anyhow::bail!(
            "this data folder is of a node of the cluster {name:?}, and the configuration has no `cluster.nats`: to make \
             it a server on its own, run `alphorn cluster leave` with the cluster's configuration first"
        ),
        (Some(name), true) if name != config.cluster.name => anyhow::bail!(
            "this data folder is of a node of the cluster {name:?}, and `cluster.name` is {:?}",
            config.cluster.name
        ),
        (None, true) if records > 0 => anyhow::bail!(
            "this data folder is of a server on its own: `alphorn cluster init` makes a cluster of it; a node that joins \
             one begins with a new data folder"
        ),
        _ => Ok(()),
    }
}

fn cipher(secret: &str) -> anyhow::Result<XChaCha20Poly1305> {
    let mut key = Zeroizing::new([0_u8; 32]);
    let derived = Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(PURPOSE, key.as_mut());
    derived.map_err(|_| anyhow::anyhow!("no key can be derived from cluster.secret"))?;
    Ok(XChaCha20Poly1305::new(key.as_ref().into()))
}

/// Seals the signing key for the server of this name.
pub(crate) fn seal(secret: &str, name: &str, key: &str, entropy: &dyn Entropy) -> anyhow::Result<String> {
    let mut nonce = [0; NONCE_BYTES];
    entropy.fill(&mut nonce);
    let payload = Payload { msg: key.as_bytes(), aad: name.as_bytes() };
    let sealed = cipher(secret)?.encrypt(XNonce::from_slice(&nonce), payload);
    let sealed = sealed.map_err(|_| anyhow::anyhow!("the signing key cannot be sealed"))?;
    Ok(format!("{SEAL}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
}

/// Opens a sealed signing key.
pub(crate) fn unseal(secret: &str, name: &str, sealed: &str) -> anyhow::Result<Zeroizing<String>> {
    let damaged = || anyhow::anyhow!("the cluster's sealed signing key is damaged");
    let bytes = sealed.strip_prefix(SEAL).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let bytes = bytes.filter(|bytes| bytes.len() > NONCE_BYTES).ok_or_else(damaged)?;
    let (nonce, sealed) = bytes.split_at(NONCE_BYTES);
    let payload = Payload { msg: sealed, aad: name.as_bytes() };
    let key = cipher(secret)?.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| {
        anyhow::anyhow!(
            "cluster.secret is not the one with which this cluster was made: its signing key stays shut"
        )
    })?;
    String::from_utf8(key).map(Zeroizing::new).map_err(|_| damaged())
}

/// How long a new node waits for an answer of the cluster that it is to join.
const JOIN_PATIENCE: Duration = Duration::from_secs(30);

/// Gives a new data folder the cluster's name and signing key; one that has a key is left as it is.
pub(crate) async fn join(folder: &DataFolder, config: &Config) -> anyhow::Result<()> {
    if identity::has_key(folder)? {
        return Ok(());
    }
    let wanted = config.server_name.clone().unwrap_or_default();
    let cluster = Cluster::connect(settings(&config.cluster, &wanted)).await?;
    let begin = Instant::now();
    let log = loop {
        match cluster.describe().await {
            // Brokers that were just started have no leader yet.
            Err(why) if begin.elapsed() < JOIN_PATIENCE => {
                tracing::warn!(%why, "the cluster's log does not answer yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            log => break log?,
        }
    };
    let log = log.with_context(|| {
        format!(
            "the cluster {:?} has no log yet: make it with `alphorn cluster init` on the first node",
            config.cluster.name
        )
    })?;
    anyhow::ensure!(
        wanted.is_empty() || wanted == log.server_name,
        "the configuration asks for the server name `{wanted}`, and the cluster is `{}`",
        log.server_name
    );
    let sealed = log
        .sealed_key
        .context("the cluster's log holds no signing key: it was not made by `alphorn cluster init`")?;
    let secret = config.cluster.secret.as_ref().context("cluster.secret is missing")?;
    let key = unseal(secret.reveal(), &log.server_name, &sealed)?;
    identity::adopt(folder, &log.server_name, &key)?;
    tracing::info!(server_name = log.server_name, "joined the cluster");
    Ok(())
}

/// How long a node that has something waits for the log before it serves what it has.
const SIGHT: Duration = Duration::from_secs(1);

/// How long it then waits for what it missed.
const CATCH_UP: Duration = Duration::from_secs(10);

/// Waits until a node that has nothing yet has everything, and says how far it is. One that has something does not
/// wait long: where the log cannot be reached, it serves what it has.
pub(crate) async fn bring_up(applied: Seq, mut state: watch::Receiver<State>) -> anyhow::Result<()> {
    if applied > 0 {
        let seen = state.wait_for(|state| !matches!(state, State::Starting));
        if tokio::time::timeout(SIGHT, seen).await.is_err() {
            tracing::warn!("the cluster's log was not reached yet; serving what there is");
            return Ok(());
        }
        let read = state.wait_for(|state| !matches!(state, State::Starting | State::CatchingUp(_)));
        if tokio::time::timeout(CATCH_UP, read).await.is_err() {
            tracing::warn!("the cluster's log was not read to its end yet; serving what there is");
        }
        return Ok(());
    }
    let mut told = None;
    loop {
        let now = state.borrow_and_update().clone();
        match &now {
            State::Live | State::ReadOnly(_) => return Ok(()),
            State::Fenced(why) => anyhow::bail!("{why}"),
            // Told at most once a second.
            _ if told.is_some_and(|told: Instant| told.elapsed() < Duration::from_secs(1)) => {}
            State::CatchingUp(missing) => {
                told = Some(Instant::now());
                tracing::info!(missing, "reading the cluster's log");
            }
            State::Starting => {
                told = Some(Instant::now());
                tracing::info!("waiting for the cluster's log");
            }
        }
        state.changed().await.context("the log's follower ended")?;
    }
}

#[cfg(test)]
mod tests {
    use alphorn_model::SystemEntropy;

    use super::*;

    #[test]
    fn a_sealed_key_opens_with_its_secret_and_for_its_server_only() {
        let sealed =
            seal("a secret of some length", "bank.example", "ed25519 a_x AAAA", &SystemEntropy).unwrap();
        assert!(!sealed.contains("AAAA"));
        let open = |secret: &str, name: &str| unseal(secret, name, &sealed).map(|key| key.to_string());
        assert_eq!(open("a secret of some length", "bank.example").unwrap(), "ed25519 a_x AAAA");
        assert!(open("another secret of some", "bank.example").is_err());
        assert!(open("a secret of some length", "bunk.example").is_err());
        assert!(unseal("a secret of some length", "bank.example", "v1.AA").is_err());
    }
}
