//! The connection to the broker.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use async_nats::{Client, ConnectOptions, Event, ReconnectToServer, Server, ServerInfo};

use super::{Connection, Settings, Unfit, health::Health};

/// The oldest server that may keep a log: those before acknowledge two writes for one precondition
/// (nats-server#4320), lose records when killed, or lack atomic batches.
pub(super) const FLOOR: &str = "2.14.4";

/// A frozen server is noticed after two of these.
const PING: Duration = Duration::from_secs(2);

/// How long an address has for an answer before the next one is tried.
const CONNECT_TIME: Duration = Duration::from_secs(2);

/// The longest pause between two rounds of the addresses.
const PAUSE_MAX_MS: u64 = 1_000;

/// Connects, or goes on trying in the background.
pub(super) async fn connect(settings: &Settings, health: &Health) -> Result<Client, Unfit> {
    let options = options(&settings.connection).await?;
    let health = health.clone();
    let turns = Turns::default();
    let connected = Arc::clone(&turns.failures);
    options
        .name(format!("alphorn node {}", settings.node))
        .ping_interval(PING)
        .connection_timeout(CONNECT_TIME)
        .request_timeout(Some(CONNECT_TIME))
        .retry_on_initial_connect()
        .max_reconnects(None)
        // Of a node's own making: what it does not name must not be dialled.
        .ignore_discovered_servers()
        .subscription_capacity(1 << 16)
        .reconnect_to_server_callback(move |servers, _| std::future::ready(turns.next(&servers)))
        .event_callback(move |event| {
            match &event {
                Event::Connected => {
                    connected.store(0, Relaxed);
                    health.connected(true);
                }
                Event::Disconnected | Event::Closed => health.connected(false),
                _ => {}
            }
            tracing::info!(%event, "the connection to NATS");
            async {}
        })
        .connect(settings.connection.addresses.as_slice())
        .await
        .map_err(|error| Unfit::Settings(error.to_string()))
}

/// Which address is next: the one after the last one, so that a server that is frozen is not tried again at once.
/// The first connection goes to the first address.
#[derive(Default)]
struct Turns {
    next: AtomicUsize,
    /// Addresses tried since there was a connection.
    failures: Arc<AtomicUsize>,
}

impl Turns {
    fn next(&self, servers: &[Server]) -> Option<ReconnectToServer> {
        let turn = self.next.fetch_add(1, Relaxed);
        let server = servers.get(turn.checked_rem(servers.len())?)?;
        // Each of them at once, and then with pauses.
        let rounds = self.failures.fetch_add(1, Relaxed) / servers.len();
        let delay = match u32::try_from(rounds) {
            Ok(0) => Duration::ZERO,
            Ok(rounds) => Duration::from_millis((25_u64 << rounds.min(6)).min(PAUSE_MAX_MS)),
            Err(_) => Duration::from_millis(PAUSE_MAX_MS),
        };
        Some(ReconnectToServer { addr: server.addr.clone(), delay: Some(delay) })
    }
}

async fn options(connection: &Connection) -> Result<ConnectOptions, Unfit> {
    let mut options = ConnectOptions::new();
    if let Some(file) = &connection.credentials {
        options = options
            .credentials_file(file)
            .await
            .map_err(|error| Unfit::Settings(format!("{}: {error}", file.display())))?;
    }
    if let (Some(user), Some(password)) = (&connection.user, &connection.password) {
        options = options.user_and_password(user.clone(), password.clone());
    }
    if let Some(file) = &connection.authority {
        options = options.add_root_certificates(file.clone()).require_tls(true);
    }
    if let Some((certificate, key)) = &connection.certificate {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    Ok(options)
}

/// Checks a server's version.
pub(super) fn check(server: &ServerInfo) -> Result<(), Unfit> {
    match (numbers(&server.version), numbers(FLOOR)) {
        (Some(found), Some(floor)) if found >= floor => Ok(()),
        _ => Err(Unfit::Version { found: server.version.clone() }),
    }
}

/// The three numbers of a version; what follows them does not count.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split(['.', '-', '+']).map(str::parse);
    Some([parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let check =
            |version: &str| check(&ServerInfo { version: version.to_owned(), ..ServerInfo::default() });
        assert!(check("2.15.1").is_ok());
        assert!(check("2.14.4").is_ok());
        assert!(check("2.14.10-RC.1").is_ok());
        assert!(check("2.9.10").is_err());
        assert!(check("2.14.3").is_err());
        assert!(check("").is_err());
    }
}
