//! The engine on this machine's database: opened from the data folder, closed with nothing left behind.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use alphorn_engine::{Engine, Parts, PasswordCost, Wake};
use alphorn_log::jetstream::{Link, Settings};
use alphorn_log::{Embedded, JetStream, Log};
use alphorn_media::{MediaConfig, MediaRepository, storage::Storage};
use alphorn_model::{Clock, OwnedServerName, SystemEntropy};
use alphorn_store::Store;
use anyhow::Context as _;

use crate::cluster::{self, SharedMedia};
use crate::config::{Config, Limits};
use crate::data_folder::DataFolder;
use crate::identity::SigningKey;
use crate::metrics::{Metrics, TimedLog};

/// The database's name in the data folder.
pub(crate) const DATABASE: &str = "alphorn.db";
/// The folder of the media in the data folder.
pub(crate) const MEDIA: &str = "media";
/// The writer has answered everybody before; what is left is to close the file.
const CLOSE_TIME: Duration = Duration::from_secs(5);

/// An opened engine, and the thread that writes for it.
pub(crate) struct Backend {
    /// The engine.
    pub(crate) engine: Engine,
    /// What else needs of the cluster, where this is a node of one.
    pub(crate) cluster: Option<Link>,
    /// Ends when this node must begin anew with another store, and says whether it can.
    pub(crate) distrust: Option<tokio::task::JoinHandle<bool>>,
    writer: JoinHandle<()>,
}

impl Backend {
    /// Opens the database, making it at the first start.
    pub(crate) async fn open(
        folder: &DataFolder,
        config: &Config,
        name: &OwnedServerName,
        key: &SigningKey,
        clock: Arc<dyn Clock>,
        metrics: Arc<Metrics>,
    ) -> anyhow::Result<Self> {
        let path = folder.path(DATABASE);
        let signer = alphorn_domain::Signer::from_seed(name.clone(), &key.version, &key.seed)
            .context("the signing key cannot be used")?;
        let wake = Arc::new(Wake::default());
        let observer: Arc<Wake> = Arc::clone(&wake);
        // In a cluster the log is elsewhere, and what the store lost with the power comes again.
        let alone = !cluster::is_node(config);
        cluster::check_store(&path, config)?;
        if !alone {
            cluster::prepare_store(folder, config, name.as_str(), &*clock).await?;
        }
        let (store, writer) = Store::open(&path, alone, observer)
            .with_context(|| format!("cannot open the database {}", path.display()))?;
        if !alone {
            writer.set_meta("cluster", &config.cluster.name).context("cannot write to the database")?;
        }
        let applied = store.read(|reader| reader.applied()).context("cannot read the database")?;
        wake.set_applied(applied);
        wake.epochs().set(store.read(|reader| reader.epochs()).context("cannot read the database")?);
        metrics.log_opened_at(applied);
        let passwords = &config.passwords;
        let mut distrust = None;
        let (log, writer, cluster): (Arc<dyn Log>, _, _) = if alone {
            let (log, writer) = Embedded::start(writer).context("cannot start the log")?;
            (Arc::new(TimedLog::new(log, metrics)), writer, None)
        } else {
            let epoch = wake.epochs().current();
            let settings = Settings { epoch, ..cluster::settings(&config.cluster, name.as_str()) };
            let (log, writer) = JetStream::start(settings, Arc::clone(&clock), writer).await?;
            let link = log.link();
            distrust = Some(tokio::spawn(cluster::watch_store(link.clone(), folder.root().to_owned())));
            let up = cluster::bring_up(applied, link.state()).await;
            if up.is_err() && link.distrusts_store() {
                // Its next start is to know why.
                let _said =
                    tokio::time::timeout(CLOSE_TIME, distrust.as_mut().context("nobody watches")?).await;
            }
            up?;
            if let Some(secret) = &config.cluster.secret {
                tokio::spawn(cluster::lend_copies(link.clone(), secret.reveal().to_owned().into(), path));
            }
            (Arc::new(TimedLog::new(log, metrics)), writer, Some(link))
        };
        let engine = Engine::new(Parts {
            store,
            log,
            signer: Arc::new(signer),
            clock,
            entropy: Arc::new(SystemEntropy),
            wake,
            node: cluster::number(config),
            password_cost: PasswordCost {
                memory_kib: passwords.memory_kib,
                iterations: passwords.iterations,
                parallelism: passwords.parallelism,
            },
        });
        Ok(Self { engine, cluster, distrust, writer })
    }

    /// Parts with the engine, so that the writer ends when nobody else holds it.
    pub(crate) fn into_writer(self) -> Closing {
        Closing(self.writer)
    }
}

/// Opens the media in the data folder, with the bounds of the configuration.
pub(crate) fn open_media(
    folder: &DataFolder,
    limits: &Limits,
    link: Option<&Link>,
) -> anyhow::Result<Arc<MediaRepository>> {
    let path = folder.path(MEDIA);
    let storage = match link {
        None => Storage::open_local(&path),
        Some(link) => Storage::replicated(
            &path,
            Arc::new(SharedMedia::new(link.client().clone(), link.names().clone())),
        ),
    };
    let storage = storage.with_context(|| format!("cannot open the media folder {}", path.display()))?;
    let thumbnails = &limits.thumbnails;
    let config = MediaConfig {
        upload_size_bytes_max: limits.max_upload_bytes,
        thumbnail_source_pixels_max: thumbnails.max_source_pixels,
        thumbnail_workers: usize::try_from(thumbnails.max_parallel).unwrap_or(usize::MAX),
        thumbnail_time_ms_max: thumbnails.timeout_ms,
        ..MediaConfig::default()
    };
    Ok(Arc::new(MediaRepository::new(storage, config)))
}

/// The writer of an engine that is being given up.
pub(crate) struct Closing(JoinHandle<()>);

impl Closing {
    /// Waits until the database is closed. To be called when nothing uses the engine any more.
    pub(crate) fn wait(self) {
        let start = Instant::now();
        while !self.0.is_finished() {
            if start.elapsed() > CLOSE_TIME {
                // Nothing that was acknowledged is lost: the database is durable at every moment.
                tracing::warn!("the database is still in use at the end");
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
