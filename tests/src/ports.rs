//! Free ports that nobody else is handed while the servers are down.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

use rand::Rng as _;

/// Below the ports that the system gives to outgoing connections. A client that tries again and again to reach a
/// killed server would otherwise get the server's own port one day, and be connected to itself.
const RANGE: Range<u16> = 12_000..32_000;

/// So many different free ports on loopback. None is given twice by one process.
pub(crate) fn free<const COUNT: usize>() -> std::io::Result<[SocketAddr; COUNT]> {
    // Processes begin at different places, so that they seldom meet.
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| AtomicU16::new(rand::rng().random_range(RANGE)));
    let following = |port: u16| Some(if port + 1 < RANGE.end { port + 1 } else { RANGE.start });
    let mut found = Vec::new();
    for _ in RANGE {
        if found.len() == COUNT {
            break;
        }
        let port = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, following).unwrap_or_default();
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        if TcpListener::bind(address).is_ok() {
            found.push(address);
        }
    }
    found.try_into().map_err(|_| std::io::Error::other("too few free ports"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn ports_are_different_and_free() {
        let ports: Vec<SocketAddr> = (0..10).flat_map(|_| free::<3>().unwrap()).collect();
        assert_eq!(ports.iter().collect::<HashSet<_>>().len(), 30);
        for port in ports {
            assert!(RANGE.contains(&port.port()));
            // A process that another test starts at this moment holds our listener until it has become itself.
            let until = Instant::now() + Duration::from_secs(10);
            while let Err(error) = TcpListener::bind(port) {
                assert!(Instant::now() < until, "{port}: {error}");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}
