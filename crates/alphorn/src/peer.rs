//! Who is at the other end: the connection's address, or the one that a trusted proxy vouches for.

use std::net::IpAddr;

use http::HeaderMap;

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address or network")]
pub(crate) struct BadNetwork(String);

/// Reads `10.0.0.0/8`, `::1/128`, or a single address.
pub(crate) fn parse_network(text: &str) -> Result<Network, BadNetwork> {
    let bad = || BadNetwork(text.to_owned());
    let (address, prefix) =
        text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix_bits = prefix.map_or(Ok(most), str::parse).map_err(|_| bad())?;
    if prefix_bits > most {
        return Err(bad());
    }
    Ok(Network { address, prefix_bits })
}

impl Network {
    /// Whether an address lies in this block. IPv4 addresses in IPv6 clothes count as IPv4.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        let bits = u32::from(self.prefix_bits);
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (u32::from(network) ^ u32::from(address)).checked_shr(32 - bits).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (u128::from(network) ^ u128::from(address)).checked_shr(128 - bits).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

/// The client's address. Proxies append to `X-Forwarded-For`, so it is read from the right for as long as
/// the address found so far is a trusted proxy; what stands further left anybody could have written.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    let values = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
    for hop in values.flat_map(|value| value.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests;
