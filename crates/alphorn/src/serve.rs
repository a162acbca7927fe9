//! `alphorn serve`, from top to bottom: prepare, open, listen, wait, stop.

use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::sync::Arc;
use std::time::Duration;

use alphorn_engine::Engine;
use alphorn_log::jetstream::Link;
use alphorn_model::{Clock, OwnedServerName, SystemClock, SystemEntropy};
use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::application;
use crate::backend::{self, Backend, Closing};
use crate::certificates::Certificates;
use crate::cluster::Members;
use crate::config::{Config, Environment, Loaded};
use crate::data_folder::DataFolder;
use crate::followers;
use crate::identity::{self, SigningKey};
use crate::listen::{self, Edge};
use crate::metrics::Metrics;
use crate::peer::{BadNetwork, Network, parse_network};
use crate::probes::{self, Probes};
use crate::systemd::Systemd;
use crate::{cluster, local, logging, machine};

/// Threads for reads from the store, password hashes and files. More would only wait for the store's few
/// connections, and each costs memory.
const BLOCKING_THREADS: usize = 24;

/// How often certificates are looked at.
const CERTIFICATE_CHECK: Duration = Duration::from_secs(60);

/// What the data folder says about this server.
struct Prepared {
    folder: DataFolder,
    name: OwnedServerName,
    key: SigningKey,
    certificates: Arc<Certificates>,
}

/// Runs the server until a signal stops it.
pub(crate) fn run(loaded: &Loaded, environment: &Environment) -> anyhow::Result<()> {
    logging::start(&loaded.config.log)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    machine::raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("alphorn")
        .max_blocking_threads(BLOCKING_THREADS)
        .build()?;
    let outcome = runtime.block_on(serve(&loaded.config, environment));
    // Blocking work that is still under way has nobody left to answer to.
    runtime.shutdown_timeout(Duration::from_secs(1));
    let (closing, ending) = outcome?;
    closing.wait();
    match ending {
        Ending::Stop => Ok(()),
        Ending::Anew => start_anew(environment),
    }
}

/// Why the server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It was told to.
    Stop,
    /// It must make itself another store.
    Anew,
}

/// Puts this program in its own place. A service manager has clocks that must begin anew, too: it does that itself.
fn start_anew(environment: &Environment) -> anyhow::Result<()> {
    const WHY: &str =
        "this node's store must not be used any more; it makes another one when it is started again";
    anyhow::ensure!(environment.get("NOTIFY_SOCKET").is_none(), WHY);
    let mut arguments = std::env::args_os();
    let program = arguments.next().context(WHY)?;
    Err(std::process::Command::new(program).args(arguments).exec()).context(WHY)
}

async fn serve(config: &Config, environment: &Environment) -> anyhow::Result<(Closing, Ending)> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let metrics = Arc::new(Metrics::new());
    let prepared = prepare(config, Arc::clone(&clock)).await?;
    let Prepared { folder, name, key, .. } = &prepared;
    let mut backend =
        Backend::open(folder, config, name, key, Arc::clone(&clock), Arc::clone(&metrics)).await?;
    let (stop, stopping) = watch::channel(false);
    let (leave, leaving) = watch::channel(false);
    let members = members(config, &backend, leaving.clone());
    let probes = prepare_probes(config, &prepared, &metrics, &backend, members.clone(), leaving)?;
    let media = backend::open_media(folder, &config.limits, backend.cluster.as_ref())?;
    let link = backend.cluster.as_ref();
    followers::start(config, folder, &backend.engine, link, members.as_ref(), &media)?;
    let (engine, books) = (backend.engine.clone(), Arc::clone(&metrics));
    let api = application::router(config, engine, media, clock, stopping.clone(), members.as_ref(), books);
    let router = probes::counted(api.merge(probes::routes(probes)), Arc::clone(&metrics));
    let trusted = networks(&config.trusted_proxies)?;
    let edge = Edge::new(router, trusted, config.limits.clone(), metrics, stopping.clone());
    // Before anybody can ask for anything: a server that answers also takes commands.
    let office = local::bind(folder).context("cannot open the socket for local commands")?;
    tokio::spawn(local::serve(office, backend.engine.clone(), config.passwords.clone(), stopping));
    let addresses = open_listeners(config, &prepared, &edge).await?;
    // Before anybody is told that the server is ready: whoever hears it may stop it at once.
    let mut signals = Signals::listen()?;
    announce(config, &prepared, &addresses, &backend.engine).await?;
    let systemd = Systemd::connect(environment);
    systemd.notify("READY=1");
    let ending = tokio::select! {
        () = wait(&mut signals, &prepared, &systemd) => Ending::Stop,
        () = distrusted(backend.distrust.take()) => Ending::Anew,
    };
    systemd.notify("STOPPING=1");
    tracing::info!("stopping");
    // A node that stands aside has nobody any more who would have to be sent elsewhere.
    if members.is_some() && ending == Ending::Stop {
        // Others hear of it and take the clients; requests that are under way still come here.
        leave.send_replace(true);
        tokio::time::sleep(Duration::from_secs(config.cluster.leave_seconds)).await;
    }
    stop.send_replace(true);
    let within = Duration::from_secs(config.limits.drain_seconds);
    if !edge.drain(within).await {
        tracing::warn!(?within, "some requests were cut off");
    }
    local::unbind(folder);
    tracing::info!("stopped");
    Ok((backend.into_writer(), ending))
}

/// This node among the others, where it is one of several.
fn members(config: &Config, backend: &Backend, leaving: watch::Receiver<bool>) -> Option<Members> {
    let url = config.cluster.node_url.as_deref();
    let members = Members::new(backend.cluster.clone()?, backend.engine.clone(), url, leaving);
    tokio::spawn(members.clone().run());
    let link = backend.cluster.clone()?;
    tokio::spawn(cluster::tell_positions(link.clone(), members.clone()));
    if config.cluster.trim_after_days > 0 {
        let keep = Duration::from_secs(u64::from(config.cluster.trim_after_days) * 24 * 3600);
        tokio::spawn(cluster::trim_log(link, backend.engine.clock(), keep));
    }
    Some(members)
}

fn networks(list: &[String]) -> Result<Vec<Network>, BadNetwork> {
    list.iter().map(|text| parse_network(text)).collect()
}

fn prepare_probes(
    config: &Config,
    prepared: &Prepared,
    metrics: &Arc<Metrics>,
    backend: &Backend,
    members: Option<Members>,
    stopping: watch::Receiver<bool>,
) -> Result<Probes, BadNetwork> {
    let metrics_networks = match config.metrics.enabled {
        true => Some(networks(&config.metrics.allowed_networks)?.into()),
        false => None,
    };
    let authority_pem = prepared.certificates.authority_pem().map(Arc::from);
    Ok(Probes {
        metrics: Arc::clone(metrics),
        metrics_networks,
        authority_pem,
        clock: backend.engine.clock(),
        state: backend.cluster.as_ref().map(Link::state),
        members,
        stopping,
    })
}

async fn prepare(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Prepared> {
    let folder = DataFolder::open_or_create(&config.data_dir)?;
    if cluster::is_node(config) {
        cluster::join(&folder, config).await?;
    }
    let host_name = machine::host_name();
    let name = identity::server_name(&folder, config.server_name.as_deref(), &host_name)?;
    let key = identity::signing_key(&folder, &SystemEntropy)?;
    let certificates = Certificates::prepare(config, &folder, &name, &host_name, clock)?;
    Ok(Prepared { folder, name, key, certificates: Arc::new(certificates) })
}

/// Binds all addresses before the first connection is taken, so that a failed start serves nobody.
async fn open_listeners(
    config: &Config,
    prepared: &Prepared,
    edge: &Arc<Edge>,
) -> anyhow::Result<Vec<(SocketAddr, bool)>> {
    let tls = TlsAcceptor::from(Arc::new(prepared.certificates.tls_config()?));
    let mut bound = Vec::new();
    for listener in &config.listeners {
        let address: SocketAddr = listener.address.parse()?;
        let socket = listen::bind(address).await.with_context(|| {
            format!("cannot listen on {address}; is another program using it? see `listeners` in the configuration")
        })?;
        bound.push((socket, listener.tls));
    }
    let mut addresses = Vec::new();
    for (socket, encrypted) in bound {
        addresses.push((socket.local_addr()?, encrypted));
        tokio::spawn(Arc::clone(edge).accept(socket, encrypted.then(|| tls.clone())));
    }
    Ok(addresses)
}

/// Says on standard output where the server is, for the person who started it.
async fn announce(
    config: &Config,
    prepared: &Prepared,
    addresses: &[(SocketAddr, bool)],
    engine: &Engine,
) -> anyhow::Result<()> {
    let mut text = format!("Alphorn serves {} from {}\n", prepared.name, prepared.folder.root().display());
    for (address, encrypted) in addresses {
        let scheme = if *encrypted { "https" } else { "http" };
        text.push_str(&format!("  {scheme}://{}\n", shown(*address)));
    }
    if let Some(url) = &config.public_base_url {
        text.push_str(&format!("  {url} (public)\n"));
    }
    if prepared.certificates.authority_pem().is_some() && addresses.iter().any(|(_, encrypted)| *encrypted) {
        let path = prepared.folder.path("tls/ca.pem");
        text.push_str(&format!(
            "Devices must trust the certificate {} (also at /_alphorn/v1/ca.pem)\n",
            path.display()
        ));
    }
    if !engine.read(|reader| Ok(reader.has_admin()?)).await? {
        text.push_str(&format!(
            "There is no administrator yet. Make one in another terminal:\n  alphorn user add NAME --admin --data-dir {}\n",
            shell_word(&prepared.folder.root().to_string_lossy())
        ));
    }
    text.push_str("Ready; press Ctrl-C to stop\n");
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .context("cannot write to standard output")?;
    tracing::info!(server_name = %prepared.name, signing_key = %prepared.key.version, "ready");
    Ok(())
}

/// A word as a shell takes it.
fn shell_word(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:@%,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The address as one would type it: a socket on all addresses is reached through the local one, too.
fn shown(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("localhost:{} (all addresses of this machine)", address.port());
    }
    address.to_string()
}

/// What the operating system may ask of the process.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }
}

/// Waits until this node must begin anew with another store, and can.
async fn distrusted(watch: Option<JoinHandle<bool>>) {
    if let Some(watch) = watch
        && watch.await.is_ok_and(|can| can)
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// Waits for the signal to stop, and meanwhile tells systemd that all is well and renews certificates.
async fn wait(signals: &mut Signals, prepared: &Prepared, systemd: &Systemd) {
    let mut check = tokio::time::interval(CERTIFICATE_CHECK);
    let pause = systemd.watchdog_interval().unwrap_or(Duration::from_secs(3600));
    let mut watchdog = tokio::time::interval(pause);
    loop {
        tokio::select! {
            _ = signals.interrupt.recv() => return,
            _ = signals.terminate.recv() => return,
            _ = signals.hang_up.recv() => refresh(&prepared.certificates),
            _ = check.tick() => refresh(&prepared.certificates),
            _ = watchdog.tick() => if systemd.watchdog_interval().is_some() { systemd.notify("WATCHDOG=1") },
        }
    }
}

fn refresh(certificates: &Certificates) {
    let refreshed = certificates.refresh();
    if let Err(error) = &refreshed {
        tracing::error!(%error, "the certificate could not be renewed; the old one stays in use");
    }
    if matches!(refreshed, Ok(true)) {
        tracing::info!("another certificate is in use from now on");
    }
}
