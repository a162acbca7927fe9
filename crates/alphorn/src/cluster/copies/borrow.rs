//! Getting a copy of another node's store, and seeing whether it is what it should be.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alphorn_log::jetstream::Names;
use alphorn_model::{Seq, SystemEntropy, secret};
use alphorn_store::maintenance;
use anyhow::Context as _;
use async_nats::Client;
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use tokio::time::Instant;

use super::{Answer, Ask, PIECE_BYTES, QUESTION, Seal, What, about, everybody, one};

/// How long nodes have to offer their store, or to tell a digest.
const OFFERS: Duration = Duration::from_millis(1_500);
/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How often a piece is asked for.
const ATTEMPTS: usize = 6;
/// How long a node may take to make its copy.
const MAKING: Duration = Duration::from_secs(30 * 60);
/// How often it is asked whether it is made.
const LOOK: Duration = Duration::from_millis(200);
/// Pieces on their way at once.
const WINDOW: usize = 8;
/// Nodes that are asked for a copy at most, one after the other.
const LENDERS_MAX: usize = 3;

/// A copy that was fetched and found good.
pub(crate) struct Borrowed {
    /// From which node.
    pub(crate) node: u32,
    /// The last record in it.
    pub(crate) applied: Seq,
    /// Its size.
    pub(crate) bytes: u64,
    /// How many other nodes said that its log is theirs.
    pub(crate) witnesses: usize,
}

/// Fetches a copy with at least the records up to `least` into the file `to`, from whichever node has the newest one;
/// nothing: no node has one to give.
pub(crate) async fn borrow(
    client: &Client,
    names: &Names,
    cluster_secret: &str,
    least: Seq,
    to: &Path,
) -> anyhow::Result<Option<Borrowed>> {
    let borrower = Borrower {
        client,
        names,
        seal: Seal::of(cluster_secret)?,
        run: secret::alphanumeric(&SystemEntropy, 20),
    };
    let mut offers = Vec::new();
    for answer in borrower.ask_all(What::Offer).await? {
        match answer {
            Answer::Offer { node, applied, format }
                if applied >= least && format <= alphorn_store::FORMAT_VERSION =>
            {
                offers.push((applied, node));
            }
            _ => {}
        }
    }
    offers.sort_unstable();
    for (_, node) in offers.into_iter().rev().take(LENDERS_MAX) {
        match borrower.fetch(node, to).await {
            Ok(borrowed) if borrowed.applied >= least => return Ok(Some(borrowed)),
            Ok(_) => tracing::warn!(node, "the copy of that node's store lacks too much"),
            Err(error) => {
                tracing::warn!(node, error = %format!("{error:#}"), "no copy of that node's store could be had");
            }
        }
    }
    Ok(None)
}

struct Borrower<'a> {
    client: &'a Client,
    names: &'a Names,
    seal: Seal,
    run: String,
}

impl Borrower<'_> {
    fn question(&self, what: What) -> anyhow::Result<(Ask, Vec<u8>)> {
        let ask = Ask { run: self.run.clone(), what };
        let sealed = self.seal.close(QUESTION, &serde_json::to_vec(&ask)?)?;
        Ok((ask, sealed))
    }

    /// Asks all nodes, and gives the answers that came in time.
    async fn ask_all(&self, what: What) -> anyhow::Result<Vec<Answer>> {
        let (ask, question) = self.question(what)?;
        let inbox = self.client.new_inbox();
        let mut answers = self.client.subscribe(inbox.clone()).await?;
        self.client.publish_with_reply(everybody(self.names), inbox, question.into()).await?;
        let until = Instant::now() + OFFERS;
        let mut heard = Vec::new();
        while let Ok(Some(message)) = tokio::time::timeout_at(until, answers.next()).await {
            // Nobody there at all.
            if message.status.is_some() {
                break;
            }
            let opened = self.seal.open(&about(&ask), &message.payload);
            if let Ok(answer) = opened.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?)) {
                heard.push(answer);
            }
        }
        Ok(heard)
    }

    /// Asks one node, more than once if need be.
    async fn ask(&self, node: u32, what: What) -> anyhow::Result<Vec<u8>> {
        let mut last = anyhow::anyhow!("no answer");
        for _ in 0..ATTEMPTS {
            let (ask, question) = self.question(what.clone())?;
            let asked = self.client.request(one(self.names, node), question.into());
            match tokio::time::timeout(ANSWER, asked).await {
                Ok(Ok(message)) => return self.seal.open(&about(&ask), &message.payload),
                Ok(Err(error)) => last = error.into(),
                Err(late) => last = late.into(),
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(last)
    }

    async fn made(&self, node: u32) -> anyhow::Result<(u64, Seq, [u8; 32])> {
        let until = Instant::now() + MAKING;
        while Instant::now() < until {
            match serde_json::from_slice(&self.ask(node, What::Make).await?)? {
                Answer::Made { bytes, applied, digest } => return Ok((bytes, applied, digest)),
                Answer::Wait => tokio::time::sleep(LOOK).await,
                Answer::No(why) => anyhow::bail!("it says: {why}"),
                Answer::Offer { .. } | Answer::Digest { .. } => anyhow::bail!("it answers something else"),
            }
        }
        anyhow::bail!("it takes too long to make one")
    }

    async fn fetch(&self, node: u32, to: &Path) -> anyhow::Result<Borrowed> {
        tracing::info!(node, "asking for a copy of that node's store");
        let (bytes, applied, digest) = self.made(node).await?;
        self.write(node, bytes, to).await?;
        let path = to.to_owned();
        tracing::info!(node, applied, "the copy is here; looking whether it is what it should be");
        tokio::task::spawn_blocking(move || sound(path, applied, digest)).await??;
        let witnesses = self.witnesses(node, applied, &digest).await?;
        Ok(Borrowed { node, applied, bytes, witnesses })
    }

    /// Fetches all pieces, several at once, and writes them in their order.
    async fn write(&self, node: u32, bytes: u64, to: &Path) -> anyhow::Result<()> {
        let mut file = File::create(to).with_context(|| format!("cannot make {}", to.display()))?;
        let mut pieces = iter((0..bytes).step_by(usize::try_from(PIECE_BYTES)?))
            .map(|offset| async move { (offset, self.ask(node, What::Piece(offset)).await) })
            .buffered(WINDOW);
        let mut told = Instant::now();
        while let Some((offset, piece)) = pieces.next().await {
            let piece = piece?;
            let expected = (bytes - offset).min(PIECE_BYTES);
            anyhow::ensure!(u64::try_from(piece.len())? == expected, "a piece of another size came");
            file.write_all(&piece)?;
            if told.elapsed() > Duration::from_secs(1) {
                told = Instant::now();
                let megabytes = |bytes: u64| bytes / 1_000_000;
                tracing::info!(
                    node,
                    megabytes = megabytes(offset),
                    of = megabytes(bytes),
                    "copying that node's store"
                );
            }
        }
        Ok(file.sync_all()?)
    }

    /// How many other nodes know the log that is in the copy; one that knows another log is reason enough to leave it.
    async fn witnesses(&self, lender: u32, seq: Seq, digest: &[u8; 32]) -> anyhow::Result<usize> {
        let mut witnesses = 0;
        for answer in self.ask_all(What::Digest(seq)).await? {
            match answer {
                Answer::Digest { node, .. } if node == lender => {}
                Answer::Digest { digest: other, .. } if other == *digest => witnesses += 1,
                Answer::Digest { node, .. } => anyhow::bail!("node {node} knows another log"),
                _ => {}
            }
        }
        Ok(witnesses)
    }
}

fn sound(path: PathBuf, applied: Seq, digest: [u8; 32]) -> anyhow::Result<()> {
    let problem = maintenance::problem_of_copy(&path, applied, &digest)?;
    match problem {
        None => Ok(()),
        Some(problem) => anyhow::bail!("the copy is not sound: {problem}"),
    }
}
