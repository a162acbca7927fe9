//! Giving others a copy of this node's store: one at a time, made beside the store, and removed afterwards.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use alphorn_log::Refused;
use alphorn_log::jetstream::{Link, State};
use alphorn_store::maintenance;
use anyhow::Context as _;
use async_nats::Message;
use futures_util::StreamExt as _;
use futures_util::stream::select;
use parking_lot::Mutex;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{Answer, Ask, PIECE_BYTES, QUESTION, Seal, What, about, everybody, one};

/// A copy that nobody asked about for so long is removed.
const UNUSED: Duration = Duration::from_secs(60);
/// Answers that are made at the same time at most.
const BUSY_MAX: usize = 16;
/// Bytes that stay free on the disk beside a copy.
const SPARE_BYTES: u64 = 256 << 20;

enum Stage {
    Making,
    Made { file: Arc<File>, answer: Answer },
    Failed(String),
}

struct Copy {
    run: String,
    used: Instant,
    stage: Stage,
}

/// What answering needs.
struct Lender {
    link: Link,
    seal: Seal,
    database: PathBuf,
    /// The copy that is made or fetched now.
    copy: Mutex<Option<Copy>>,
}

/// Answers other nodes until the connection ends.
pub(crate) async fn lend(link: Link, secret: Zeroizing<String>, database: PathBuf) {
    let seal = match Seal::of(&secret) {
        Ok(seal) => seal,
        Err(error) => return tracing::warn!(%error, "no copies of this node's store can be given"),
    };
    let (client, names, node) = (link.client().clone(), link.names().clone(), link.node());
    let (Ok(all), Ok(own)) =
        (client.subscribe(everybody(&names)).await, client.subscribe(one(&names, node)).await)
    else {
        return;
    };
    let lender = Arc::new(Lender { link, seal, database, copy: Mutex::new(None) });
    maintenance::discard(&lender.place());
    let asked = select(all, own).for_each_concurrent(BUSY_MAX, |message| {
        let lender = Arc::clone(&lender);
        async move {
            let Some(reply) = message.reply.clone() else { return };
            match lender.answer(&message).await {
                Ok(Some(answer)) => {
                    if let Err(error) = lender.link.client().publish(reply, answer.into()).await {
                        tracing::debug!(%error, "another node's question cannot be answered");
                    }
                }
                Ok(None) => {}
                // Anybody may ask anything here.
                Err(error) => tracing::debug!(%error, "a question that this node does not answer"),
            }
        }
    });
    let mut tick = tokio::time::interval(UNUSED);
    tokio::pin!(asked);
    loop {
        tokio::select! {
            () = &mut asked => return,
            _ = tick.tick() => lender.tidy(),
        }
    }
}

impl Lender {
    fn place(&self) -> PathBuf {
        let mut place = self.database.as_os_str().to_owned();
        place.push(".lent");
        PathBuf::from(place)
    }

    async fn answer(self: &Arc<Self>, message: &Message) -> anyhow::Result<Option<Vec<u8>>> {
        let ask: Ask = serde_json::from_slice(&self.seal.open(QUESTION, &message.payload)?)?;
        if let What::Piece(offset) = ask.what {
            let bytes = self.piece(&ask.run, offset).await?;
            return Ok(Some(self.seal.close(&about(&ask), &bytes)?));
        }
        let answer = match ask.what {
            What::Offer if self.is_abreast() => Some(Answer::Offer {
                node: self.link.node(),
                applied: self.link.applied(),
                format: alphorn_store::FORMAT_VERSION,
            }),
            What::Digest(seq) => {
                let digest = self.link.digest_at(seq);
                digest.map(|digest| Answer::Digest { node: self.link.node(), digest })
            }
            What::Make => Some(self.make(&ask.run)),
            What::Offer | What::Piece(_) => None,
        };
        answer.map(|answer| self.seal.close(&about(&ask), &serde_json::to_vec(&answer)?)).transpose()
    }

    /// Whether this node has what there is; at a site that copies another one it cannot write.
    fn is_abreast(&self) -> bool {
        matches!(*self.link.state().borrow(), State::Live | State::ReadOnly(Refused::Standby))
    }

    /// Begins to make a copy, or says how far it is.
    fn make(self: &Arc<Self>, run: &str) -> Answer {
        let mut copy = self.copy.lock();
        match copy.as_mut().filter(|copy| copy.used.elapsed() < UNUSED || matches!(copy.stage, Stage::Making))
        {
            Some(copy) if copy.run == run => {
                copy.used = Instant::now();
                return match &copy.stage {
                    Stage::Making => Answer::Wait,
                    Stage::Made { answer, .. } => answer.clone(),
                    Stage::Failed(why) => Answer::No(why.clone()),
                };
            }
            Some(_) => return Answer::No("another node is being given a copy".to_owned()),
            None => {}
        }
        *copy = Some(Copy { run: run.to_owned(), used: Instant::now(), stage: Stage::Making });
        let lender = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let stage = match copied(&lender.database, &lender.place()) {
                Ok((file, answer)) => Stage::Made { file: Arc::new(file), answer },
                Err(error) => {
                    tracing::warn!(error = %format!("{error:#}"), "no copy of the store could be made for another node");
                    Stage::Failed(format!("{error:#}"))
                }
            };
            if let Some(copy) = lender.copy.lock().as_mut() {
                copy.used = Instant::now();
                copy.stage = stage;
            }
        });
        tracing::info!("another node is given a copy of this node's store");
        Answer::Wait
    }

    async fn piece(&self, run: &str, offset: u64) -> anyhow::Result<Vec<u8>> {
        let file = {
            let mut copy = self.copy.lock();
            let copy = copy.as_mut().filter(|copy| copy.run == run).context("no such copy")?;
            copy.used = Instant::now();
            let Stage::Made { file, .. } = &copy.stage else { anyhow::bail!("it is not made yet") };
            Arc::clone(file)
        };
        tokio::task::spawn_blocking(move || {
            let length = file.metadata()?.len().saturating_sub(offset).min(PIECE_BYTES);
            let mut bytes = vec![0; usize::try_from(length)?];
            file.read_exact_at(&mut bytes, offset)?;
            Ok(bytes)
        })
        .await?
    }

    /// Removes a copy that nobody fetches any more.
    fn tidy(&self) {
        let mut copy = self.copy.lock();
        let unused = |copy: &Copy| copy.used.elapsed() > UNUSED && !matches!(copy.stage, Stage::Making);
        if copy.as_ref().is_some_and(unused) {
            *copy = None;
        }
    }
}

/// Makes a copy of the store as of one moment. Its name is gone before it is used: whatever happens, its bytes go with
/// the process.
fn copied(database: &Path, place: &Path) -> anyhow::Result<(File, Answer)> {
    let wanted = std::fs::metadata(database)?.len().saturating_add(SPARE_BYTES);
    let disk = rustix::fs::statvfs(database)?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    anyhow::ensure!(free > wanted, "its disk has {free} bytes left, and {wanted} are needed");
    maintenance::discard(place);
    maintenance::backup(database, place)?;
    let (applied, digest) = maintenance::digest_of_copy(place)?;
    let file = File::open(place)?;
    let bytes = file.metadata()?.len();
    maintenance::discard(place);
    Ok((file, Answer::Made { bytes, applied, digest }))
}
