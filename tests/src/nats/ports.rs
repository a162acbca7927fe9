//! Free ports that nobody else is handed while the servers are down.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::ops::Range;

use rand::Rng as _;

/// Below the ports that the system gives to outgoing connections. A client that tries again and again to reach a
/// killed server would otherwise get the server's own port one day, and be connected to itself.
const RANGE: Range<u16> = 12_000..32_000;
const ATTEMPTS: u32 = 1_000;

/// So many different free ports on loopback.
pub(super) fn free(count: usize) -> std::io::Result<Vec<SocketAddr>> {
    // All are held until all are found, so none is found twice.
    let mut held = Vec::new();
    let mut chance = rand::rng();
    for _ in 0..ATTEMPTS {
        if held.len() == count {
            break;
        }
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), chance.random_range(RANGE));
        held.extend(TcpListener::bind(address));
    }
    if held.len() < count {
        return Err(std::io::Error::other("too few free ports"));
    }
    held.iter().map(TcpListener::local_addr).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ports_are_different_and_free() {
        let ports = free(30).unwrap();
        assert_eq!(ports.iter().collect::<HashSet<_>>().len(), 30);
        for port in ports {
            assert!(RANGE.contains(&port.port()));
            TcpListener::bind(port).unwrap();
        }
    }
}
